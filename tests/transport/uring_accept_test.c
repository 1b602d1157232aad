// What the io_uring backend accepts ahead of its listener: how much, and what becomes of it.
#include "tests/transport/backends.h"

#include <errno.h>
#include <unistd.h>

#include <tern/conn_io.h>
#include <tern/listener.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"
#include "transport/poller/uring_accept_internal.h"

enum { N_CALLERS = 300 };

// A listener in blocking style, and callers that nobody accepts yet.
static tern_listener *open_besieged(tern_poller *p, int *callers)
{
    tern_listener *l = NULL;
    uint16_t       port;
    char           address[16];
    int            fd = net_listen(N_CALLERS, &port);

    snprintf(address, sizeof address, "fd:%d", fd);
    assert_int_equal(tern_listener_new(p, address, NULL, NULL, NULL, &l), 0);
    for (int i = 0; i < N_CALLERS; i++) {
        callers[i] = net_connect(port);
        assert_int_equal(tern_poller_step(p, 0), 0);
    }
    return l;
}

static void close_callers(const int *callers)
{
    for (int i = 0; i < N_CALLERS; i++)
        close(callers[i]);
}

static int accept_within(tern_poller *p, tern_listener *l, uint64_t ns)
{
    int fd = -1, err = tern_listener_accept(l, tern_poller_now_ns(p) + ns, &fd);

    return err < 0 ? err : fd;
}

static void test_what_is_accepted_ahead_is_bounded_and_all_is_taken(void **state)
{
    tern_poller   *p = net_poller(TERN_BACKEND_URING);
    int            n_fds = net_n_open_fds(), callers[N_CALLERS], fd;
    tern_listener *l = open_besieged(p, callers);

    (void)state;
    // Some, and what came in the round in which the kernel was told to stop.
    assert_in_range(net_n_open_fds() - n_fds, N_CALLERS + 1 + TERNI_URING_MAX_WAITING,
                    N_CALLERS + 1 + TERNI_URING_MAX_WAITING + 10);
    for (int i = 0; i < N_CALLERS; i++) {
        assert_true((fd = accept_within(p, l, TERN_NS_PER_S)) >= 0);
        close(fd);
    }
    assert_int_equal(accept_within(p, l, 0), -ETIMEDOUT);
    tern_listener_close(l);
    close_callers(callers);
    tern_poller_free(p);
}

// NET_TEST counts the descriptors.
static void test_what_nobody_took_is_closed(void **state)
{
    tern_poller   *p = net_poller(TERN_BACKEND_URING);
    int            callers[N_CALLERS];
    tern_listener *l = open_besieged(p, callers);

    (void)state;
    tern_listener_close(l);
    close_callers(callers);
    tern_poller_free(p);
}

static void test_without_memory_the_peer_and_the_listener_hear_of_it(void **state)
{
    terni_uring_accept *d = terni_uring_accept_new();
    int                 n_fds = net_n_open_fds();

    (void)state;
    assert_non_null(d);
    for (int i = 0; i < TERNI_URING_MAX_WAITING; i++)
        terni_uring_accept_put(d, dup(0));
    assert_true(d->is_resting);
    failing_mem_fail_at(0);
    terni_uring_accept_put(d, dup(0));
    failing_mem_fail_at(-1);
    assert_int_equal(net_n_open_fds(), n_fds + TERNI_URING_MAX_WAITING);
    for (int i = 0; i < TERNI_URING_MAX_WAITING; i++)
        close(terni_uring_accept_take(d));
    assert_int_equal(terni_uring_accept_take(d), -ENOMEM);
    assert_true(d->is_resting);
    assert_int_equal(terni_uring_accept_take(d), -EAGAIN);
    assert_false(d->is_resting);
    terni_uring_accept_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_what_is_accepted_ahead_is_bounded_and_all_is_taken),
        NET_TEST(test_what_nobody_took_is_closed),
        NET_TEST(test_without_memory_the_peer_and_the_listener_hear_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
