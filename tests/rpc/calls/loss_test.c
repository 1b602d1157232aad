// A stream that has lost a message does not end well, whichever of the client's allocations fails, and for however
// long. What a call that ended with OK has sent has come, all of it, in order.
#include "tests/rpc/calls/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_MESSAGES = 10, LONG_TEXT = 150 * 1000 };  // of long ones two fill a stream's window

// ---- a server that remembers the order -----------------------------------

static tern_code sum(tern_ctx *ctx, test_probe_sum_in *in, test_answer *reply)
{
    const test_ask *req;
    unsigned        n = 0;

    while ((req = test_probe_sum_next(in)) && req->count == n)
        n++;
    reply->text = tern_printf(ctx, "%u", n);
    return req ? TERN_DATA_LOSS : tern_ctx_check(ctx);
}

static tern_code chat(tern_ctx *ctx, test_probe_chat_io *io)
{
    const test_ask *req;
    unsigned        n = 0;
    tern_code       code = TERN_OK;

    while (code == TERN_OK && (req = test_probe_chat_io_next(io)) && req->count == n)
        code = test_probe_chat_io_send(io, TEST_ANSWER(.text = tern_tmpf(ctx, "%u", n++)));
    return code ? code : tern_ctx_check(ctx);
}

static void add_ordered(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(srv, &(test_probe_handlers){ .sum = sum, .chat = chat }, NULL);
}

// ---- a client short of memory --------------------------------------------

typedef struct run run;
struct run {
    const char *address;
    bool        is_bidi, is_long;
    bool        is_beside_server;  // whose allocations fail as well
    uint64_t    nth, n_times;      // the allocations that fail
    unsigned    n_sent;            // as the stub says
    unsigned    n_arrived;         // as the server says
    tern_status status;
};

static char long_text[LONG_TEXT + 1];

static const test_ask *message(const run *r, uint32_t i)
{
    static test_ask ask;

    ask = *TEST_ASK(.count = i, .text = r->is_long ? long_text : "");
    return &ask;
}

static void upload(run *r, tern_channel *ch)
{
    test_probe_sum_stream *s = test_probe_sum(ch, NULL);
    test_answer           *reply = NULL;

    for (uint32_t i = 0; i < N_MESSAGES; i++)  // goes on, whatever it is told
        r->n_sent += test_probe_sum_send(s, message(r, i)) == TERN_OK;
    r->status = test_probe_sum_finish(s, &reply);
    r->n_arrived = reply ? (unsigned)atoi(reply->text) : 0;
    test_answer_free(reply);
    test_probe_sum_stream_free(s);
}

static void talk(run *r, tern_channel *ch)
{
    test_probe_chat_stream *s = test_probe_chat(ch, NULL);

    for (uint32_t i = 0; i < N_MESSAGES; i++)
        r->n_sent += test_probe_chat_send(s, message(r, i)) == TERN_OK;
    test_probe_chat_close_send(s);
    while (test_probe_chat_next(s))
        r->n_arrived++;
    r->status = test_probe_chat_status(s);
    test_probe_chat_stream_free(s);
}

static void run_short_of_memory(void *arg)
{
    run          *r = arg;
    tern_channel *ch;

    fail_malloc_at(r->nth, r->n_times);
    ch = host_connect(r->address, NULL);
    if (r->is_bidi)
        talk(r, ch);
    else
        upload(r, ch);
    tern_channel_free(ch);
}

static void check(const run *r)
{
    // A server without memory may have no words either.
    if (r->status.code != TERN_OK && !r->status.msg[0] && !r->is_beside_server)
        fail_msg("%s without a word", tern_code_name(r->status.code));
    if (r->status.code != TERN_OK)
        return;
    if (r->n_arrived != N_MESSAGES || r->n_sent != N_MESSAGES)
        fail_msg("%s of %s messages, allocation %u (%d times): %u sent, %u arrived, and yet OK",
                 r->is_bidi ? "a talk" : "an upload", r->is_long ? "long" : "short",
                 (unsigned)r->nth, (int)r->n_times, r->n_sent, r->n_arrived);
}

static void drive_on_thread(host *h, void *arg)
{
    (void)h;
    run_short_of_memory(arg);
}

// The poller's own memory is not what the test is about.
static void drive_on_fiber(host *h, void *arg)
{
    (void)h;
    run_on_fiber(run_short_of_memory, arg);
}

static void drive_beside_server(host *h, void *arg) { host_run_fiber(h, run_short_of_memory, arg); }

static void sweep(run shape, host *h, void (*drive)(host *h, void *arg))
{
    bool has_failed = true;
    run  r;

    for (uint64_t nth = 1; has_failed; nth++) {
        r = shape;
        r.nth = nth;
        drive(h, &r);
        has_failed = fail_malloc_has_failed();
        fail_malloc_at(0, 0);
        check(&r);
    }
    assert_int_equal(r.status.code, TERN_OK);
}

static void sweep_all(run shape)
{
    static const uint64_t n_times[] = { 1, 7, UINT64_MAX };
    host                  away = { .place = HOST_IN_PROCESS, .add_services = add_ordered };
    host                  here = { .place = HOST_HERE, .add_services = add_ordered };

    host_start(&away);
    here.poller = tern_poller_new(NULL);
    host_start(&here);
    for (size_t i = 0; i < TERN_COUNT_OF(n_times); i++) {
        shape.n_times = n_times[i];
        shape.is_beside_server = false;
        shape.address = away.address;
        sweep(shape, &away, drive_on_thread);
        sweep(shape, &away, drive_on_fiber);
        shape.is_beside_server = true;
        shape.address = here.address;
        sweep(shape, &here, drive_beside_server);
    }
    host_end(&here);
    tern_poller_free(here.poller);
    host_end(&away);
}

static void test_bug_upload_with_lost_messages_ended_well(void **state)
{
    (void)state;
    sweep_all((run){ .is_bidi = false });
}

static void test_upload_of_long_messages_that_fails_says_so(void **state)
{
    (void)state;
    sweep_all((run){ .is_long = true });
}

static void test_bug_talk_with_lost_messages_ended_well(void **state)
{
    (void)state;
    sweep_all((run){ .is_bidi = true });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bug_upload_with_lost_messages_ended_well),
        TERN_TEST(test_upload_of_long_messages_that_fails_says_so),
        TERN_TEST(test_bug_talk_with_lost_messages_ended_well),
    };

    memset(long_text, 'x', LONG_TEXT);
    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
