// System calls per request by the library's own counters, client and server in lockstep on one thread.
#include "tests/transport/backends.h"

#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"

enum { SIZE = 1024, MAX_CONNS = 32 };

typedef struct bench bench;
struct bench {
    tern_poller *p;
    probe        pr[MAX_CONNS];
    int          peer[MAX_CONNS];
    int          n_conns;
};

static void echo(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send(pr->conn);
}

static void open_bench(bench *b, int n_conns)
{
    *b = (bench){ .p = net_poller(backend_under_test), .n_conns = n_conns };
    for (int i = 0; i < n_conns; i++) {
        int ours;

        net_pair(NET_TCP, &ours, &b->peer[i]);
        b->pr[i].on_data = echo;
        probe_start(&b->pr[i], b->p, ours, NULL);
    }
    net_settle(b->p);
}

static void close_bench(bench *b)
{
    for (int i = 0; i < b->n_conns; i++)
        net_close(b->peer[i]);
    tern_poller_free(b->p);
}

static uint64_t count_calls(const bench *b)
{
    tern_poller_stats s = tern_poller_get_stats(b->p);

    return s.n_waits + s.n_reads + s.n_writes + s.n_ctls + s.n_accepts;
}

// Each connection asks `depth` times at once, the loop turns until all is answered; `n_turns` times.
static double calls_per_request(bench *b, int depth, int n_turns)
{
    static char bytes[64 * SIZE];
    uint64_t    n_before = count_calls(b);

    for (int turn = 0; turn < n_turns; turn++) {
        size_t n_got = 0, n_wanted = (size_t)b->n_conns * (size_t)depth * SIZE;

        for (int i = 0; i < b->n_conns; i++)
            net_write(b->peer[i], bytes, (size_t)depth * SIZE);
        while (n_got < n_wanted) {
            net_step(b->p, 1000);
            for (int i = 0; i < b->n_conns; i++)
                (void)net_drain(b->peer[i], &n_got);
        }
    }
    return (double)(count_calls(b) - n_before) / ((double)b->n_conns * depth * n_turns);
}

static void expect_at_most(const char *what, double budget, double measured)
{
    printf("%s: %.3f of at most %.2f\n", what, measured, budget);
    if (measured > budget)
        fail_msg("%s costs %.3f system calls per request, more than %.2f", what, measured, budget);
}

static void test_lone_connection(void **state)
{
    bench b;

    (void)state;
    open_bench(&b, 1);
    expect_at_most("one connection, one request at a time", 3.05, calls_per_request(&b, 1, 1000));
    close_bench(&b);
}

static void test_busy_connections_share_the_wait(void **state)
{
    bench b;

    (void)state;
    open_bench(&b, MAX_CONNS);
    expect_at_most("32 connections", 2.15, calls_per_request(&b, 1, 100));
    close_bench(&b);
}

static void test_pipelined_requests_share_everything(void **state)
{
    bench b;

    (void)state;
    open_bench(&b, 1);
    expect_at_most("64 requests at once", 0.1, calls_per_request(&b, 64, 200));
    close_bench(&b);
}

// The first timer after an hour, the last poll before it: nothing happens in between.
static void test_idle_poller_makes_no_calls(void **state)
{
    bench    b;
    uint64_t n_before;

    (void)state;
    net_clock_start();
    open_bench(&b, MAX_CONNS);
    for (int i = 0; i < b.n_conns; i++)
        tern_conn_set_idle_timeout(b.pr[i].conn, 3600 * 1000);
    for (int i = 0; i < 100; i++) {  // the pool gives back what it kept for the next burst
        net_clock_advance(TERN_NS_PER_S);
        net_settle(b.p);
    }
    n_before = count_calls(&b);
    net_step(b.p, 1);
    assert_int_equal(count_calls(&b) - n_before, 1);
    assert_true(tern_poller_next_ns(b.p) > tern_poller_now_ns(b.p) + 60 * TERN_NS_PER_S);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_lone_connection),
        NET_TEST(test_busy_connections_share_the_wait),
        NET_TEST(test_pipelined_requests_share_everything),
        NET_TEST(test_idle_poller_makes_no_calls),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
