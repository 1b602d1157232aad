// What handlers may count on: credentials, threads of their own, and posts that race with the call's end.
#include "tests/rpc/server/desk.h"

#include <string.h>
#include <unistd.h>

#include <tern/fiber.h>

#include "tests/rpc/support/xor_source.h"

// ---- credentials ---------------------------------------------------------

static tern_code tell_credentials(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    tern_credentials who;
    int              err = tern_ctx_credentials(ctx, &who);

    (void)req;
    if (err < 0)
        return tern_fail(ctx, TERN_UNAUTHENTICATED, "%s", strerror(-err));
    reply->text = tern_printf(ctx, "%lld %lld %lld", (long long)who.pid, (long long)who.uid,
                              (long long)who.gid);
    return TERN_OK;
}

static const desk_desk_handlers telling = { .ask = tell_credentials };

static void test_unix_peers_are_known(void **state)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    char expected[64];
    desk h;

    (void)state;
    desk_start(&h, HOST_UNIX, NULL, &telling, NULL);
    assert_int_equal(desk_desk_ask(h.channel, DESK_QUESTION(), NULL, &reply).code, TERN_OK);
    snprintf(expected, sizeof expected, "%d %u %u", getpid(), getuid(), getgid());
    assert_string_equal(reply->text, expected);
    desk_stop(&h);
}

static void test_tcp_peers_are_not(void **state)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &telling, NULL);
    assert_int_equal(desk_desk_ask(h.channel, DESK_QUESTION(), NULL, &reply).code,
                     TERN_UNAUTHENTICATED);
    desk_stop(&h);
}

// ---- who a filter says it is ---------------------------------------------

static tern_code tell_identity(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    const tern_identity *who = tern_ctx_identity(ctx);

    (void)req;
    TERN_ASSERT(who == tern_ctx_identity(ctx));
    if (!who)
        return tern_fail(ctx, TERN_UNAUTHENTICATED, "nobody knows");
    reply->text = tern_printf(ctx, "%s", who->subject);
    return TERN_OK;
}

static const desk_desk_handlers identifying = { .ask = tell_identity };

static void test_peer_is_who_the_filter_says(void **state)
{
    const tern_identity      ada = { .size = sizeof ada, .subject = "CN=ada" };
    xor_filter_opts          says = { .identity = &ada };
    const tern_filter_source filters = { .make = xor_source.make, .arg = &says };
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_FILTERED, &(tern_server_opts){ .filters = &filters }, &identifying, NULL);
    assert_int_equal(desk_desk_ask(h.channel, DESK_QUESTION(), NULL, &reply).code, TERN_OK);
    assert_string_equal(reply->text, "CN=ada");
    desk_stop(&h);
}

static void test_peer_without_a_filter_is_nobody(void **state)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &identifying, NULL);
    assert_int_equal(desk_desk_ask(h.channel, DESK_QUESTION(), NULL, &reply).code,
                     TERN_UNAUTHENTICATED);
    desk_stop(&h);
}

// ---- offloaded handlers --------------------------------------------------

static pthread_t   crunching_thread;
static atomic_uint n_crunching, n_crunched;

static bool is_over(void *ctx) { return tern_ctx_check(ctx) != TERN_OK; }

// A question with a count has a deadline, which passes.
static tern_code crunch(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    crunching_thread = pthread_self();
    TERN_ASSERT(!tern_poller_current() && !tern_fiber_current());
    atomic_fetch_add(&n_crunching, 1);
    if (req->count) {
        fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
        wait_for(is_over, ctx, "the end of an offloaded call");
    }
    for (int i = 0; i < 100; i++)  // more than the call's first memory
        reply->text = tern_printf(ctx, "%s: %0100d, %d ms left", req->text, i,
                                  tern_ctx_time_left_ms(ctx) < 60000);
    atomic_fetch_add(&n_crunched, 1);
    return *req->text ? TERN_OK : tern_fail(ctx, TERN_INVALID_ARGUMENT, "nothing to crunch");
}

static const desk_desk_handlers crunching = { .crunch = crunch };

static void test_offloaded_handler_has_a_thread_of_its_own(void **state)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &crunching, NULL);
    assert_int_equal(desk_desk_crunch(h.channel, DESK_QUESTION(.text = "a"), NULL, &reply).code,
                     TERN_OK);
    assert_non_null(strstr(reply->text, "99, 1 ms left"));
    assert_false(pthread_equal(crunching_thread, h.host.thread));
    assert_int_equal(desk_desk_crunch(h.channel, DESK_QUESTION(), NULL, &reply).code,
                     TERN_INVALID_ARGUMENT);
    desk_stop(&h);
}

static void test_offloaded_handler_sees_its_deadline(void **state)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    atomic_store(&n_crunched, 0);
    fake_clock_start_running();
    desk_start(&h, HOST_TCP, NULL, &crunching, NULL);
    assert_int_equal(desk_desk_crunch(h.channel, DESK_QUESTION(.text = "a", .count = 1),
                                      &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, &reply)
                         .code,
                     TERN_DEADLINE_EXCEEDED);
    wait_for_count(&n_crunched, 1, "handlers that have crunched");
    desk_stop(&h);
}

// ---- from other threads --------------------------------------------------

typedef struct helper helper;
struct helper {
    pthread_t           thread;
    desk_desk_ask_call *call;
    uint32_t            when;
};

static helper      helpers[64];
static atomic_uint n_helpers, n_on_way;

static void answer(tern_ctx *ctx, void *arg)
{
    helper *h = arg;

    TERN_ASSERT(h->call->ctx == ctx);
    desk_desk_ask_reply(h->call, DESK_ANSWER(.count = 7));
    atomic_fetch_sub(&n_on_way, 1);
}

// Deadlines come before their answer, beside it, or not at all: a question's count says which.
enum { AFTER_THE_DEADLINE = 1, BESIDE_THE_DEADLINE, IN_TIME };

static void *help(void *arg)
{
    helper *h = arg;

    if (h->when != IN_TIME)
        fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
    if (h->when == AFTER_THE_DEADLINE)
        wait_for(is_over, h->call->ctx, "the deadline");
    tern_ctx_post(h->call->ctx, answer, h);
    return NULL;
}

static void ask_elsewhere(desk_desk_ask_call *call, const desk_question *req)
{
    helper *h = &helpers[atomic_fetch_add(&n_helpers, 1)];

    h->call = call;
    h->when = req->count;
    atomic_fetch_add(&n_on_way, 1);
    TERN_ASSERT(pthread_create(&h->thread, NULL, help, h) == 0);
}

static void join_helpers(void)
{
    for (unsigned i = 0; i < atomic_load(&n_helpers); i++)
        pthread_join(helpers[i].thread, NULL);
    atomic_store(&n_helpers, 0);
}

static void test_answer_may_come_from_another_thread(void **state)
{
    const desk_desk_handlers elsewhere = { .ask_async = ask_elsewhere };
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &elsewhere, NULL);
    assert_int_equal(desk_desk_ask(h.channel, DESK_QUESTION(.count = IN_TIME), NULL, &reply).code,
                     TERN_OK);
    assert_int_equal(reply->count, 7);
    join_helpers();
    desk_stop(&h);
}

static void test_late_answers_are_dropped(void **state)
{
    const desk_desk_handlers elsewhere = { .ask_async = ask_elsewhere };
    desk                     h;

    (void)state;
    fake_clock_start_running();
    desk_start(&h, HOST_TCP, NULL, &elsewhere, NULL);
    for (uint32_t i = 0; i < 30; i++) {
        TERN_AUTO(desk_answer) *reply = NULL;
        uint32_t    when = AFTER_THE_DEADLINE + i % 3;
        tern_status st = desk_desk_ask(h.channel, DESK_QUESTION(.count = when),
                                       &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, &reply);

        if (when == BESIDE_THE_DEADLINE && st.code == TERN_OK)
            continue;
        assert_int_equal(st.code, when == IN_TIME ? TERN_OK : TERN_DEADLINE_EXCEEDED);
    }
    join_helpers();
    desk_stop(&h);
    assert_int_equal(atomic_load(&n_on_way), 0);
}

// ---- a waker that races with the end of its stream ------------------------

static struct {
    pthread_mutex_t      lock;
    desk_desk_watch_out *out;
    atomic_bool          is_over;
    atomic_uint          n_ends;
} feed = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *keep_waking(void *arg)
{
    (void)arg;
    while (!atomic_load(&feed.is_over)) {
        pthread_mutex_lock(&feed.lock);
        if (feed.out)
            desk_desk_watch_wake(feed.out);
        pthread_mutex_unlock(&feed.lock);
        usleep(10);  // locks are not fair
    }
    return NULL;
}

static void watch_ready(desk_desk_watch_out *out)
{
    uint32_t *n = out->state;

    pthread_mutex_lock(&feed.lock);
    feed.out = out;
    pthread_mutex_unlock(&feed.lock);
    if (++*n == 20)
        desk_desk_watch_finish(out, TERN_OK);
    else if (*n % 3 == 0)
        desk_desk_watch_push(out, DESK_ANSWER(.count = *n));
}

static void watch_end(desk_desk_watch_out *out, tern_status st)
{
    (void)st;
    pthread_mutex_lock(&feed.lock);
    if (feed.out == out)
        feed.out = NULL;
    pthread_mutex_unlock(&feed.lock);
    atomic_fetch_add(&feed.n_ends, 1);
}

static void test_waking_races_with_the_end(void **state)
{
    const desk_desk_handlers woken = {
        .watch_async = { .ready = watch_ready, .end = watch_end, .state_size = sizeof(uint32_t) }
    };
    pthread_t waker;
    desk      h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &woken, NULL);
    pthread_create(&waker, NULL, keep_waking, NULL);
    for (unsigned i = 0; i < 50; i++) {
        TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(h.channel, DESK_QUESTION(), NULL);

        for (unsigned n = 1 + i % 7; n > 0 && desk_desk_watch_next(w); n--)
            ;  // some are left early, which cancels them
    }
    wait_for_count(&feed.n_ends, 50, "ends of streams");
    atomic_store(&feed.is_over, true);
    pthread_join(waker, NULL);
    desk_stop(&h);
    assert_int_equal(atomic_load(&feed.n_ends), 50);  // nobody is told twice
}

// ---- the end before the beginning ----------------------------------------

static atomic_bool talk_is_over;

static void talk_message(desk_desk_talk_io *io, const desk_question *q) { (void)io, (void)q; }

static void talk_ready(desk_desk_talk_io *io)
{
    (void)io;
    TERN_ASSERT(!atomic_load(&talk_is_over));
}

static void talk_end(desk_desk_talk_io *io, tern_status st)
{
    (void)io;
    TERN_ASSERT(st.code == TERN_INVALID_ARGUMENT);
    atomic_store(&talk_is_over, true);
}

// On a fiber, so that the beginning of the stream and its message arrive together.
static void talk_nonsense(void *arg)
{
    const desk   *h = arg;
    tern_method   method = desk_desk_methods[4];
    uint8_t       text[] = { 0xff };
    tern_channel *ch = host_connect(h->host.address, NULL);
    void         *stream;

    TERN_ASSERT(strcmp(method.name, "Talk") == 0);
    method.request = &desk_spoilt_descriptor;
    stream = tern_stub_open(ch, &method, NULL, NULL);
    TERN_ASSERT(tern_stub_send(stream, DESK_SPOILT(.text = { sizeof text, text })) == TERN_OK);
    TERN_ASSERT(tern_stub_status(stream).code == TERN_INVALID_ARGUMENT);
    tern_stub_stream_free(stream);
    tern_channel_free(ch);
}

// The first `ready` was still to come. It came, to a call that had gone.
static void test_bug_message_that_ends_the_call_before_its_first_ready(void **state)
{
    const desk_desk_handlers talking = {
        .talk_async = { .message = talk_message, .ready = talk_ready, .end = talk_end }
    };
    tern_poller *p = tern_poller_new(NULL);
    desk         h;

    (void)state;
    atomic_store(&talk_is_over, false);
    desk_start(&h, HOST_TCP, NULL, &talking, NULL);
    assert_int_equal(tern_fiber_spawn(p, talk_nonsense, &h, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_true(atomic_load(&talk_is_over));
    tern_poller_free(p);
    desk_stop(&h);
}

static int warm_up_spoilt(void **state)
{
    if (desk_warm_up(state) != 0)
        return -1;
    (void)tern_message_size(&desk_spoilt_descriptor, DESK_SPOILT());
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_unix_peers_are_known),
        TERN_TEST(test_tcp_peers_are_not),
        TERN_TEST(test_peer_is_who_the_filter_says),
        TERN_TEST(test_peer_without_a_filter_is_nobody),
        TERN_TEST(test_offloaded_handler_has_a_thread_of_its_own),
        TERN_TEST(test_offloaded_handler_sees_its_deadline),
        TERN_TEST(test_answer_may_come_from_another_thread),
        TERN_TEST(test_late_answers_are_dropped),
        TERN_TEST(test_waking_races_with_the_end),
        TERN_TEST(test_bug_message_that_ends_the_call_before_its_first_ready),
    };

    return cmocka_run_group_tests(tests, warm_up_spoilt, NULL);
}
