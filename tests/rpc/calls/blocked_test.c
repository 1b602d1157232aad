// Handlers that end their call while a message of it still waits inside the engine, for a window that the caller
// opens by reading. The message arrives, and then the status.
#include <stdio.h>
#include <string.h>

#include <tern/fiber.h>

#include "tests/rpc/calls/probe.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/rpc/support/warm_up.h"
#include "tests/support/leak.h"

enum { LARGE = 1024 * 1024 };  // more than any window

static char large[LARGE + 1];

// ---- handlers ------------------------------------------------------------

static void push_and_finish(test_probe_count_out *out)
{
    test_probe_count_push(out, TEST_ANSWER(.text = large));
    test_probe_count_finish(out, tern_fail(out->ctx, TERN_OUT_OF_RANGE, "that was all"));
}

static void push_twice(test_probe_count_out *out)
{
    test_probe_count_push(out, TEST_ANSWER(.text = large));
    test_probe_count_push(out, TEST_ANSWER(.text = large));
}

static void push_in_return(test_probe_chat_io *io, const test_ask *msg)
{
    if (msg->count)
        test_probe_chat_io_push(io, TEST_ANSWER(.text = large));
    else
        test_probe_chat_io_finish(io, tern_fail(io->ctx, TERN_OUT_OF_RANGE, "that was all"));
}

// It cannot wait for room.
static tern_code send_inline(tern_ctx *ctx, const test_ask *req, test_probe_count_out *out)
{
    (void)req;
    (void)!test_probe_count_send(out, TEST_ANSWER(.text = large));
    return tern_fail(ctx, TERN_OUT_OF_RANGE, "that was all");
}

static tern_fiber *the_fiber;

static void cancel_the_fiber(tern_ctx *ctx, void *arg)
{
    (void)ctx;
    (void)arg;
    tern_fiber_cancel(the_fiber);
}

// Somebody cancels the fiber, not the call.
static tern_code send_and_be_cancelled(tern_ctx *ctx, const test_ask *req,
                                       test_probe_count_out *out)
{
    (void)req;
    the_fiber = tern_fiber_current();
    tern_ctx_post(ctx, cancel_the_fiber, NULL);
    (void)!test_probe_count_send(out, TEST_ANSWER(.text = large));
    return tern_fail(ctx, TERN_OUT_OF_RANGE, "that was all");
}

// ---- a server with one of them -------------------------------------------

typedef struct stage stage;
struct stage {
    host                       host;
    tern_channel              *channel;
    const test_probe_handlers *handlers;
    tern_method                methods[5];
    tern_service               service;
};

static void add_probe(tern_server *srv, void *arg)
{
    const stage *s = arg;

    tern_stub_register(srv, &s->service, s->handlers, NULL);
}

static void begin(stage *s, const test_probe_handlers *handlers, unsigned flags)
{
    *s = (stage){ .host.add_services = add_probe, .host.arg = s, .handlers = handlers };
    memset(large, 'x', LARGE);
    memcpy(s->methods, test_probe_methods, sizeof s->methods);
    s->methods[1].flags = flags;
    s->service = test_probe_service;
    s->service.methods = s->methods;
    host_start(&s->host);
    s->channel = host_connect(s->host.address, NULL);
}

static void end(stage *s)
{
    tern_channel_free(s->channel);
    host_end(&s->host);
}

static void check_end(tern_status st, tern_code code, const char *message)
{
    assert_string_equal(st.msg, message);
    assert_int_equal(st.code, code);
}

// One large message, then the status.
static void check_count(stage *s, tern_code code, const char *message)
{
    test_probe_count_stream *stream = test_probe_count(s->channel, TEST_ASK(), NULL);
    const test_answer       *answer = test_probe_count_next(stream);

    if (!answer)
        fail_msg("%s", test_probe_count_status(stream).msg);
    assert_int_equal(strlen(answer->text), LARGE);
    assert_null(test_probe_count_next(stream));
    check_end(test_probe_count_status(stream), code, message);
    test_probe_count_stream_free(stream);
}

// ---- tests ---------------------------------------------------------------

static void test_bug_stream_that_pushes_and_finishes_ended_the_server(void **state)
{
    const test_probe_handlers handlers = { .count_async = { .ready = push_and_finish } };
    stage                     s;

    (void)state;
    begin(&s, &handlers, 0);
    check_count(&s, TERN_OUT_OF_RANGE, "that was all");
    end(&s);
}

static void test_bug_push_without_room_ended_the_server(void **state)
{
    const test_probe_handlers handlers = { .count_async = { .ready = push_twice } };
    stage                     s;

    (void)state;
    begin(&s, &handlers, 0);
    check_count(&s, TERN_FAILED_PRECONDITION, "push without room: push once per `ready`");
    end(&s);
}

static void test_bug_chat_that_finishes_while_it_sends_ended_the_server(void **state)
{
    const test_probe_handlers handlers = { .chat_async = { .message = push_in_return } };
    test_probe_chat_stream   *stream;
    const test_answer        *answer;
    stage                     s;

    (void)state;
    begin(&s, &handlers, 0);
    stream = test_probe_chat(s.channel, NULL);
    (void)!test_probe_chat_send(stream, TEST_ASK(.count = 1));
    (void)!test_probe_chat_send(stream, TEST_ASK(.count = 0));
    answer = test_probe_chat_next(stream);
    assert_non_null(answer);
    assert_int_equal(strlen(answer->text), LARGE);
    assert_null(test_probe_chat_next(stream));
    check_end(test_probe_chat_status(stream), TERN_OUT_OF_RANGE, "that was all");
    test_probe_chat_stream_free(stream);
    end(&s);
}

static void test_bug_inline_handler_that_sends_much_ended_the_server(void **state)
{
    const test_probe_handlers handlers = { .count = send_inline };
    stage                     s;

    (void)state;
    begin(&s, &handlers, TERN_METHOD_INLINE);
    check_count(&s, TERN_OUT_OF_RANGE, "that was all");
    end(&s);
}

static void test_bug_cancelled_fiber_that_sends_ended_the_server(void **state)
{
    const test_probe_handlers handlers = { .count = send_and_be_cancelled };
    stage                     s;

    (void)state;
    begin(&s, &handlers, 0);
    check_count(&s, TERN_OUT_OF_RANGE, "that was all");
    end(&s);
}

// The caller does not read, and goes: nothing of the call is left at the server.
static void test_caller_that_goes_takes_the_waiting_status_with_it(void **state)
{
    const test_probe_handlers handlers = { .count_async = { .ready = push_and_finish } };
    stage                     s;

    (void)state;
    begin(&s, &handlers, 0);
    host_stop(&s.host);
    s.host.opts.max_calls = 3;
    host_start(&s.host);
    for (int i = 0; i < 10; i++) {
        test_probe_count_stream *unread = test_probe_count(s.channel, TEST_ASK(), NULL);

        check_count(&s, TERN_OUT_OF_RANGE, "that was all");  // by when the other one waits
        test_probe_count_stream_free(unread);
    }
    end(&s);
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
        TERN_TEST(test_bug_stream_that_pushes_and_finishes_ended_the_server),
        TERN_TEST(test_bug_push_without_room_ended_the_server),
        TERN_TEST(test_bug_chat_that_finishes_while_it_sends_ended_the_server),
        TERN_TEST(test_bug_inline_handler_that_sends_much_ended_the_server),
        TERN_TEST(test_bug_cancelled_fiber_that_sends_ended_the_server),
        TERN_TEST(test_caller_that_goes_takes_the_waiting_status_with_it),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
