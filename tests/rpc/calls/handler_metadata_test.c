// Metadata of handlers that break the rules: the call ends with INTERNAL and a sentence that names the key, though
// the handler goes on as if nothing were, in every style of handler.
#include <stdio.h>
#include <string.h>

#include "tests/rpc/calls/probe.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/rpc/support/warm_up.h"
#include "tests/support/leak.h"

typedef struct bad bad;
struct bad {
    tern_metadata entry;
    const char   *shown;  // of the key, in the sentence
};

static const bad bads[] = {
    { { "Session", "1", 1 }, "Session" },
    { { "", "1", 1 }, "" },
    { { NULL, "1", 1 }, "" },
    { { "grpc-status", "0", 1 }, "grpc-status" },
    { { "a\nb", "1", 1 }, "a?b" },
    { { "set", "1\r\nx: y", 7 }, "set" },
};

// What the handlers do.
static const bad *the_bad;
static bool       is_trailing;

static void spoil(tern_ctx *ctx)
{
    if (is_trailing)
        tern_ctx_add_trailing(ctx, &the_bad->entry);
    else
        tern_ctx_add_initial(ctx, &the_bad->entry);
}

// ---- handlers that wait --------------------------------------------------

static tern_code echo(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)req;
    spoil(ctx);
    reply->text = tern_printf(ctx, "all is well");
    return TERN_OK;
}

static tern_code count(tern_ctx *ctx, const test_ask *req, test_probe_count_out *out)
{
    (void)req;
    spoil(ctx);
    (void)!test_probe_count_send(out, TEST_ANSWER());
    return TERN_OK;
}

static tern_code sum(tern_ctx *ctx, test_probe_sum_in *in, test_answer *reply)
{
    (void)reply;
    while (test_probe_sum_next(in))
        ;
    spoil(ctx);
    return TERN_OK;
}

static tern_code chat(tern_ctx *ctx, test_probe_chat_io *io)
{
    spoil(ctx);
    while (test_probe_chat_io_next(io))
        (void)!test_probe_chat_io_send(io, TEST_ANSWER());
    return TERN_OK;
}

// ---- and with callbacks --------------------------------------------------

static void echo_async(test_probe_echo_call *call, const test_ask *req)
{
    (void)req;
    spoil(call->ctx);
    test_probe_echo_reply(call, TEST_ANSWER(.text = (char[]){ "all is well" }));
}

static void count_ready(test_probe_count_out *out)
{
    spoil(out->ctx);
    test_probe_count_push(out, TEST_ANSWER());
    test_probe_count_finish(out, TERN_OK);
}

static void sum_message(test_probe_sum_in *in, const test_ask *msg)
{
    (void)msg;
    spoil(in->ctx);
}

static void sum_finished(test_probe_sum_in *in) { test_probe_sum_reply(in, TEST_ANSWER()); }

static void chat_message(test_probe_chat_io *io, const test_ask *msg)
{
    (void)msg;
    spoil(io->ctx);
}

static void chat_finished(test_probe_chat_io *io) { test_probe_chat_io_finish(io, TERN_OK); }

static void add_sync(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(
        srv, &(test_probe_handlers){ .echo = echo, .count = count, .sum = sum, .chat = chat },
        NULL);
}

static void add_async(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(srv,
                        &(test_probe_handlers){
                            .echo_async = echo_async,
                            .count_async = { .ready = count_ready },
                            .sum_async = { .message = sum_message, .finished = sum_finished },
                            .chat_async = { .message = chat_message, .finished = chat_finished } },
                        NULL);
}

// ---- who calls them ------------------------------------------------------

static tern_status call_echo(tern_channel *ch)
{
    test_answer *reply = NULL;

    return test_probe_echo(ch, TEST_ASK(), NULL, &reply);
}

static tern_status call_count(tern_channel *ch)
{
    test_probe_count_stream *s = test_probe_count(ch, TEST_ASK(), NULL);
    tern_status              st = test_probe_count_status(s);

    test_probe_count_stream_free(s);
    return st;
}

static tern_status call_sum(tern_channel *ch)
{
    test_probe_sum_stream *s = test_probe_sum(ch, NULL);
    test_answer           *reply = NULL;
    tern_status            st;

    (void)!test_probe_sum_send(s, TEST_ASK());
    st = test_probe_sum_finish(s, &reply);
    test_probe_sum_stream_free(s);
    return st;
}

static tern_status call_chat(tern_channel *ch)
{
    test_probe_chat_stream *s = test_probe_chat(ch, NULL);
    tern_status             st;

    (void)!test_probe_chat_send(s, TEST_ASK());
    test_probe_chat_close_send(s);
    st = test_probe_chat_status(s);
    test_probe_chat_stream_free(s);
    return st;
}

static const struct kind {
    const char *name;
    tern_status (*call)(tern_channel *ch);
} kinds[] = {
    { "echo", call_echo }, { "count", call_count }, { "sum", call_sum }, { "chat", call_chat }
};

static void check(const struct kind *k, tern_status st)
{
    char expected[64];

    snprintf(expected, sizeof expected, "the metadata entry \"%s\" cannot be sent: its ",
             the_bad->shown);
    if (st.code != TERN_INTERNAL || strncmp(st.msg, expected, strlen(expected)) != 0)
        fail_msg("%s, %s: %s, %s", k->name, expected, tern_code_name(st.code), st.msg);
}

static void try_all(host_services_fn *handlers)
{
    host          h = { .add_services = handlers };
    tern_channel *ch;

    host_start(&h);
    ch = host_connect(h.address, NULL);
    for (size_t i = 0; i < TERN_COUNT_OF(bads) * 2; i++) {
        the_bad = &bads[i / 2];
        is_trailing = i % 2;
        for (size_t k = 0; k < TERN_COUNT_OF(kinds); k++)
            check(&kinds[k], kinds[k].call(ch));
    }
    tern_channel_free(ch);
    host_end(&h);
}

static void test_bad_entry_of_a_handler_that_waits(void **state)
{
    (void)state;
    try_all(add_sync);
}

static void test_bad_entry_of_a_handler_with_callbacks(void **state)
{
    (void)state;
    try_all(add_async);
}

static int prepare(void **state)
{
    (void)state;
    warm_up(&test_probe_service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bad_entry_of_a_handler_that_waits),
        TERN_TEST(test_bad_entry_of_a_handler_with_callbacks),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
