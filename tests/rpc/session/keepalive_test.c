// Is the peer alive? With an owner that answers as the test says, and nothing but time.
#include "tests/support/leak.h"

#include "rpc/session/keepalive_internal.h"
#include "tests/support/fake_clock.h"

#define START (1000 * TERN_NS_PER_S)

enum { INTERVAL_MS = 1000, GIVE_UP_MS = 400, TICK_MS = 2 };  // a wheel is late by a tick

typedef struct owner owner;
struct owner {
    terni_keepalive keepalive;
    tern_poller    *poller;
    bool            has_calls;
    uint64_t        heard_ns;
    uint64_t        sent, unsent;  // bytes; those that wait lie before a PING
    unsigned        n_pings, n_deaths;
    uint64_t        asked_ns, silence_ns;
};

static bool has_calls(void *o) { return ((const owner *)o)->has_calls; }

static uint64_t heard_ns(void *o) { return ((const owner *)o)->heard_ns; }

static uint64_t written_bytes(void *arg)
{
    const owner *o = arg;

    return o->sent + o->unsent;
}

static uint64_t sent_bytes(void *o) { return ((const owner *)o)->sent; }

static void ping(void *arg, uint64_t opaque)
{
    owner *o = arg;

    o->n_pings++;
    o->asked_ns = opaque;
}

static void dead(void *arg, uint64_t silence_ns)
{
    owner *o = arg;

    o->n_deaths++;
    o->silence_ns = silence_ns;
    assert_false(tern_timer_is_set(&o->keepalive.timer));
}

static const terni_keepalive_hooks hooks = { has_calls,  heard_ns, written_bytes,
                                             sent_bytes, ping,     dead };

// A call is open, and the last byte comes now.
static void begin_with(owner *o, int64_t interval_ms, int64_t give_up_ms)
{
    fake_clock_start(START);
    *o = (owner){ .poller = tern_poller_new(NULL), .has_calls = true, .heard_ns = START };
    o->keepalive = (terni_keepalive){ .hooks = &hooks, .owner = o, .poller = o->poller };
    terni_keepalive_start(&o->keepalive, interval_ms, give_up_ms);
}

static void begin(owner *o) { begin_with(o, INTERVAL_MS, GIVE_UP_MS); }

static void end(owner *o)
{
    terni_keepalive_stop(&o->keepalive);
    assert_false(tern_timer_is_set(&o->keepalive.timer));
    tern_poller_free(o->poller);
}

static void pass(owner *o, uint64_t ms)
{
    fake_clock_advance(ms * TERN_NS_PER_MS);
    assert_int_equal(tern_poller_step(o->poller, 0), 0);
}

static void hear(owner *o) { o->heard_ns = fake_clock_now_ns(); }

// ---- tests ---------------------------------------------------------------

static void test_silence_is_asked_about_after_the_interval(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    pass(&o, INTERVAL_MS - 1);
    assert_int_equal(o.n_pings, 0);
    pass(&o, 1 + TICK_MS);
    assert_int_equal(o.n_pings, 1);
    assert_int_equal(o.asked_ns, fake_clock_now_ns());
    end(&o);
}

static void test_silence_after_that_is_death_once(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    pass(&o, INTERVAL_MS + TICK_MS);
    pass(&o, GIVE_UP_MS - 1);
    assert_int_equal(o.n_deaths, 0);
    pass(&o, 1 + TICK_MS);
    assert_int_equal(o.n_deaths, 1);
    assert_int_equal(o.silence_ns, fake_clock_now_ns() - START);
    pass(&o, 100 * INTERVAL_MS);
    assert_int_equal(o.n_deaths, 1);
    assert_int_equal(o.n_pings, 1);
    end(&o);
}

static void test_any_byte_after_the_question_is_an_answer(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    pass(&o, INTERVAL_MS + TICK_MS);
    pass(&o, GIVE_UP_MS / 2);
    hear(&o);
    pass(&o, GIVE_UP_MS);
    assert_int_equal(o.n_deaths, 0);
    assert_int_equal(o.n_pings, 1);
    pass(&o, INTERVAL_MS - GIVE_UP_MS + TICK_MS);  // since the answer
    assert_int_equal(o.n_pings, 2);
    end(&o);
}

static void test_peer_that_takes_what_lies_before_the_question_lives(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    o.unsent = 1000;
    pass(&o, INTERVAL_MS + TICK_MS);
    for (int i = 0; i < 10; i++) {
        o.sent += 100;
        pass(&o, GIVE_UP_MS + TICK_MS);
        assert_int_equal(o.n_deaths, 0);
    }
    assert_int_equal(o.n_pings, 1);
    o.sent += 100;  // of what came behind it: the question has left, and its answer is due
    pass(&o, GIVE_UP_MS + TICK_MS);
    assert_int_equal(o.n_deaths, 1);
    end(&o);
}

static void test_peer_that_takes_no_more_is_dead_before_the_question_has_left(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    o.unsent = 1000;
    pass(&o, INTERVAL_MS + TICK_MS);
    o.sent += 100;
    pass(&o, GIVE_UP_MS + TICK_MS);
    assert_int_equal(o.n_deaths, 0);
    pass(&o, GIVE_UP_MS + TICK_MS);
    assert_int_equal(o.n_deaths, 1);
    end(&o);
}

static void test_peer_that_talks_is_never_asked(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    for (int i = 0; i < 50; i++) {
        pass(&o, INTERVAL_MS / 5);
        hear(&o);
    }
    assert_int_equal(o.n_pings, 0);
    end(&o);
}

static void test_between_calls_nobody_is_asked(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    o.has_calls = false;
    for (int i = 0; i < 10; i++)
        pass(&o, INTERVAL_MS);
    assert_int_equal(o.n_pings, 0);
    o.has_calls = true;  // it has been silent for long: asked within an interval
    pass(&o, INTERVAL_MS + TICK_MS);
    assert_int_equal(o.n_pings, 1);
    end(&o);
}

// The call of which it was asked ends meanwhile, and another begins: the old question counts no more.
static void test_question_is_forgotten_when_the_last_call_ends(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    pass(&o, INTERVAL_MS + TICK_MS);
    assert_int_equal(o.n_pings, 1);
    o.has_calls = false;
    pass(&o, GIVE_UP_MS + TICK_MS);
    o.has_calls = true;
    pass(&o, INTERVAL_MS + TICK_MS);
    assert_int_equal(o.n_deaths, 0);
    assert_int_equal(o.n_pings, 2);
    pass(&o, GIVE_UP_MS + TICK_MS);
    assert_int_equal(o.n_deaths, 1);
    end(&o);
}

// Nobody has driven this poller for a while: what came meanwhile is taken in before timers run, and if
// nothing came, it is asked first all the same.
static void test_long_pause_of_our_own_is_not_the_peers_silence(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    pass(&o, 100 * INTERVAL_MS);
    assert_int_equal(o.n_deaths, 0);
    assert_int_equal(o.n_pings, 1);
    pass(&o, GIVE_UP_MS - 1);
    assert_int_equal(o.n_deaths, 0);
    hear(&o);
    pass(&o, 100 * INTERVAL_MS);
    assert_int_equal(o.n_deaths, 0);
    assert_int_equal(o.n_pings, 2);
    end(&o);
}

static void test_patience_below_zero_asks_on_and_gives_nobody_up(void **state)
{
    owner o;

    (void)state;
    begin_with(&o, INTERVAL_MS, -1);
    for (unsigned i = 1; i <= 50; i++) {
        pass(&o, INTERVAL_MS + TICK_MS);
        assert_int_equal(o.n_pings, i);
    }
    hear(&o);
    pass(&o, INTERVAL_MS / 2);
    assert_int_equal(o.n_pings, 50);
    pass(&o, INTERVAL_MS + TICK_MS);
    assert_int_equal(o.n_pings, 51);
    assert_int_equal(o.n_deaths, 0);
    end(&o);
}

static void test_times_beyond_the_clock_are_never(void **state)
{
    owner o;

    (void)state;
    begin_with(&o, INT64_MAX, GIVE_UP_MS);
    pass(&o, 1000000 * (uint64_t)INTERVAL_MS);
    assert_int_equal(o.n_pings, 0);
    end(&o);
    begin_with(&o, INTERVAL_MS, INT64_MAX);
    for (int i = 0; i < 50; i++)
        pass(&o, 100 * INTERVAL_MS);
    assert_int_equal(o.n_pings, 1);
    assert_int_equal(o.n_deaths, 0);
    end(&o);
}

static void test_stopped_one_asks_no_more(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    terni_keepalive_stop(&o.keepalive);
    terni_keepalive_stop(&o.keepalive);
    pass(&o, 100 * INTERVAL_MS);
    assert_int_equal(o.n_pings, 0);
    end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_silence_is_asked_about_after_the_interval),
        TERN_TEST(test_silence_after_that_is_death_once),
        TERN_TEST(test_any_byte_after_the_question_is_an_answer),
        TERN_TEST(test_peer_that_takes_what_lies_before_the_question_lives),
        TERN_TEST(test_peer_that_takes_no_more_is_dead_before_the_question_has_left),
        TERN_TEST(test_peer_that_talks_is_never_asked),
        TERN_TEST(test_between_calls_nobody_is_asked),
        TERN_TEST(test_question_is_forgotten_when_the_last_call_ends),
        TERN_TEST(test_long_pause_of_our_own_is_not_the_peers_silence),
        TERN_TEST(test_patience_below_zero_asks_on_and_gives_nobody_up),
        TERN_TEST(test_times_beyond_the_clock_are_never),
        TERN_TEST(test_stopped_one_asks_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
