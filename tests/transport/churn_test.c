// Much of everything: connections that come and go, and a burst. What is left is what was there before.
#include "tests/transport/backends.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/poller/core_internal.h"

enum { MIB = 1 << 20 };

// Full measure with --large (//tests/transport:churn_large_test), a part of it otherwise.
static bool is_large;

static int scaled(int n) { return net_is_slow() ? n / 64 : is_large ? n : n / 8; }

static size_t resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long  n_total, n_resident;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &n_total, &n_resident), 2);
    fclose(f);
    return (size_t)n_resident * (size_t)sysconf(_SC_PAGESIZE);
}

// Each ends another way. Few over TCP: they stay in TIME_WAIT and use up the machine's ports.
static void live_and_die(tern_poller *p, int turn)
{
    probe pr = { 0 };
    int   ours, theirs;

    net_pair(turn % 16 ? NET_UNIX : NET_TCP, &ours, &theirs);
    probe_start(&pr, p, ours, NULL);
    switch (turn % 5) {
    case 0:
        tern_conn_abort(pr.conn);
        break;
    case 1:
        net_write(theirs, "x", 1);
        net_step(p, 0);
        tern_conn_close(pr.conn);
        break;
    case 2:
        assert_int_equal(tern_conn_send_copy(pr.conn, "x", 1), 0);
        tern_conn_close(pr.conn);
        break;
    case 3:
        net_reset(theirs);
        theirs = -1;
        break;
    case 4:
        pr.has_no_end = true;
        break;
    }
    if (theirs >= 0)
        net_close(theirs);
    for (int i = 0; i < 1000 && !pr.n_closed; i++) {
        net_step(p, pr.n_end ? 0 : 1);
        if (pr.n_end && pr.conn)
            tern_conn_close(pr.conn);
    }
    assert_int_equal(pr.n_closed, 1);
}

static void test_connections_that_come_and_go_leave_nothing(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    int          n_turns = scaled(100000), n_fds;
    size_t       n_live, resident = 0;

    (void)state;
    for (int turn = 0; turn < 100; turn++)
        live_and_die(p, turn);
    n_fds = net_n_open_fds();
    n_live = failing_mem_live();
    resident = resident_bytes();
    for (int turn = 0; turn < n_turns; turn++)
        live_and_die(p, turn);
    assert_int_equal(net_n_open_fds(), n_fds);
    assert_in_range(failing_mem_live(), 0, n_live + 4);  // the pool's spares
    assert_int_equal(p->operators.n, 64);
    assert_int_equal(tern_poller_n_operators(p), 0);
    if (!net_is_slow())
        assert_in_range(resident_bytes(), 0, resident + 2 * MIB);
    tern_poller_free(p);
}

static void echo(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send(pr->conn);
}

static void pass_seconds(tern_poller *p, int n)
{
    for (int i = 0; i < n; i++) {
        net_clock_advance(TERN_NS_PER_S);
        net_settle(p);
    }
}

// The library's memory passes a counting allocator, so libc is asked here for what the library would ask it
// for by itself.
static void test_memory_is_back_after_a_burst(void **state)
{
    enum { N_CONNS = 64 };
    static char  bytes[256 * 1024];
    const size_t n_burst = (size_t)scaled(1024) * MIB;
    tern_poller *p;
    probe        pr[N_CONNS];
    int          peers[N_CONNS];
    size_t       n_sent = 0, n_got = 0, n_live, resident;

    (void)state;
    net_clock_start();
    p = net_poller(backend_under_test);
    memset(pr, 0, sizeof pr);
    for (int i = 0; i < N_CONNS; i++) {
        int ours;

        net_pair(i % 2 ? NET_TCP : NET_UNIX, &ours, &peers[i]);
        pr[i].on_data = echo;
        probe_start(&pr[i], p, ours, &(tern_conn_opts){ .high_water = 16 * MIB });
    }
    net_settle(p);
    (void)malloc_trim(0);
    n_live = failing_mem_live();
    resident = resident_bytes();
    while (n_sent < n_burst || n_got < n_sent) {
        for (int i = 0; i < N_CONNS; i++) {
            ssize_t n;

            while (n_sent < n_burst && (n = net_send(peers[i], bytes, sizeof bytes)) > 0)
                n_sent += (size_t)n;
        }
        for (int i = 0; i < 4; i++)  // let the output pile up
            net_step(p, 0);
        for (int i = 0; i < N_CONNS; i++)
            (void)net_drain(peers[i], &n_got);
    }
    pass_seconds(p, 60);
    assert_int_equal(tern_pool_get_stats(tern_poller_pool(p)).live_bytes, 0);
    assert_int_equal(tern_pool_get_stats(tern_poller_pool(p)).held_bytes, 0);
    assert_in_range(failing_mem_live(), 0, n_live);
    (void)malloc_trim(0);
    if (!net_is_slow())
        assert_in_range(resident_bytes(), 0, resident + 2 * MIB);
    for (int i = 0; i < N_CONNS; i++)
        net_close(peers[i]);
    tern_poller_free(p);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_connections_that_come_and_go_leave_nothing),
        NET_TEST(test_memory_is_back_after_a_burst),
    };

    is_large = argc > 1 && strcmp(argv[1], "--large") == 0;
    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
