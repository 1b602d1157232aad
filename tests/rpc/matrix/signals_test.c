// A program whose threads are interrupted all the time, by signals of its own whose handlers restart nothing: every call of
// every kind comes through.
#include "tests/rpc/matrix/players.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

enum { MIN_SIGNALS = 500 };

static atomic_uint n_signals;
static atomic_bool is_over;

static void note_signal(int signo)
{
    (void)signo;
    atomic_fetch_add(&n_signals, 1);
}

typedef struct storm storm;
struct storm {
    pthread_t thread, client, server;
};

// The next one when the last has come: more would be one.
static void *rage(void *arg)
{
    const storm *s = arg;

    for (unsigned i = 0; !atomic_load(&is_over); i++) {
        unsigned before = atomic_load(&n_signals);

        pthread_kill(i % 2 ? s->client : s->server, SIGALRM);
        while (atomic_load(&n_signals) == before && !atomic_load(&is_over))
            sched_yield();
    }
    return NULL;
}

static void begin_storm(storm *s, const host *srv)
{
    atomic_store(&is_over, false);
    atomic_store(&n_signals, 0);
    s->client = pthread_self();
    s->server = srv->thread;
    sigaction(SIGALRM, &(struct sigaction){ .sa_handler = note_signal }, NULL);
    assert_int_equal(pthread_create(&s->thread, NULL, rage, s), 0);
}

// The handler stays: the last one may still be on its way.
static void end_storm(storm *s)
{
    atomic_store(&is_over, true);
    pthread_join(s->thread, NULL);
}

static void play_in_a_storm(players_style style, bool is_async)
{
    host  srv;
    storm s;

    players_start(&srv, &(players_setup){ .place = HOST_ON_THREAD, .is_async = is_async });
    begin_storm(&s, &srv);
    do
        players_play(srv.address, style);
    while (atomic_load(&n_signals) < MIN_SIGNALS);
    end_storm(&s);
    host_end(&srv);
}

static void test_threads_among_signals(void **state)
{
    (void)state;
    play_in_a_storm(PLAY_ON_THREAD, false);
}

static void test_fibers_among_signals(void **state)
{
    (void)state;
    play_in_a_storm(PLAY_ON_FIBER, false);
}

static void test_callbacks_among_signals(void **state)
{
    (void)state;
    play_in_a_storm(PLAY_ASYNC, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_threads_among_signals),
        TERN_TEST(test_fibers_among_signals),
        TERN_TEST(test_callbacks_among_signals),
    };

    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
