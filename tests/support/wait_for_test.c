#include "tests/support/leak.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/fiber.h>

#include "tests/support/fake_clock.h"
#include "tests/support/wait_for.h"

// ---- what comes ----------------------------------------------------------

static void *count_to_3(void *counter)
{
    for (int i = 0; i < 3; i++)
        atomic_fetch_add((atomic_uint *)counter, 1);
    return NULL;
}

static void test_count_of_another_thread_is_waited_for(void **state)
{
    atomic_uint n = 0;
    pthread_t   thread;

    (void)state;
    pthread_create(&thread, NULL, count_to_3, &n);
    wait_for_count(&n, 3, "counts");
    assert_int_equal(atomic_load(&n), 3);
    wait_for_count(&n, 2, "counts");
    pthread_join(thread, NULL);
}

// ---- on a fiber ----------------------------------------------------------

typedef struct baton baton;
struct baton {
    tern_poller *poller;
    tern_fiber  *waiting;
    unsigned     n_looks;
    bool         is_posted;
    tern_task    task;
    int          next_wait;  // of the fiber: what it came to
};

static void bring(tern_task *task) { TERN_CONTAINER_OF(task, baton, task)->is_posted = true; }

static bool is_posted(void *arg) { return ((baton *)arg)->is_posted; }

static bool has_looked_often(void *arg) { return ++((baton *)arg)->n_looks == 10; }

static void wait_on_fiber(void *arg)
{
    baton *b = arg;

    wait_for(has_looked_often, b, "the tenth look");
    b->next_wait = tern_fiber_sleep(TERN_NS_PER_S);
}

static void cancel(void *arg) { tern_fiber_cancel(((baton *)arg)->waiting); }

static void test_fiber_lets_its_poller_go_round_though_the_clock_stands(void **state)
{
    baton b = { .next_wait = 1 };

    (void)state;
    fake_clock_start(TERN_NS_PER_S);
    b.poller = tern_poller_new(NULL);
    assert_int_equal(tern_fiber_spawn(b.poller, wait_on_fiber, &b, NULL, &b.waiting), 0);
    assert_int_equal(tern_fiber_spawn(b.poller, cancel, &b, NULL, NULL), 0);
    assert_int_equal(tern_fiber_join(b.waiting), 0);
    assert_true(tern_poller_get_stats(b.poller).n_rounds >= 9);
    assert_int_equal(b.n_looks, 10);
    assert_int_equal(b.next_wait, -ECANCELED);
    tern_poller_free(b.poller);
}

static void test_driving_brings_what_comes_by_steps(void **state)
{
    baton b = { .task.run = bring };

    (void)state;
    b.poller = tern_poller_new(NULL);
    tern_poller_post(b.poller, &b.task);
    wait_driving(b.poller, is_posted, &b, "the task");
    assert_true(b.is_posted);
    tern_poller_free(b.poller);
}

// ---- what does not come --------------------------------------------------

static void wait_in_vain(void)
{
    atomic_uint n = 1;

    wait_for_count(&n, 2, "counts");
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static void drive_in_vain(void)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);

    wait_driving(p, never, NULL, "the impossible");
}

// In a process of its own, without patience: what it says before it aborts.
static void check_gives_up(void (*wait)(void), const char *sentence)
{
    char  said[128] = "";
    int   fds[2], status;
    pid_t pid;

    assert_int_equal(pipe(fds), 0);
    if ((pid = fork()) == 0) {
        dup2(fds[1], STDERR_FILENO);
        wait_for_limit_s = 0;
        wait();
        _exit(0);
    }
    close(fds[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(read(fds[0], said, sizeof said - 1) > 0);
    assert_string_equal(said, sentence);
    close(fds[0]);
}

static void test_what_does_not_come_is_told(void **state)
{
    (void)state;
    check_gives_up(wait_in_vain, "waited 0 s for 2 counts\n");
    check_gives_up(drive_in_vain, "waited 0 s for the impossible\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_count_of_another_thread_is_waited_for),
        TERN_TEST(test_fiber_lets_its_poller_go_round_though_the_clock_stands),
        TERN_TEST(test_driving_brings_what_comes_by_steps),
        TERN_TEST(test_what_does_not_come_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
