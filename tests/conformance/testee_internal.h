// testee_internal.h: what a request becomes, and who turns messages into JSON and back. Knows nothing of pipes.
//
// Lifetime:  an answer is embedded; what it points at is its own, or a literal, until the answer is written.
// Threads:   none.
#ifndef TESTS_CONFORMANCE_TESTEE_INTERNAL_H
#define TESTS_CONFORMANCE_TESTEE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance.tern.h"

typedef struct testee_answer testee_answer;
struct testee_answer {
    conformance_conformance_response response;
    char                             text[320];  // of an error
    void                            *payload;
};

// Each of these is the last word; the text is copied, and cut.
void testee_answer_parse_error(testee_answer *a, const char *text);
void testee_answer_serialize_error(testee_answer *a, const char *text);
void testee_answer_runtime_error(testee_answer *a, const char *text);
void testee_answer_skip(testee_answer *a, const char *why);

// Takes `bytes`, which malloc gave. The second's end with a NUL.
void testee_answer_give_bytes(testee_answer *a, void *bytes, size_t len);
void testee_answer_give_json(testee_answer *a, char *text);

// The messages that the suite is about, and the well-known types: what a request may name, and an Any hold.
extern const ProtobufCMessageDescriptor *const testee_types[];
extern const size_t                            testee_n_types;

// ---- JSON ----------------------------------------------------------------

// A message, or NULL and `a` says why.
void *testee_json_decode(const ProtobufCMessageDescriptor *type, const char *text,
                         bool ignores_unknown, testee_answer *a);
void  testee_json_encode(const ProtobufCMessageDescriptor *type, const void *message,
                         testee_answer *a);

#endif
