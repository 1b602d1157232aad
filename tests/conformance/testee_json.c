// The testee's JSON, by <tern/json.h>.
#include "tests/conformance/testee_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tern/json.h>
#include <tern/linkbuf.h>

#include "test_messages_proto2.tern.h"

static const tern_extension *const extensions[] = {
    &protobuf_test_messages_proto2_extension_int32_extension,
};

static tern_json_opts options(bool ignores_unknown)
{
    return (tern_json_opts){
        .ignores_unknown = ignores_unknown,
        .types = testee_types,
        .n_types = testee_n_types,
        .extensions = extensions,
        .n_extensions = sizeof extensions / sizeof *extensions,
    };
}

void *testee_json_decode(const ProtobufCMessageDescriptor *type, const char *text,
                         bool ignores_unknown, testee_answer *a)
{
    tern_json_opts  opts = options(ignores_unknown);
    tern_json_error why;
    void           *message = tern_json_decode(type, text, strlen(text), &opts, &why);

    if (!message && why.err != -ENOMEM)
        testee_answer_parse_error(a, why.text);
    else if (!message)
        testee_answer_runtime_error(a, why.text);
    return message;
}

static void give(tern_linkbuf *out, testee_answer *a)
{
    size_t len = tern_linkbuf_len(out);
    char  *text = malloc(len + 1);

    if (!text || !tern_linkbuf_copy_out(out, 0, text, len)) {
        free(text);
        testee_answer_runtime_error(a, "no memory");
        return;
    }
    text[len] = '\0';
    testee_answer_give_json(a, text);
}

void testee_json_encode(const ProtobufCMessageDescriptor *type, const void *message,
                        testee_answer *a)
{
    tern_json_opts  opts = options(false);
    tern_json_error why;
    tern_linkbuf    out;

    tern_linkbuf_init(&out, NULL);
    if (tern_json_encode(type, message, &out, &opts, &why) == 0)
        give(&out, a);
    else
        testee_answer_serialize_error(a, why.text);
    tern_linkbuf_done(&out);
}
