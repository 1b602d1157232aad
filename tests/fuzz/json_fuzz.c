// Arbitrary text, as a message of the type that the first byte chooses, with the options that the second does. What is
// one is written, and read and written again: the same. Its bytes, as they are, are a message that is written, or has
// no JSON.
#include <stdlib.h>
#include <string.h>

#include <tern/mem.h>

#include "tests/rpc/json/types.h"

static void check(bool is_true)
{
    if (!is_true)
        abort();
}

static tern_json_opts options_of(uint8_t bits)
{
    return (tern_json_opts){
        .keeps_names = bits & 1,
        .prints_defaults = bits & 2,
        .prints_numbers = bits & 4,
        .ignores_unknown = bits & 8,
        .indent = bits >> 6,
        .types = json_types,
        .n_types = json_n_types,
        .extensions = json_extensions,
        .n_extensions = json_n_extensions,
    };
}

static void check_why(const tern_json_error *why, bool has_line)
{
    check(why->err < 0 && memchr(why->text, '\0', sizeof why->text) && !strchr(why->text, '\n'));
    check(has_line == (why->line > 0) && has_line == (why->column > 0));
}

// What is not from JSON may have none. Given to the caller in one piece, or NULL.
static uint8_t *write(const ProtobufCMessageDescriptor *type, const void *msg,
                      const tern_json_opts *opts, size_t *ret_len)
{
    tern_json_error why;
    tern_linkbuf    out;
    uint8_t        *text = NULL;

    tern_linkbuf_init(&out, NULL);
    if (tern_json_encode(type, msg, &out, opts, &why) < 0) {
        check_why(&why, false);
    } else {
        *ret_len = out.len;
        check((text = malloc(out.len + 1)) && tern_linkbuf_copy_out(&out, 0, text, out.len));
    }
    tern_linkbuf_done(&out);
    return text;
}

static void read_and_write(const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t len,
                           const tern_json_opts *opts)
{
    tern_json_error why;
    void           *msg = tern_json_decode(type, data, len, opts, &why), *again;
    uint8_t        *first, *second;
    size_t          first_len, second_len;

    if (!msg) {
        check_why(&why, true);
        return;
    }
    check((first = write(type, msg, opts, &first_len)) != NULL);
    check((again = tern_json_decode(type, first, first_len, opts, &why)) != NULL);
    check((second = write(type, again, opts, &second_len)) != NULL);
    check(first_len == second_len && memcmp(first, second, first_len) == 0);
    free(first);
    free(second);
    tern_message_free(type, msg);
    tern_message_free(type, again);
}

static void write_bytes(const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t len,
                        const tern_json_opts *opts)
{
    void    *msg = tern_message_unpack(type, data, len);
    uint8_t *text;

    if (msg && (text = write(type, msg, opts, &len))) {
        read_and_write(type, text, len, opts);
        free(text);
    }
    tern_message_free(type, msg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ProtobufCMessageDescriptor *type;
    tern_json_opts                    opts;

    if (size < 2)
        return 0;
    type = json_types[data[0] % json_n_types];
    opts = options_of(data[1]);
    read_and_write(type, data + 2, size - 2, &opts);
    write_bytes(type, data + 2, size - 2, &opts);
    return 0;
}
