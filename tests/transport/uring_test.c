// What only the io_uring backend has: blocks that are adopted, a ring that runs dry, requests that are
// called back, threads that take turns. Everything else runs in the other tests, on all backends.
#include "tests/transport/backends.h"

#include <errno.h>
#include <liburing.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/mem.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/base/sys_internal.h"
#include "transport/poller/uring_internal.h"

static void open_scene(scene *s)
{
    scene_open(s, TERN_BACKEND_URING, NET_TCP, NULL);
    net_settle(s->p);
}

static void write_pattern(int fd, size_t from, size_t n)
{
    char bytes[64 * 1024];

    assert_true(n <= sizeof bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = probe_pattern(from + i);
    net_write(fd, bytes, n);
}

static void check_pattern(probe *pr, tern_linkbuf *in)
{
    size_t at = pr->n_bytes;

    for (const tern_segment *seg = in->head; seg && at < pr->n_bytes + in->len; seg = seg->next)
        for (const uint8_t *byte = seg->pos; byte < seg->end; byte++)
            assert_int_equal((char)*byte, probe_pattern(at++));
}

static void pause_it(probe *pr, tern_linkbuf *in)
{
    check_pattern(pr, in);
    tern_conn_pause(pr->conn);
}

// ---- adoption ------------------------------------------------------------

static tern_pool *pool_of_data;

static void note_pool(probe *pr, tern_linkbuf *in)
{
    check_pattern(pr, in);
    pool_of_data = in->head->block->pool;
}

static void test_a_filled_block_is_adopted_a_scrap_is_copied(void **state)
{
    scene s = { .pr.on_data = note_pool };

    (void)state;
    if (net_has_filter)
        skip();  // what it gives lies in blocks of its own
    open_scene(&s);
    write_pattern(s.peer, 0, TERNI_URING_BUFFER_BYTES);
    NET_UNTIL(s.p, s.pr.n_bytes == TERNI_URING_BUFFER_BYTES);
    assert_ptr_equal(pool_of_data, s.p->uring_pool);
    write_pattern(s.peer, TERNI_URING_BUFFER_BYTES, 10);
    NET_UNTIL(s.p, s.pr.n_bytes == TERNI_URING_BUFFER_BYTES + 10);
    assert_ptr_equal(pool_of_data, tern_poller_pool(s.p));
    scene_close(&s);
}

static void test_what_was_adopted_outlives_its_place_in_the_ring(void **state)
{
    enum { N = 3 * TERNI_URING_BUFFERS };  // each place is used three times
    scene s = { .pr.takes_nothing = true };

    (void)state;
    open_scene(&s);
    for (size_t i = 0; i < N; i++) {
        write_pattern(s.peer, i * TERNI_URING_BUFFER_BYTES, TERNI_URING_BUFFER_BYTES);
        net_step(s.p, 0);
    }
    s.pr.on_data = check_pattern;
    s.pr.takes_nothing = false;
    write_pattern(s.peer, N * (size_t)TERNI_URING_BUFFER_BYTES, 1);
    NET_UNTIL(s.p, s.pr.n_bytes == N * TERNI_URING_BUFFER_BYTES + 1);
    scene_close(&s);
}

// ---- a ring that runs dry ------------------------------------------------

static int n_recvs;

static ssize_t counting_recv(int fd, void *buf, size_t n, int flags)
{
    n_recvs++;
    return terni_sys_kernel.recv(fd, buf, n, flags);
}

enum { N_PEERS = 40, EACH = 50000 };  // 2 MB at once, and the ring holds one and ends in mid-peer

static void join_many(scene *s, tern_poller *p)
{
    for (int i = 0; i < N_PEERS; i++) {
        int ours;

        s[i].p = p;
        s[i].pr.on_data = check_pattern;
        net_pair(NET_TCP, &ours, &s[i].peer);
        probe_start(&s[i].pr, p, ours, NULL);
    }
    net_settle(p);
}

static void leave_many(scene *s, tern_poller *p)
{
    for (int i = 0; i < N_PEERS; i++)
        net_close(s[i].peer);
    tern_poller_free(p);
}

static void test_more_than_the_ring_holds_arrives_in_order(void **state)
{
    scene        s[N_PEERS] = { 0 };
    tern_poller *p = net_poller(TERN_BACKEND_URING);

    (void)state;
    join_many(s, p);
    for (int i = 0; i < N_PEERS; i++)
        write_pattern(s[i].peer, 0, EACH);
    n_recvs = 0;
    terni_sys_table.recv = counting_recv;
    for (int i = 0; i < N_PEERS; i++)
        NET_UNTIL(p, s[i].pr.n_bytes == EACH);
    assert_true(n_recvs > 0);  // into blocks of their own
    net_settle(p);
    n_recvs = 0;
    for (int i = 0; i < N_PEERS; i++) {
        write_pattern(s[i].peer, EACH, 100);
        NET_UNTIL(p, s[i].pr.n_bytes == EACH + 100);
    }
    assert_int_equal(n_recvs, 0);  // the ring is in use again
    leave_many(s, p);
}

static void abort_it(probe *pr, tern_linkbuf *in)
{
    (void)in;
    tern_conn_abort(pr->conn);
}

// The abort enters the kernel in the middle of a round, which starts the direct read of a connection
// that has not had its turn with what came before.
static void test_bug_direct_read_behind_what_was_received_stalled(void **state)
{
    scene        s[N_PEERS] = { 0 };
    tern_poller *p = net_poller(TERN_BACKEND_URING);

    (void)state;
    join_many(s, p);
    s[0].pr.on_data = abort_it;
    for (int i = 0; i < N_PEERS; i++)
        write_pattern(s[i].peer, 0, EACH);
    for (int i = 1; i < N_PEERS; i++)
        NET_UNTIL(p, s[i].pr.n_bytes == EACH);
    leave_many(s, p);
}

static void test_the_end_follows_the_data_through_a_dry_ring(void **state)
{
    scene        s[N_PEERS] = { 0 };
    tern_poller *p = net_poller(TERN_BACKEND_URING);

    (void)state;
    for (int i = 0; i < N_PEERS; i++)
        s[i].pr.has_no_end = i % 2;
    join_many(s, p);
    for (int i = 0; i < N_PEERS; i++) {
        write_pattern(s[i].peer, 0, EACH);
        net_shutdown(s[i].peer);
    }
    for (int i = 0; i < N_PEERS; i++) {
        NET_UNTIL(p, s[i].pr.n_end || s[i].pr.n_closed);
        assert_int_equal(s[i].pr.n_bytes, EACH);
        assert_int_equal(s[i].pr.err, 0);
    }
    leave_many(s, p);
}

// ---- pausing -------------------------------------------------------------

static void test_pause_keeps_what_was_received_and_reads_no_more(void **state)
{
    scene  s = { .pr.on_data = pause_it };
    size_t n_first;

    (void)state;
    open_scene(&s);
    write_pattern(s.peer, 0, 20000);
    NET_UNTIL(s.p, s.pr.n_data == 1);
    n_first = s.pr.n_bytes;
    assert_in_range(n_first, 1, 19999);
    net_settle(s.p);
    write_pattern(s.peer, 20000, 20000);
    net_settle(s.p);
    assert_int_equal(s.pr.n_bytes, n_first);
    assert_in_range(tern_poller_get_stats(s.p).read_bytes, n_first, net_has_filter ? 25000 : 20000);
    s.pr.on_data = check_pattern;
    tern_conn_resume(s.pr.conn);
    NET_UNTIL(s.p, s.pr.n_bytes == 40000);
    scene_close(&s);
}

static void test_pause_and_resume_in_one_round_lose_nothing(void **state)
{
    scene s = { .pr.on_data = check_pattern };

    (void)state;
    open_scene(&s);
    for (size_t i = 0; i < 200; i++) {
        write_pattern(s.peer, i * 3000, 3000);
        tern_conn_pause(s.pr.conn);
        if (i % 3 == 0)
            net_step(s.p, 0);
        tern_conn_resume(s.pr.conn);
        if (i % 2 == 0)
            net_step(s.p, 0);
    }
    NET_UNTIL(s.p, s.pr.n_bytes == 200 * 3000);
    scene_close(&s);
}

static void test_reset_while_paused_is_told(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s);
    tern_conn_pause(s.pr.conn);
    net_settle(s.p);
    net_reset(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, -ECONNRESET);
    scene_close(&s);
}

// ---- a send in flight ----------------------------------------------------

enum { MORE_THAN_FITS = 4 * 1024 * 1024 };

static int n_released;

static void release_bytes(void *data, size_t len, void *arg)
{
    (void)len, (void)arg;
    memset(data, 'X', 16);  // ASan, and the peer, would see a kernel that still reads here
    tern_mem_free(data);
    n_released++;
}

static void queue_much(scene *s)
{
    char *bytes = tern_mem_alloc(MORE_THAN_FITS);

    assert_non_null(bytes);
    for (size_t i = 0; i < MORE_THAN_FITS; i++)
        bytes[i] = probe_pattern(i);
    n_released = 0;
    assert_int_equal(tern_linkbuf_append_ref(tern_conn_output(s->pr.conn), bytes, MORE_THAN_FITS,
                                             release_bytes, NULL),
                     0);
    tern_conn_send(s->pr.conn);
}

static void send_much(scene *s)
{
    queue_much(s);
    net_settle(s->p);
}

static void test_abort_with_a_send_in_flight_frees_at_once(void **state)
{
    scene  s = { 0 };
    size_t got;

    (void)state;
    scene_open_small(&s, TERN_BACKEND_URING, NET_TCP, NULL);
    send_much(&s);
    assert_int_equal(n_released, 0);
    tern_conn_abort(s.pr.conn);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(n_released, 1);
    got = probe_receive_pattern(s.peer, 0);
    assert_in_range(got, 1, MORE_THAN_FITS - 1);
    assert_int_equal(net_read(s.peer, (char[1]){ 0 }, 1), 0);  // the descriptor is closed indeed
    scene_close(&s);
}

static void test_poller_freed_with_a_send_in_flight(void **state)
{
    scene s = { 0 };

    (void)state;
    scene_open_small(&s, TERN_BACKEND_URING, NET_TCP, NULL);
    send_much(&s);
    tern_poller_free(s.p);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(s.pr.err, -ECANCELED);
    assert_int_equal(n_released, 1);
    net_close(s.peer);
}

static void test_close_with_a_full_socket_delivers_all(void **state)
{
    scene  s = { 0 };
    size_t got = 0;

    (void)state;
    scene_open_small(&s, TERN_BACKEND_URING, NET_TCP, NULL);
    send_much(&s);
    tern_conn_close(s.pr.conn);
    for (int i = 0; i < 1000000 && got < MORE_THAN_FITS; i++) {
        net_step(s.p, 0);
        got += probe_receive_pattern(s.peer, got);
    }
    assert_int_equal(got, MORE_THAN_FITS);
    net_shutdown(s.peer);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, 0);
    scene_close(&s);
}

// ---- threads that take turns ---------------------------------------------

static void *step_once(void *arg) { return (void *)(intptr_t)tern_poller_step(arg, 0); }

static void step_elsewhere(tern_poller *p)
{
    pthread_t thread;
    void     *err = NULL;

    assert_int_equal(pthread_create(&thread, NULL, step_once, p), 0);
    assert_int_equal(pthread_join(thread, &err), 0);
    assert_null(err);
}

static void test_requests_follow_the_thread_that_drives(void **state)
{
    scene s = { .pr.on_data = check_pattern };

    (void)state;
    open_scene(&s);
    for (size_t i = 0; i < 50; i++) {
        step_elsewhere(s.p);
        write_pattern(s.peer, i * 100, 100);
        if (i % 2)
            step_elsewhere(s.p);
        NET_UNTIL(s.p, s.pr.n_bytes == (i + 1) * 100);
    }
    scene_close(&s);
}

static void *run(void *arg) { return (void *)(intptr_t)tern_poller_run(arg); }

static void *trickle(void *arg)
{
    for (int i = 0; i < 1000; i++)
        (void)net_send(*(int *)arg, "x", 1);
    return NULL;
}

static void stop_after_all(probe *pr, tern_linkbuf *in)
{
    if (pr->n_bytes + in->len == 1000) {
        *(int *)pr->arg = 1;
        tern_poller_stop(tern_conn_poller(pr->conn));
    }
}

static sem_t is_driven;

static void tell_driven(tern_task *task)
{
    (void)task;
    sem_post(&is_driven);
}

// The thread that made the poller and the connection sleeps in a call that no restart hides.
static void test_a_thread_that_no_longer_drives_is_left_alone(void **state)
{
    scene     s = { .pr.on_data = stop_after_all };
    tern_task drives = { .run = tell_driven };
    pthread_t driver, writer;
    int       has_all = 0, n_interrupted = 0, ep = epoll_create1(EPOLL_CLOEXEC);

    (void)state;
    open_scene(&s);
    s.pr.arg = &has_all;
    sem_init(&is_driven, 0, 0);
    tern_poller_post(s.p, &drives);
    assert_int_equal(pthread_create(&driver, NULL, run, s.p), 0);
    while (sem_wait(&is_driven) < 0)  // the interruptions that this is about
        ;
    assert_int_equal(pthread_create(&writer, NULL, trickle, &s.peer), 0);
    for (int i = 0; i < 30; i++)
        n_interrupted += epoll_wait(ep, &(struct epoll_event){ 0 }, 1, 1) < 0;
    pthread_join(writer, NULL);
    pthread_join(driver, NULL);
    assert_int_equal(has_all, 1);
    // A request of ours may still be in flight when the driver takes over; every wait, if it never did.
    assert_in_range(n_interrupted, 0, 29);
    close(ep);
    scene_close(&s);
}

static void test_a_send_survives_the_thread_that_began_it(void **state)
{
    scene  s = { 0 };
    size_t got = 0;

    (void)state;
    scene_open_small(&s, TERN_BACKEND_URING, NET_TCP, NULL);
    queue_much(&s);
    step_elsewhere(s.p);
    for (int i = 0; i < 1000000 && got < MORE_THAN_FITS; i++) {
        if (i < 20)
            step_elsewhere(s.p);
        else
            net_step(s.p, 0);
        got += probe_receive_pattern(s.peer, got);
    }
    assert_int_equal(got, MORE_THAN_FITS);
    scene_close(&s);
}

// ---- small rings ---------------------------------------------------------

static int init_small(unsigned entries, struct io_uring *ring, struct io_uring_params *params)
{
    (void)entries;
    params->cq_entries = 8;
    return io_uring_queue_init_params(4, ring, params);
}

static void test_overflow_of_both_queues_loses_nothing(void **state)
{
    scene        s[N_PEERS] = { 0 };
    tern_poller *p;

    (void)state;
    terni_sys_table.uring_init = init_small;
    p = net_poller(TERN_BACKEND_URING);
    join_many(s, p);
    for (int i = 0; i < N_PEERS; i++) {
        write_pattern(s[i].peer, 0, 20000);
        probe_send_pattern(&s[i].pr, 0, 20000);
    }
    for (int i = 0; i < N_PEERS; i++) {
        NET_UNTIL(p, s[i].pr.n_bytes == 20000 && tern_conn_unsent(s[i].pr.conn) == 0);
        assert_int_equal(probe_receive_pattern(s[i].peer, 0), 20000);
    }
    leave_many(s, p);
}

// ---- falling back --------------------------------------------------------

static int init_refused(unsigned entries, struct io_uring *ring, struct io_uring_params *params)
{
    (void)entries, (void)ring, (void)params;
    return -EPERM;
}

static struct io_uring_probe *probe_refused(struct io_uring *ring)
{
    (void)ring;
    return NULL;
}

static int buffers_refused(struct io_uring *ring, struct io_uring_buf_reg *reg, unsigned flags)
{
    (void)ring, (void)reg, (void)flags;
    return -EINVAL;
}

static void expect_epoll(void)
{
    tern_poller *p = net_poller(TERN_BACKEND_URING);

    assert_string_equal(tern_poller_backend_name(p), "epoll");
    net_step(p, 0);
    assert_non_null(strstr(net_last_logged(), "using epoll"));
    tern_poller_free(p);
    terni_sys_table = terni_sys_kernel;
}

static void test_each_refusal_falls_back_to_epoll(void **state)
{
    (void)state;
    net_clock_start();  // lines of one place are rationed by the second, and there may have been some
    terni_sys_table.uring_init = init_refused;
    expect_epoll();
    terni_sys_table.uring_get_probe = probe_refused;
    expect_epoll();
    terni_sys_table.uring_register_buf_ring = buffers_refused;
    expect_epoll();
    assert_int_equal(net_n_logged(), 3);
}

static int wait_fails(struct io_uring *ring, struct io_uring_cqe **cqe, unsigned n,
                      struct __kernel_timespec *timeout, sigset_t *mask)
{
    (void)ring, (void)cqe, (void)n, (void)timeout, (void)mask;
    return -EBADF;
}

static void test_a_wait_that_fails_ends_the_loop(void **state)
{
    tern_poller *p = net_poller(TERN_BACKEND_URING);

    (void)state;
    terni_sys_table.uring_wait = wait_fails;
    assert_int_equal(tern_poller_run(p), -EBADF);
    terni_sys_table = terni_sys_kernel;
    net_step(p, 0);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_a_filled_block_is_adopted_a_scrap_is_copied),
        NET_TEST(test_what_was_adopted_outlives_its_place_in_the_ring),
        NET_TEST(test_more_than_the_ring_holds_arrives_in_order),
        NET_TEST(test_bug_direct_read_behind_what_was_received_stalled),
        NET_TEST(test_the_end_follows_the_data_through_a_dry_ring),
        NET_TEST(test_pause_keeps_what_was_received_and_reads_no_more),
        NET_TEST(test_pause_and_resume_in_one_round_lose_nothing),
        NET_TEST(test_reset_while_paused_is_told),
        NET_TEST(test_abort_with_a_send_in_flight_frees_at_once),
        NET_TEST(test_poller_freed_with_a_send_in_flight),
        NET_TEST(test_close_with_a_full_socket_delivers_all),
        NET_TEST(test_requests_follow_the_thread_that_drives),
        NET_TEST(test_a_thread_that_no_longer_drives_is_left_alone),
        NET_TEST(test_a_send_survives_the_thread_that_began_it),
        NET_TEST(test_overflow_of_both_queues_loses_nothing),
        NET_TEST(test_each_refusal_falls_back_to_epoll),
        NET_TEST(test_a_wait_that_fails_ends_the_loop),
    };

    int n_failed = cmocka_run_group_tests_name("uring", tests, NULL, NULL);

    net_has_filter = true;
    return n_failed + cmocka_run_group_tests_name("uring, filtered", tests, NULL, NULL);
}
