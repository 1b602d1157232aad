// A program that returns from main while its servers answer and its clients call: it ends with its own code, whatever the
// threads are at.
#include "tests/rpc/matrix/players.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_PROGRAMS = 9 };

static atomic_uint n_plays;

typedef struct program program;
struct program {
    host server;
    bool is_async;

    players_style style;
    unsigned      n_plays;  // before its end
    int           code;
};

static void *play_on_threads(void *address)
{
    for (;; atomic_fetch_add(&n_plays, 1))
        players_play(address, PLAY_ON_THREAD);
    return NULL;
}

static void *play_on_fibers(void *address)
{
    for (;; atomic_fetch_add(&n_plays, 1))
        players_play(address, PLAY_ON_FIBER);
    return NULL;
}

static void *play_with_callbacks(void *address)
{
    for (;; atomic_fetch_add(&n_plays, 1))
        players_play(address, PLAY_ASYNC);
    return NULL;
}

static bool has_played(void *arg)
{
    return atomic_load(&n_plays) >= ((const program *)arg)->n_plays;
}

// The descriptors are the parent's as well, and nobody's at the end; what is in memory goes with it.
static int run_program(void *arg, int out)
{
    static void *(*const players[N_STYLES])(void *) = { play_on_threads, play_on_fibers,
                                                        play_with_callbacks };
    program      *p = arg;
    players_setup setup = { HOST_OWN_THREADS, 2, HOST_TCP, p->is_async };
    pthread_t     thread;

    (void)out;
    players_start(&p->server, &setup);
    TERN_ASSERT(pthread_create(&thread, NULL, players[p->style], p->server.address) == 0);
    wait_for(has_played, p, "plays");
    exit(p->code);
}

static void test_exit_ends_a_program_that_is_busy(void **state)
{
    (void)state;
    for (int i = 0; i < N_PROGRAMS; i++) {
        program p = { .is_async = i % 2,
                      .style = (players_style)(i % N_STYLES),
                      .n_plays = (unsigned)i,
                      .code = 10 + i };
        process running;

        fflush(NULL);  // what is not out yet would be said by both
        running = process_start(run_program, &p);
        assert_int_equal(process_wait(&running), p.code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_exit_ends_a_program_that_is_busy),
    };

    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
