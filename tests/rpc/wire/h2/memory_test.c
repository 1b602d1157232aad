// A server's call and a client's, with a peer made by hand, where any allocation may fail: what is left is given back,
// and who goes on keeps its credit.
#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire/h2/frames.h"

static const terni_wire *const wire = &terni_wire_h2;

static uint8_t large[60000];

static void start(h2_bytes *b, terni_role role)
{
    memset(b, 0, sizeof *b);
    if (role == TERNI_SERVER)
        h2_bytes_add(b, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    h2_bytes_frame(b, H2_SETTINGS, 0, 0, NULL, 0);
}

// One message that is whole, one that comes in parts, as long as four frames.
static void add_messages(h2_bytes *b, uint32_t stream)
{
    h2_bytes_message(b, 0, stream, "whole");
    h2_bytes_prefix(b, 5, H2_DATA, 0, stream);
    h2_bytes_add(b, "\0\0\0\xea\x60", 5);  // 60,000
    for (size_t at = 0; at < sizeof large; at += 15000)
        h2_bytes_frame(b, H2_DATA, 0, stream, large + at, 15000);
}

static void add_head_in_pieces(h2_bytes *b, unsigned flags, uint32_t stream, const char *fields)
{
    uint8_t block[4096];
    size_t  len = h2_bytes_block(block, fields);

    h2_bytes_frame(b, H2_HEADERS, flags, stream, block, 10);
    h2_bytes_frame(b, H2_CONTINUATION, 0, stream, block + 10, 10);
    h2_bytes_frame(b, H2_CONTINUATION, H2_END_HEADERS, stream, block + 20, len - 20);
}

static void indexed(h2_bytes *b, uint32_t stream)
{
    static const char block[] = "\x83\x86\x44\x04/a/b\x5f\x10"
                                "application/grpc";

    h2_bytes_frame(b, H2_HEADERS, H2_END_HEADERS, stream, block, sizeof block - 1);
}

static void echo(wire_core *core, wire_call *call, const terni_piece *piece)
{
    terni_body body = wire_core_count(piece->len);

    (void)core;
    if (!(call->stream.flags & TERNI_STREAM_BLOCKED))
        (void)wire_core_send(call, &body, false);
}

static void finish(wire_core *core, wire_call *call)
{
    static const terni_meta meta = { "k-bin", large, 5, 20000 };
    const terni_close       close = {
              .code = 3, .message = "text", .message_len = 4, .metadata = { &meta, 1 }
    };
    terni_body body = wire_core_count(100000);

    if (call->stream.flags & TERNI_STREAM_BLOCKED)
        return;
    if (core->wire->finish(core->engine, &call->stream, &close, &body) < 0 && call->stream.id)
        wire_core_cancel(call);
}

static void server(void *arg)
{
    wire_core *core = calloc(1, sizeof *core);
    h2_bytes  *b = calloc(1, sizeof *b);

    (void)arg;
    if (wire_core_init(core, wire, TERNI_SERVER, NULL)) {
        core->on_message = echo;
        core->on_ended = finish;
        start(b, TERNI_SERVER);
        indexed(b, 1);
        add_messages(b, 1);
        add_head_in_pieces(b, 0, 3, H2_TEST_REQUEST "content-length: 10\nx-bin: YQ,Yg\n");
        h2_bytes_message(b, H2_END_STREAM, 3, "hello");
        h2_bytes_fields(b, 0, 5, ":method: GET\n:scheme: http\n:path: /\n");
        h2_bytes_frame(b, H2_DATA, H2_END_STREAM, 1, NULL, 0);
        h2_bytes_u32(b, H2_WINDOW_UPDATE, 0, 1 << 20);
        wire_core_feed(core, b->bytes, b->len, 20000);
        if (!fail_malloc_has_failed())
            assert_non_null(strstr(core->log, "ended 1; "));
        TERN_ASSERT(core->has_failed || wire->is_owed(core->engine, 0));
    }
    wire_core_done(core);
    free(core);
    free(b);
}

static void client(void *arg)
{
    terni_open open = { .path = "/a/b", .path_len = 4 };
    terni_meta meta = { "k", large, 1, 20000 };
    terni_body body = wire_core_count(100000);
    wire_core *core = calloc(1, sizeof *core);
    h2_bytes  *b = calloc(1, sizeof *b);

    (void)arg;
    if (wire_core_init(core, wire, TERNI_CLIENT, NULL)) {
        start(b, TERNI_CLIENT);
        (void)wire_core_call_with(core, &open, &body, true, NULL);
        open.metadata = (terni_meta_list){ &meta, 1 };
        (void)wire_core_call_with(core, &open, NULL, false, NULL);
        (void)wire_core_call(core, "/a/c", "hello", true);
        wire->pump(core->engine);
        if (wire->n_streams(core->engine) == 3) {
            add_head_in_pieces(b, 0, 1, H2_TEST_ANSWER "k: v\n");
            add_messages(b, 1);
            h2_bytes_fields(b, H2_END_STREAM, 1, "grpc-status: 0\nt-bin: YQ\n");
            add_head_in_pieces(b, 0, 3, H2_TEST_ANSWER);
            add_messages(b, 3);
            h2_bytes_frame(b, H2_DATA, 0, 3, "\0\0\1\0\0half", 9);
        }
        wire_core_feed(core, b->bytes, b->len, 20000);
        if (!fail_malloc_has_failed())
            assert_int_equal(core->n_bytes, 2 * (60000 + 5));
        TERN_ASSERT(core->has_failed || wire->is_owed(core->engine, 0));
    }
    wire_core_done(core);
    free(core);
    free(b);
}

static void test_every_allocation_of_a_server_may_fail(void **state)
{
    (void)state;
    assert_in_range(for_each_failed_allocation(server, NULL), 20, 500);
}

static void test_every_allocation_of_a_client_may_fail(void **state)
{
    (void)state;
    assert_in_range(for_each_failed_allocation(client, NULL), 20, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_every_allocation_of_a_server_may_fail),
        TERN_TEST(test_every_allocation_of_a_client_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
