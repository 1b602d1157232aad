// The example of docs/wire.md is what the engine says.
#include "tests/support/leak.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/rpc/wire_core.h"

static void take_line(wire_bytes *b, const char *text)
{
    unsigned byte;
    int      used = 0;

    // Two digits and one blank for each byte; two blanks end them.
    for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]) &&
           isspace((unsigned char)text[2]);
         text += 3) {
        assert_int_equal(sscanf(text, "%2x%n", &byte, &used), 1);
        b->bytes[b->len++] = (uint8_t)byte;
    }
}

static void read_document(const char *direction, wire_bytes *ret)
{
    FILE *file = fopen("docs/wire.md", "r");
    char  line[512];

    assert_non_null(file);
    ret->len = 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, direction, 4) == 0)
            take_line(ret, line + 4);
    fclose(file);
}

static void assert_says(wire_core *core, const wire_bytes *expected)
{
    static uint8_t out[4096];

    assert_int_equal(core->out.len, expected->len);
    assert_true(tern_linkbuf_copy_out(&core->out, 0, out, core->out.len));
    assert_memory_equal(out, expected->bytes, expected->len);
}

static void test_client_says_what_the_document_says(void **state)
{
    const char       *path = "/demo.Greeter/SayHello";
    const terni_open  open = { .path = path, .path_len = 22, .timeout_us = 1000000 };
    const terni_body  ada = wire_core_text("\x0a\x03"
                                            "Ada");
    static wire_bytes c_to_s, s_to_c;
    wire_core         core;

    (void)state;
    read_document("c>s ", &c_to_s);
    read_document("s>c ", &s_to_c);
    assert_true(wire_core_init(&core, &terni_wire_native, TERNI_CLIENT, &terni_limits_default));
    assert_non_null(wire_core_call_with(&core, &open, &ada, true, NULL));
    assert_says(&core, &c_to_s);
    wire_core_feed(&core, s_to_c.bytes, s_to_c.len, 0);
    assert_string_equal(core.log, "settled; message 1 \n\nHello, Ada; closed 0; ");
    wire_core_done(&core);
}

static void hello(wire_core *core, wire_call *call)
{
    const terni_body body = wire_core_text("\x0a\x0aHello, Ada");

    (void)core;
    assert_int_equal(wire_core_finish(call, 0, &body), 0);
}

static void test_server_says_what_the_document_says(void **state)
{
    static wire_bytes c_to_s, s_to_c;
    wire_core         core;

    (void)state;
    read_document("c>s ", &c_to_s);
    read_document("s>c ", &s_to_c);
    assert_true(wire_core_init(&core, &terni_wire_native, TERNI_SERVER, &terni_limits_default));
    core.on_ended = hello;
    wire_core_feed(&core, c_to_s.bytes, c_to_s.len, 0);
    assert_string_equal(core.log, "settled; opened /demo.Greeter/SayHello in 1000000 us; "
                                  "message 1 \n\3Ada; ended 1; ");
    assert_says(&core, &s_to_c);
    wire_core_done(&core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_client_says_what_the_document_says),
        TERN_TEST(test_server_says_what_the_document_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
