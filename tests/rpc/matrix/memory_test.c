// A server's and a client's whole life, from the listener to the last free, with the k-th allocation failing, for each k;
// and with none that succeeds from there on. Each call ends once, with OK only if all of it came; what is short of memory
// says so; the next call is served; nothing is left.
#include "tests/rpc/matrix/players.h"

#include <stdio.h>
#include <string.h>

#include <tern/fiber.h>

enum {
    N_ITEMS = 3,
    MAX_KINDS = 4,
    MIN_ALLOCATIONS = 50,  // of a life, else nothing was swept
    LOAD = 80 * 1000,      // a window takes three of them, a frame of HTTP/2 a fifth
};

static uint8_t load[LOAD];

typedef struct life life;
struct life {
    bool          is_async;  // the server
    players_style style;     // the client
    uint64_t      nth, n_times;
    unsigned      n_calls, n_failed, n_ends;
};

// ---- what a call may say -------------------------------------------------

// A call that needed memory says so; one whose connection did has lost that.
static void judge(life *l, const char *kind, tern_status st, bool is_whole)
{
    bool is_right;

    l->n_calls++;
    l->n_ends++;
    l->n_failed += st.code != TERN_OK;
    is_right = st.code == TERN_OK
                   ? is_whole
                   : st.code == TERN_RESOURCE_EXHAUSTED || st.code == TERN_UNAVAILABLE;
    if (!is_right)
        fprintf(stderr, "%s, allocation %u: %s (%s), %s\n", kind, (unsigned)l->nth,
                tern_code_name(st.code), st.msg, is_whole ? "whole" : "not whole");
    TERN_ASSERT(is_right);
}

static const kinds_item *item(unsigned i)
{
    static kinds_item msg;

    msg = *KINDS_ITEM(.number = i, .n_replies = N_ITEMS);
    if (i == 1)
        msg.load = (ProtobufCBinaryData){ LOAD, load };
    return &msg;
}

// ---- on a thread, or on a fiber ------------------------------------------

static void ask(life *l, tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_item) *reply = NULL;
    tern_status st = kinds_kinds_unary(ch, item(1), opts, &reply);

    judge(l, "unary", st, reply && reply->number == 2 && reply->load.len == LOAD);
}

static void listen_to(life *l, tern_channel *ch, const tern_call_opts *opts)
{
    kinds_kinds_down_stream *s = kinds_kinds_down(ch, item(1), opts);
    const kinds_item        *reply;
    unsigned                 n = 0;
    tern_status              st;

    while ((reply = kinds_kinds_down_next(s)))
        TERN_ASSERT(reply->number == n++ && reply->load.len == LOAD);
    st = kinds_kinds_down_status(s);
    judge(l, "down", st, n == N_ITEMS);
    kinds_kinds_down_stream_free(s);
}

static void tell(life *l, tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_item) *reply = NULL;
    kinds_kinds_up_stream *s = kinds_kinds_up(ch, opts);
    unsigned               n = 0;
    tern_status            st;

    for (unsigned i = 0; i < N_ITEMS; i++)
        n += kinds_kinds_up_send(s, item(i)) == TERN_OK;
    st = kinds_kinds_up_finish(s, &reply);
    judge(l, "up", st, n == N_ITEMS && reply && reply->number == N_ITEMS);
    kinds_kinds_up_stream_free(s);
}

static void talk(life *l, tern_channel *ch, const tern_call_opts *opts)
{
    kinds_kinds_both_stream *s = kinds_kinds_both(ch, opts);
    const kinds_item        *reply;
    unsigned                 n = 0, n_sent = 0;
    tern_status              st;

    for (unsigned i = 0; i < N_ITEMS; i++)
        n_sent += kinds_kinds_both_send(s, item(i)) == TERN_OK;
    kinds_kinds_both_close_send(s);
    while ((reply = kinds_kinds_both_next(s)))
        TERN_ASSERT(reply->number == n++);
    st = kinds_kinds_both_status(s);
    judge(l, "both", st, n == N_ITEMS && n_sent == N_ITEMS);
    kinds_kinds_both_stream_free(s);
}

// The one allocation has failed. The channel serves again when it has waited for a connection; where there was no memory
// for itself none of its calls has succeeded.
static void ask_again(life *l, tern_channel *ch)
{
    const unsigned       n_failed = l->n_failed;
    const tern_call_opts patient = { .timeout_ms = PATIENCE_MS, .wait_for_ready = true };

    if (!fail_malloc_has_failed() || l->n_times > 1)
        return;
    ask(l, ch, &patient);
    TERN_ASSERT(l->n_failed == n_failed || n_failed == MAX_KINDS);
}

static void call_waiting(life *l, const char *address)
{
    static void (*const kinds[MAX_KINDS])(life *, tern_channel *,
                                          const tern_call_opts *) = { ask, listen_to, tell, talk };
    TERN_AUTO(tern_channel) *ch = host_connect(address, NULL);

    for (unsigned i = 0; i < MAX_KINDS; i++) {
        TERN_AUTO(tern_call_info) info = { 0 };
        const tern_metadata  token = { "token-bin", load, 100 };
        const tern_call_opts opts = {
            .timeout_ms = PATIENCE_MS, .info = &info, .metadata = &token, .n_metadata = 1
        };

        kinds[i](l, ch, &opts);
    }
    ask_again(l, ch);
}

// ---- with callbacks ------------------------------------------------------

typedef struct call call;
struct call {
    life       *life;
    const char *kind;
    unsigned    n_sent, n_got, n_ends;
};

static void end_call(call *c, tern_status st, bool is_whole)
{
    TERN_ASSERT(c->n_ends++ == 0);
    judge(c->life, c->kind, st, is_whole);
}

static void on_reply(tern_status st, const kinds_item *reply, void *arg)
{
    end_call(arg, st, reply && reply->number == 2 && reply->load.len == LOAD);
}

static void on_item(const kinds_item *msg, void *arg)
{
    TERN_ASSERT(msg->number == ((call *)arg)->n_got++);
}

static void on_end(tern_status st, void *arg)
{
    end_call(arg, st, ((call *)arg)->n_got == N_ITEMS);
}

static void up_writable(kinds_kinds_up_stream *s, void *arg)
{
    call *c = arg;

    if (c->n_sent == N_ITEMS)
        kinds_kinds_up_close_send(s);
    else
        (void)!kinds_kinds_up_send(s, item(c->n_sent++));  // the end tells
}

static void up_end(tern_status st, const kinds_item *reply, void *arg)
{
    end_call(arg, st, reply && reply->number == N_ITEMS);
}

static void both_message(kinds_kinds_both_stream *s, const kinds_item *msg, void *arg)
{
    (void)s;
    on_item(msg, arg);
}

static void both_writable(kinds_kinds_both_stream *s, void *arg)
{
    call *c = arg;

    if (c->n_sent == N_ITEMS)
        kinds_kinds_both_close_send(s);
    else
        (void)!kinds_kinds_both_send(s, item(c->n_sent++));
}

// ---- a life --------------------------------------------------------------

typedef struct stay stay;
struct stay {
    life       *life;
    const char *address;
    bool        is_over;
};

static void call_on_fiber(void *arg)
{
    stay *s = arg;

    call_waiting(s->life, s->address);
    s->is_over = true;
}

// A program that cannot begin a fiber makes no calls on one.
static void run_fiber(tern_poller *poller, stay *s)
{
    s->is_over = tern_fiber_spawn(poller, call_on_fiber, s, NULL, NULL) < 0;
    while (!s->is_over)
        TERN_ASSERT(tern_poller_step(poller, -1) == 0);
}

static void call_with_callbacks(life *l, tern_poller *poller, const char *address)
{
    tern_channel        *ch = host_connect(address, &(tern_channel_opts){ .poller = poller });
    const tern_call_opts opts = { .timeout_ms = PATIENCE_MS };
    life                 next = { .nth = l->nth, .n_times = 1 };  // of who comes then
    call                 calls[MAX_KINDS] = { { .life = l, .kind = "unary" },
                                              { .life = l, .kind = "down" },
                                              { .life = l, .kind = "up" },
                                              { .life = l, .kind = "both" } };

    kinds_kinds_unary_async(ch, item(1), &opts, on_reply, &calls[0]);
    kinds_kinds_down_async(ch, item(1), &opts,
                           &(kinds_kinds_down_events){ .message = on_item, .end = on_end },
                           &calls[1]);
    kinds_kinds_up_async(
        ch, &opts, &(kinds_kinds_up_events){ .writable = up_writable, .end = up_end }, &calls[2]);
    kinds_kinds_both_async(ch, &opts,
                           &(kinds_kinds_both_events){
                               .message = both_message, .writable = both_writable, .end = on_end },
                           &calls[3]);
    while (l->n_ends < MAX_KINDS)
        TERN_ASSERT(tern_poller_step(poller, -1) == 0);
    tern_channel_free(ch);
    if (fail_malloc_has_failed() && l->n_times == 1) {
        run_fiber(poller, &(stay){ &next, address, false });
        TERN_ASSERT(next.n_calls > MAX_KINDS && next.n_failed == 0);
    }
}

static void live_on_one_poller(life *l)
{
    host srv;

    players_set(&srv, &(players_setup){ .place = HOST_HERE, .is_async = l->is_async });
    srv.poller = tern_poller_new(NULL);
    fail_malloc_at(l->nth, l->n_times);
    if (host_try_start(&srv)) {
        if (l->style == PLAY_ASYNC)
            call_with_callbacks(l, srv.poller, srv.address);
        else
            run_fiber(srv.poller, &(stay){ l, srv.address, false });
    }
    host_end(&srv);
    tern_poller_free(srv.poller);
}

// Which allocation is the k-th is the scheduler's choice here.
static void live_on_threads(life *l)
{
    host srv;

    players_start(&srv, &(players_setup){ .place = HOST_ON_THREAD, .is_async = l->is_async });
    fail_malloc_at(l->nth, l->n_times);
    call_waiting(l, srv.address);
    host_end(&srv);
}

static bool live_short_of_memory(life l)
{
    leak_mark mark = leak_mark_take();
    bool      has_failed;

    (l.style == PLAY_ON_THREAD ? live_on_threads : live_on_one_poller)(&l);
    has_failed = fail_malloc_has_failed();
    if (leak_check(&mark, stderr) > 0)
        fail_msg("leak when allocation %u fails", (unsigned)l.nth);
    fail_malloc_at(0, 0);
    if (!has_failed)
        assert_int_equal(l.n_failed, 0);
    return has_failed;
}

static void sweep(life l)
{
    static const uint64_t n_times[] = { 1, 4, UINT64_MAX };

    for (size_t i = 0; i < TERN_COUNT_OF(n_times); i++) {
        l.n_times = n_times[i];
        l.nth = 1;
        while (live_short_of_memory(l))
            l.nth++;
        assert_true(l.nth > MIN_ALLOCATIONS);
    }
}

static void test_fiber_and_handlers_on_fibers(void **state)
{
    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    sweep((life){ .style = PLAY_ON_FIBER });
}

static void test_fiber_and_handlers_with_callbacks(void **state)
{
    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    sweep((life){ .style = PLAY_ON_FIBER, .is_async = true });
}

static void test_callbacks_and_handlers_with_callbacks(void **state)
{
    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    sweep((life){ .style = PLAY_ASYNC, .is_async = true });
}

static void test_callbacks_and_handlers_on_fibers(void **state)
{
    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    sweep((life){ .style = PLAY_ASYNC });
}

static void test_thread_and_handlers_on_another(void **state)
{
    (void)state;
    sweep((life){ .style = PLAY_ON_THREAD });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_fiber_and_handlers_on_fibers),
        TERN_TEST(test_fiber_and_handlers_with_callbacks),
        TERN_TEST(test_callbacks_and_handlers_with_callbacks),
        TERN_TEST(test_callbacks_and_handlers_on_fibers),
        TERN_TEST(test_thread_and_handlers_on_another),
    };

    memset(load, 7, sizeof load);
    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
