// The testee's JSON: not yet. What the two functions are given is what <tern/json.h> will want; testee_types are what an
// Any may hold.
#include "tests/conformance/testee_internal.h"

void *testee_json_decode(const ProtobufCMessageDescriptor *type, const char *text,
                         bool ignores_unknown, testee_answer *a)
{
    (void)type;
    (void)text;
    (void)ignores_unknown;
    testee_answer_skip(a, "no JSON in");
    return NULL;
}

void testee_json_encode(const ProtobufCMessageDescriptor *type, const void *message,
                        testee_answer *a)
{
    (void)type;
    (void)message;
    testee_answer_skip(a, "no JSON out");
}
