// Connections in blocking style, in plain threads: on a loop of their own, on one that another thread drives,
// and on one that changes hands. And many fibers.
#include "tests/transport/backends.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <tern/conn_io.h>
#include <tern/fiber.h>

#include "tests/support/sockets.h"
#include "tests/transport/net.h"

enum { N_THREADS = 4, N_TURNS = 100, N_FIBERS = 9000, N_FIBERS_SANITIZED = 1000 };

// ---- plain threads -------------------------------------------------------

// Both ends of a pair, each a connection: says to itself, hears itself. 0 or what failed.
static int talk(tern_poller *p, int n_turns)
{
    tern_conn *a = NULL, *b = NULL;
    int        fds[2], err;
    char       c = 0;

    sockets_unix_pair(fds);
    if ((err = net_conn_io_new(p, fds[0], NULL, &a)) < 0 ||
        (err = net_far_conn_io_new(p, fds[1], &b)) < 0)
        return err;
    for (int i = 0; i < n_turns && err == 0; i++) {
        if ((err = tern_conn_write(a, "x", 1)) < 0 || (err = tern_conn_flush(a)) < 0)
            return err;
        err = tern_conn_read_full(b, &c, 1) == 1 && c == 'x' ? 0 : -EIO;
    }
    tern_conn_set_read_deadline(b, 1);
    if (tern_conn_read(b, &c, 1) != -ETIMEDOUT)
        err = -EIO;
    tern_conn_close(a);
    tern_conn_abort(b);
    return err;
}

static void test_a_thread_drives_a_private_loop(void **state)
{
    tern_poller *p = net_poller(backend_under_test);

    (void)state;
    assert_int_equal(talk(p, N_TURNS), 0);
    tern_poller_free(p);
}

static void *talk_in_thread(void *p) { return (void *)(intptr_t)talk(p, N_TURNS); }

static void *run_in_thread(void *p) { return (void *)(intptr_t)tern_poller_run(p); }

static void start_threads(pthread_t *threads, tern_poller *p)
{
    for (int i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, talk_in_thread, p), 0);
}

static void join_well(pthread_t thread)
{
    void *verdict;

    assert_int_equal(pthread_join(thread, &verdict), 0);
    assert_int_equal((intptr_t)verdict, 0);
}

static void test_threads_share_a_loop_that_another_drives(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    pthread_t    driver, threads[N_THREADS];

    (void)state;
    assert_int_equal(pthread_create(&driver, NULL, run_in_thread, p), 0);
    start_threads(threads, p);
    for (int i = 0; i < N_THREADS; i++)
        join_well(threads[i]);
    tern_poller_stop(p);
    join_well(driver);
    tern_poller_free(p);
}

static void test_threads_share_a_loop_that_nobody_drives(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    pthread_t    threads[N_THREADS];

    (void)state;
    start_threads(threads, p);
    for (int i = 0; i < N_THREADS; i++)
        join_well(threads[i]);
    tern_poller_free(p);
}

static void test_a_host_comes_and_goes_meanwhile(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    pthread_t    threads[N_THREADS];

    (void)state;
    start_threads(threads, p);
    for (int i = 0; i < N_TURNS; i++)
        assert_int_equal(tern_poller_step(p, 0), 0);
    for (int i = 0; i < N_THREADS; i++)
        join_well(threads[i]);
    tern_poller_free(p);
}

// A reader that waits for ever on a loop that nobody drives, and a host that wants it.
static void *read_for_ever(void *c)
{
    char byte;

    return (void *)(intptr_t)tern_conn_read(c, &byte, 1);
}

static void test_a_waiting_thread_makes_room_for_a_host(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    tern_conn   *c;
    pthread_t    reader;
    void        *n;
    int          fds[2];

    (void)state;
    sockets_unix_pair(fds);
    assert_int_equal(net_conn_io_new(p, fds[0], NULL, &c), 0);
    assert_int_equal(pthread_create(&reader, NULL, read_for_ever, c), 0);
    for (int i = 0; i < N_TURNS; i++)
        assert_int_equal(tern_poller_step(p, 1), 0);
    tern_conn_abort(c);
    assert_int_equal(pthread_join(reader, &n), 0);
    assert_int_equal((intptr_t)n, -ECANCELED);
    close(fds[1]);
    tern_poller_free(p);
}

typedef struct attempt attempt;
struct attempt {
    tern_task  task;
    tern_conn *c;
    ssize_t    n;
};

static void read_in_callback(tern_task *task)
{
    attempt *a = TERN_CONTAINER_OF(task, attempt, task);
    char     byte;

    a->n = tern_conn_read(a->c, &byte, 1);
}

static void test_a_callback_may_not_wait(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    attempt      a = { .task.run = read_in_callback };
    int          fds[2];

    (void)state;
    sockets_unix_pair(fds);
    assert_int_equal(net_conn_io_new(p, fds[0], NULL, &a.c), 0);
    tern_poller_defer(p, &a.task);
    net_settle(p);
    assert_int_equal(a.n, -EDEADLK);
    tern_conn_abort(a.c);
    close(fds[1]);
    tern_poller_free(p);
}

// ---- many fibers ---------------------------------------------------------

static void echo(void *conn)
{
    char    buf[64];
    ssize_t n;

    while ((n = tern_conn_read(conn, buf, sizeof buf)) > 0)
        if (tern_conn_write(conn, buf, (size_t)n) < 0)
            break;
    tern_conn_close(conn);
}

static int n_pairs_possible(void)
{
    struct rlimit limit;
    int           n = net_is_slow() ? N_FIBERS_SANITIZED : N_FIBERS;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit.rlim_max < 2 * (rlim_t)n + 100 ? (int)(limit.rlim_max - 100) / 2 : n;
}

static void start_echo(tern_poller *p, int *ret_peer)
{
    tern_conn *c;
    int        fds[2];

    sockets_unix_pair(fds);
    net_speak(fds[1]);
    assert_int_equal(net_conn_io_new(p, fds[0], NULL, &c), 0);
    assert_int_equal(tern_fiber_run(p, echo, c), 0);
    *ret_peer = fds[1];
}

static void test_9000_fibers_echo_each_over_its_own_pair(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    int          n = n_pairs_possible(), *peers = calloc((size_t)n, sizeof *peers);
    char         got[16];

    (void)state;
    for (int i = 0; i < n; i++)
        start_echo(p, &peers[i]);
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < n; i++)
            net_write(peers[i], "hello", 5);
        for (int i = 0; i < n; i++)
            NET_UNTIL(p, net_read(peers[i], got, sizeof got) == 5);
    }
    print_message("%d fibers\n", n);
    for (int i = 0; i < n; i++)
        net_close(peers[i]);
    NET_UNTIL(p, tern_poller_n_operators(p) == 0);
    tern_poller_free(p);
    free(peers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_a_thread_drives_a_private_loop),
        NET_TEST(test_threads_share_a_loop_that_another_drives),
        NET_TEST(test_threads_share_a_loop_that_nobody_drives),
        NET_TEST(test_a_host_comes_and_goes_meanwhile),
        NET_TEST(test_a_waiting_thread_makes_room_for_a_host),
        NET_TEST(test_a_callback_may_not_wait),
        NET_TEST(test_9000_fibers_echo_each_over_its_own_pair),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
