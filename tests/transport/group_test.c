// Several pollers on threads of their own: where descriptors go, and how it ends.
#include "tests/transport/backends.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn.h>
#include <tern/group.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"
#include "transport/base/sys_internal.h"

enum { N_POLLERS = 3, N_CONNS = 30 };

// Counts, on all pollers together.
static atomic_int n_given, n_echoed, n_closed;
static atomic_int n_of_poller[N_POLLERS];

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    (void)arg;
    tern_linkbuf_splice(tern_conn_output(c), in);
    tern_conn_send(c);
    n_echoed++;
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    (void)c, (void)err, (void)arg;
    n_closed++;
}

static const tern_conn_events events = { .data = on_data, .closed = on_closed };

static void serve(tern_poller *p, int fd, void *arg)
{
    tern_group *g = arg;
    tern_conn  *c;

    if (tern_conn_new(p, fd, &events, NULL, &(tern_conn_opts){ .filter = net_filter() }, &c) < 0)
        abort();  // an assert of cmocka's must not leave another thread's stack
    for (unsigned i = 0; i < tern_group_size(g); i++)
        n_of_poller[i] += tern_group_get(g, i) == p;
    n_given++;
}

static tern_group *make_group(void)
{
    tern_group *g;

    n_given = n_echoed = n_closed = 0;
    memset(n_of_poller, 0, sizeof n_of_poller);
    assert_int_equal(
        tern_group_new(&(tern_group_opts){ .n_pollers = N_POLLERS, .backend = backend_under_test },
                       &g),
        0);
    return g;
}

// The peer's end of a connection that the group was given.
static int give(tern_group *g)
{
    int ours, theirs;

    net_pair(NET_UNIX, &ours, &theirs);
    assert_int_equal(tern_group_give(g, ours, serve, g), 0);
    return theirs;
}

// Where there is a filter, the hello that nobody read makes a reset of it.
static bool is_over(int theirs)
{
    char    byte;
    ssize_t n = net_await(theirs, &byte, 1);

    return n == 0 || (net_has_filter && n == -ECONNRESET);
}

static void test_descriptors_go_to_the_least_loaded(void **state)
{
    tern_group *g = make_group();
    int         theirs[N_CONNS];
    char        byte;

    (void)state;
    assert_int_equal(tern_group_size(g), N_POLLERS);
    for (int i = 0; i < N_CONNS; i++)
        theirs[i] = give(g);  // counted while they are on their way
    for (int i = 0; i < N_CONNS; i++) {
        net_write(theirs[i], "x", 1);
        assert_int_equal(net_await(theirs[i], &byte, 1), 1);
    }
    assert_int_equal(n_given, N_CONNS);
    for (int i = 0; i < N_POLLERS; i++)
        assert_in_range(n_of_poller[i], 1, N_CONNS - N_POLLERS + 1);
    for (int i = 0; i < N_CONNS; i++)
        net_close(theirs[i]);
    tern_group_free(g);
    assert_int_equal(n_closed, N_CONNS);
}

static void test_free_with_live_connections_and_deliveries_under_way(void **state)
{
    tern_group *g = make_group();
    int         theirs[N_CONNS];

    (void)state;
    for (int i = 0; i < N_CONNS; i++)
        theirs[i] = give(g);
    tern_group_free(g);
    assert_int_equal(n_given, N_CONNS);
    assert_int_equal(n_closed, N_CONNS);
    for (int i = 0; i < N_CONNS; i++) {
        assert_true(is_over(theirs[i]));
        net_close(theirs[i]);
    }
}

typedef struct giver giver;
struct giver {
    tern_group *g;
    int         theirs[N_CONNS];
};

static void *give_many(void *arg)
{
    giver *one = arg;

    for (int i = 0; i < N_CONNS; i++) {
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
            tern_group_give(one->g, pair[0], serve, one->g) < 0)
            abort();
        net_speak(pair[1]);
        one->theirs[i] = pair[1];
    }
    return NULL;
}

static void test_give_from_many_threads(void **state)
{
    tern_group *g = make_group();
    giver       givers[4];
    pthread_t   threads[4];

    (void)state;
    for (int i = 0; i < 4; i++) {
        givers[i].g = g;
        assert_int_equal(pthread_create(&threads[i], NULL, give_many, &givers[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 4 * N_CONNS; i++) {
        int  fd = givers[i / N_CONNS].theirs[i % N_CONNS];
        char byte;

        net_write(fd, "x", 1);
        assert_int_equal(net_await(fd, &byte, 1), 1);
        assert_int_equal(byte, 'x');
        net_close(fd);
    }
    tern_group_free(g);
    assert_int_equal(n_given, 4 * N_CONNS);
    assert_int_equal(n_closed, 4 * N_CONNS);
}

// A poller counts what it reads: with a filter a handshake, and a record for each byte.
static uint64_t of_the_socket(unsigned n_bytes)
{
    return n_bytes * (net_has_filter ? tongue_spoken.n_record_bytes + 1 : 1);
}

static void test_counters_may_be_read_from_any_thread(void **state)
{
    tern_group *g = make_group();
    int         fd = give(g);
    uint64_t    read_bytes = 0, n_handshake = net_has_filter ? tongue_spoken.n_handshake_bytes : 0;
    char        byte;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        net_write(fd, "x", 1);
        assert_int_equal(net_await(fd, &byte, 1), 1);
        read_bytes = 0;
        for (unsigned j = 0; j < N_POLLERS; j++)
            read_bytes += tern_poller_get_stats(tern_group_get(g, j)).read_bytes;
        if (net_has_filter && !n_handshake)  // nobody knows beforehand
            n_handshake = read_bytes - of_the_socket(1);
        assert_int_equal(read_bytes, n_handshake + of_the_socket(i + 1));
    }
    net_close(fd);
    tern_group_free(g);
}

static void test_limits_and_defaults(void **state)
{
    tern_group *g;

    (void)state;
    assert_int_equal(tern_group_new(&(tern_group_opts){ .n_pollers = TERN_MAX_POLLERS + 1 }, &g),
                     -EINVAL);
    assert_int_equal(tern_group_new(NULL, &g), 0);
    assert_in_range(tern_group_size(g), 1, TERN_MAX_POLLERS);
    tern_group_free(g);
    assert_int_equal(tern_group_new(&(tern_group_opts){ .n_pollers = 2, .is_pinned = true }, &g),
                     0);
    tern_group_free(g);
    tern_group_free(NULL);
}

static int failing_epoll_wait(int epfd, struct epoll_event *events_, int max, int timeout_ms)
{
    (void)epfd, (void)events_, (void)max, (void)timeout_ms;
    errno = EBADF;
    return -1;
}

static void test_bug_poller_that_died_in_a_group_said_nothing(void **state)
{
    tern_group *g;

    (void)state;
    if (backend_under_test != TERN_BACKEND_EPOLL)
        return;
    terni_sys_table.epoll_wait = failing_epoll_wait;
    assert_int_equal(tern_group_new(&(tern_group_opts){ .n_pollers = 1 }, &g), 0);
    for (int i = 0; i < 10000000 && net_n_logged() == 0; i++)
        sched_yield();
    tern_group_free(g);
    assert_int_equal(net_n_logged(), 1);
}

static void test_failed_allocations_leave_nothing(void **state)
{
    bool has_failed = true;

    (void)state;
    for (int i = 0; has_failed; i++) {
        tern_group *g;
        int         err;

        failing_mem_fail_at(i);
        err = tern_group_new(&(tern_group_opts){ .n_pollers = 1 }, &g);
        has_failed = failing_mem_has_failed();
        failing_mem_fail_at(-1);
        assert_int_equal(err, has_failed ? -ENOMEM : 0);
        if (err == 0)
            tern_group_free(g);
    }
}

static void test_give_without_memory_closes_the_descriptor(void **state)
{
    tern_group *g = make_group();
    int         ours, theirs;

    (void)state;
    net_pair(NET_UNIX, &ours, &theirs);
    failing_mem_fail_at(0);
    assert_int_equal(tern_group_give(g, ours, serve, g), -ENOMEM);
    failing_mem_fail_at(-1);
    assert_true(is_over(theirs));
    net_close(theirs);
    tern_group_free(g);
    assert_int_equal(n_given, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_descriptors_go_to_the_least_loaded),
        NET_TEST(test_free_with_live_connections_and_deliveries_under_way),
        NET_TEST(test_give_from_many_threads),
        NET_TEST(test_counters_may_be_read_from_any_thread),
        NET_TEST(test_limits_and_defaults),
        NET_TEST(test_bug_poller_that_died_in_a_group_said_nothing),
        NET_TEST(test_failed_allocations_leave_nothing),
        NET_TEST(test_give_without_memory_closes_the_descriptor),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
