// Accepting: where one can listen, running out of descriptors, and the last ones in the queue.
#include "tests/transport/backends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <tern/address.h>
#include <tern/listener.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"
#include "transport/base/sys_internal.h"

// A listener under observation: it closes what it accepts.
typedef struct door door;
struct door {
    tern_poller   *p;
    tern_listener *l;
    int            n_accepted;
    bool           closes_itself;
};

static void on_accept(tern_listener *l, int fd, void *arg)
{
    door *d = arg;

    d->n_accepted++;
    if (d->n_accepted == 1) {
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    close(fd);
    if (d->closes_itself)
        tern_listener_close(l);
}

static int try_listen(door *d, const char *address, const tern_listener_opts *opts)
{
    return tern_listener_new(d->p, address, opts, on_accept, d, &d->l);
}

static void open_door(door *d, const char *address)
{
    d->p = net_poller(backend_under_test);
    assert_int_equal(try_listen(d, address, NULL), 0);
}

static void close_door(door *d)
{
    tern_listener_close(d->l);
    tern_poller_free(d->p);
}

static tern_sockaddr address_of(const char *text)
{
    tern_address  a;
    tern_sockaddr sa;
    const char   *why;

    assert_int_equal(tern_address_parse(text, &why, &a), 0);
    assert_int_equal(tern_address_resolve(&a, &sa, 1), 1);
    return sa;
}

// A plain socket that knocks at the listener's own address.
static int try_connect(const char *text)
{
    tern_sockaddr sa = address_of(text);
    int           fd = socket(sa.addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    if (connect(fd, &sa.addr.any, sa.len) == 0)
        return fd;
    close(fd);
    return -errno;
}

static void knock(const door *d, int n)
{
    for (int i = 0; i < n; i++) {
        int fd = try_connect(tern_listener_address(d->l));

        assert_true(fd >= 0);
        close(fd);
    }
}

// A path's bytes are few, so it lies in the root of all temporary files.
static const char *scratch_path(void)
{
    static char address[64];

    snprintf(address, sizeof address, "unix:///tmp/tern-%s.sock", net_unique_word());
    return address;
}

static const char *abstract_address(void)
{
    static char address[64];

    snprintf(address, sizeof address, "unix:@tern-%s", net_unique_word());
    return address;
}

// ---- where ---------------------------------------------------------------

static void test_listen_everywhere_and_be_found_at_the_address(void **state)
{
    const char *const addresses[] = { "tcp://127.0.0.1:0", "tcp://[::1]:0", abstract_address(),
                                      scratch_path() };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(addresses); i++) {
        door d = { 0 };

        d.p = net_poller(backend_under_test);
        if (try_listen(&d, addresses[i], NULL) == -EADDRNOTAVAIL) {  // a machine without IPv6
            tern_poller_free(d.p);
            continue;
        }
        knock(&d, 3);
        NET_UNTIL(d.p, d.n_accepted == 3);
        assert_int_equal(tern_poller_get_stats(d.p).n_accepts >= 3, 1);
        close_door(&d);
    }
}

static void test_listen_on_an_inherited_descriptor(void **state)
{
    door     d = { 0 };
    char     address[16];
    uint16_t port;

    (void)state;
    snprintf(address, sizeof address, "fd:%d", net_listen(8, &port));
    open_door(&d, address);
    knock(&d, 1);
    NET_UNTIL(d.p, d.n_accepted == 1);
    close_door(&d);
}

static void test_reuse_port_lets_two_listen(void **state)
{
    door a = { 0 }, b = { 0 };

    (void)state;
    a.p = b.p = net_poller(backend_under_test);
    assert_int_equal(
        try_listen(&a, "tcp://127.0.0.1:0", &(tern_listener_opts){ .reuse_port = true }), 0);
    assert_int_equal(try_listen(&b, tern_listener_address(a.l), NULL), -EADDRINUSE);
    assert_int_equal(
        try_listen(&b, tern_listener_address(a.l), &(tern_listener_opts){ .reuse_port = true }), 0);
    knock(&a, 20);
    NET_UNTIL(a.p, a.n_accepted + b.n_accepted == 20);
    tern_listener_close(a.l);
    tern_listener_close(b.l);
    tern_poller_free(a.p);
}

static void test_errors_are_returned_and_logged_or_told(void **state)
{
    static const struct {
        const char *address;
        int         err;
    } bad[] = {
        { "nonsense", -EINVAL },
        { NULL, -EINVAL },
        { "tcp://192.0.2.1:0", -EADDRNOTAVAIL },  // nobody's, by RFC 5737
        { "unix:///no/such/directory/x", -ENOENT },
        { "fd:1000", -EBADF },
    };
    door d = { .p = net_poller(backend_under_test) };

    (void)state;
    net_clock_start();
    for (size_t i = 0; i < TERN_COUNT_OF(bad); i++) {
        int         n_before = net_n_logged();
        const char *why = "";

        net_clock_advance(TERN_NS_PER_S);  // lines of one place are rationed by the second

        assert_int_equal(try_listen(&d, bad[i].address, NULL), bad[i].err);
        assert_int_equal(net_n_logged(), n_before + 1);
        net_clock_advance(TERN_NS_PER_S);
        assert_int_equal(try_listen(&d, bad[i].address, &(tern_listener_opts){ .ret_why = &why }),
                         bad[i].err);
        assert_int_equal(net_n_logged(), n_before + 1);
        assert_non_null(strstr(net_last_logged(), why));
        assert_true(*why);
    }
    assert_int_equal(tern_poller_n_operators(d.p), 0);
    tern_poller_free(d.p);
}

// ---- the file of a unix socket -------------------------------------------

static void test_left_over_socket_file_is_replaced_a_living_one_is_not(void **state)
{
    door               d = { 0 }, second = { 0 };
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    strcpy(sa.sun_path, scratch_path() + strlen("unix://"));
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    close(fd);  // the file stays
    open_door(&d, scratch_path());
    second.p = d.p;
    assert_int_equal(try_listen(&second, scratch_path(), NULL), -EADDRINUSE);
    knock(&d, 1);
    NET_UNTIL(d.p, d.n_accepted >= 1);
    close_door(&d);
    assert_int_equal(access(sa.sun_path, F_OK), -1);
}

// Connecting to any file that is not a socket is refused, as it is to a dead socket: the file was
// removed, whatever it was.
static void test_bug_listening_removed_a_file_that_was_no_socket(void **state)
{
    const char *path = scratch_path() + strlen("unix://");
    door        d = { .p = net_poller(backend_under_test) };
    struct stat st;
    int         fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "precious", 8), 8);
    close(fd);
    assert_int_equal(try_listen(&d, scratch_path(), NULL), -EADDRINUSE);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 8);
    unlink(path);
    tern_poller_free(d.p);
}

// ---- out of descriptors --------------------------------------------------

static int accept_errno;

static int failing_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    if (accept_errno == 0)
        return terni_sys_kernel.accept4(fd, addr, len, flags);
    errno = accept_errno;
    return -1;
}

// netpoll's second episode never ended, with a log line each time around the loop (N1).
static void test_running_out_of_descriptors_twice_neither_spins_nor_floods(void **state)
{
    static const int errors[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(errors); i++) {
        door d = { 0 };

        net_clock_start();
        net_clock_advance(i * 100 * TERN_NS_PER_S);
        accept_errno = 0;
        terni_sys_table.accept4 = failing_accept4;
        open_door(&d, "tcp://127.0.0.1:0");
        for (int episode = 1; episode <= 3; episode++) {
            uint64_t n_accepts = tern_poller_get_stats(d.p).n_accepts;
            int      n_logged = net_n_logged();

            accept_errno = errors[i];
            knock(&d, 5);
            for (int ms = 0; ms < 10000; ms += 5) {
                net_clock_advance(5 * TERN_NS_PER_MS);
                assert_int_equal(tern_poller_step(d.p, 0), 0);
                assert_int_equal(tern_poller_step(d.p, 0), 0);
            }
            // 10, 20, 40 ... 640 ms, then once a second; and not more than it may each second.
            assert_in_range(tern_poller_get_stats(d.p).n_accepts - n_accepts, 8, 20);
            assert_in_range(net_n_logged() - n_logged, 1, 20);

            accept_errno = 0;
            net_clock_advance(1100 * TERN_NS_PER_MS);
            net_settle(d.p);
            assert_int_equal(d.n_accepted, 5 * episode);  // it goes on by itself
        }
        close_door(&d);
        terni_sys_table = terni_sys_kernel;
    }
}

enum { N_GUESTS = 4, MAX_FILLERS = 64 };

// Sockets that will knock when no descriptor is left for the other end.
static void open_sockets(int *fds)
{
    for (int i = 0; i < N_GUESTS; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(fds[i] >= 0);
    }
}

static void connect_sockets(const int *fds, const tern_sockaddr *to)
{
    for (int i = 0; i < N_GUESTS; i++)
        assert_int_equal(connect(fds[i], &to->addr.any, to->len), 0);
}

static int use_up_descriptors(int *fds)
{
    int n = 0;

    while (n < MAX_FILLERS && (fds[n] = fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0)
        n++;
    assert_in_range(n, 1, MAX_FILLERS - 1);
    return n;
}

static void close_all(const int *fds, int n)
{
    for (int i = 0; i < n; i++)
        close(fds[i]);
}

static void lower_descriptor_limit(struct rlimit *ret_before)
{
    struct rlimit low;

    getrlimit(RLIMIT_NOFILE, ret_before);
    low = *ret_before;
    low.rlim_cur = (rlim_t)net_n_open_fds() + 32;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
}

static void test_the_kernels_own_emfile_twice(void **state)
{
    door          d = { 0 };
    struct rlimit before;
    tern_sockaddr to;
    int           guests[N_GUESTS], fillers[MAX_FILLERS], n_fillers;

    (void)state;
    lower_descriptor_limit(&before);
    open_door(&d, "tcp://127.0.0.1:0");
    to = address_of(tern_listener_address(d.l));
    for (int episode = 0; episode < 2; episode++) {
        open_sockets(guests);
        n_fillers = use_up_descriptors(fillers);
        connect_sockets(guests, &to);
        for (int i = 0; i < 20; i++)
            assert_int_equal(tern_poller_step(d.p, 1), 0);
        assert_int_equal(d.n_accepted, N_GUESTS * episode);
        assert_in_range(net_n_logged(), 1, 20);
        close_all(fillers, n_fillers);
        NET_UNTIL(d.p, d.n_accepted == N_GUESTS * (episode + 1));
        close_all(guests, N_GUESTS);
    }
    close_door(&d);
    setrlimit(RLIMIT_NOFILE, &before);
}

// The retry belongs to the listener and goes with it (N3).
static void test_close_while_out_of_descriptors_ends_the_retries(void **state)
{
    door     d = { 0 };
    uint64_t n_accepts;

    (void)state;
    net_clock_start();
    accept_errno = EMFILE;
    terni_sys_table.accept4 = failing_accept4;
    open_door(&d, "tcp://127.0.0.1:0");
    knock(&d, 1);
    net_settle(d.p);
    tern_listener_close(d.l);
    n_accepts = tern_poller_get_stats(d.p).n_accepts;
    for (int i = 0; i < 100; i++) {
        net_clock_advance(100 * TERN_NS_PER_MS);
        assert_int_equal(tern_poller_step(d.p, 0), 0);
    }
    assert_int_equal(tern_poller_get_stats(d.p).n_accepts, n_accepts);
    assert_true(tern_poller_next_ns(d.p) == TERN_NEVER);
    tern_poller_free(d.p);
}

static int n_aborted;

static int aborting_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    if (n_aborted-- <= 0)
        return terni_sys_kernel.accept4(fd, addr, len, flags);
    errno = ECONNABORTED;
    return -1;
}

static void test_connection_that_died_in_the_queue_hides_no_other(void **state)
{
    door d = { 0 };

    (void)state;
    n_aborted = 100;  // more than one round's share
    terni_sys_table.accept4 = aborting_accept4;
    open_door(&d, "tcp://127.0.0.1:0");
    knock(&d, 1);
    NET_UNTIL(d.p, d.n_accepted == 1);
    assert_int_equal(net_n_logged(), 0);
    close_door(&d);
}

// ---- many, and the last --------------------------------------------------

static void test_more_than_a_rounds_share_are_all_accepted(void **state)
{
    enum { N = 3 * TERN_LISTENER_ACCEPTS_PER_ROUND + 1 };
    door d = { 0 };

    (void)state;
    open_door(&d, "tcp://127.0.0.1:0");
    knock(&d, N);
    assert_int_equal(tern_poller_step(d.p, 100), 0);
    assert_int_equal(d.n_accepted, TERN_LISTENER_ACCEPTS_PER_ROUND);
    NET_UNTIL(d.p, d.n_accepted == N);
    close_door(&d);
}

static void test_close_accepts_what_waits(void **state)
{
    door d = { 0 };
    char address[TERN_MAX_ADDRESS];

    (void)state;
    open_door(&d, "tcp://127.0.0.1:0");
    strcpy(address, tern_listener_address(d.l));
    knock(&d, 10);
    tern_listener_close(d.l);
    assert_int_equal(d.n_accepted, 10);
    assert_int_equal(try_connect(address), -ECONNREFUSED);
    tern_poller_free(d.p);
}

static void test_close_inside_accept(void **state)
{
    door d = { .closes_itself = true };

    (void)state;
    open_door(&d, "tcp://127.0.0.1:0");
    knock(&d, 5);
    NET_UNTIL(d.p, d.n_accepted == 5);  // it, and those behind it
    net_settle(d.p);
    tern_listener_close(NULL);
    tern_poller_free(d.p);
}

// ---- what is no listener -------------------------------------------------

static void test_bug_descriptor_that_does_not_listen_made_the_loop_spin(void **state)
{
    door d = { .p = net_poller(backend_under_test) };
    char address[16];
    int  udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int  tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    snprintf(address, sizeof address, "fd:%d", udp);
    assert_int_equal(try_listen(&d, address, NULL), -EINVAL);
    snprintf(address, sizeof address, "fd:%d", tcp);
    assert_int_equal(try_listen(&d, address, NULL), -EINVAL);
    close(udp);  // not taken
    close(tcp);
    tern_poller_free(d.p);
}

static void test_bug_close_never_ended_while_accept_failed(void **state)
{
    door d = { 0 };

    (void)state;
    n_aborted = INT32_MAX;
    terni_sys_table.accept4 = aborting_accept4;
    open_door(&d, "tcp://127.0.0.1:0");
    close_door(&d);
}

static void test_bug_poller_freed_under_a_listener_leaked_it(void **state)
{
    door d = { 0 };

    (void)state;
    open_door(&d, scratch_path());
    knock(&d, 1);
    tern_poller_free(d.p);
    assert_int_equal(access(scratch_path() + strlen("unix://"), F_OK), -1);
}

// Its retries went on, and each wrote a line.
static void test_bug_listener_that_was_shut_down_was_retried_for_ever(void **state)
{
    door     d = { 0 };
    char     address[16];
    uint16_t port;
    int      fd = net_listen(8, &port), n_logged;

    (void)state;
    net_clock_start();
    snprintf(address, sizeof address, "fd:%d", fd);
    open_door(&d, address);
    assert_int_equal(shutdown(fd, SHUT_RDWR), 0);
    NET_UNTIL(d.p, tern_poller_n_operators(d.p) == 0);
    assert_non_null(strstr(net_last_logged(), "cannot accept connections any more"));
    n_logged = net_n_logged();
    for (int i = 0; i < 100; i++) {
        net_clock_advance(TERN_NS_PER_S);
        assert_int_equal(tern_poller_step(d.p, 0), 0);
    }
    assert_int_equal(net_n_logged(), n_logged);
    close_door(&d);
}

static void test_failed_allocations_leave_nothing(void **state)
{
    bool has_failed = true;

    (void)state;
    for (int i = 0; has_failed; i++) {
        door d = { .p = net_poller(backend_under_test) };
        int  err;

        failing_mem_fail_at(i);
        err = try_listen(&d, "tcp://127.0.0.1:0", NULL);
        has_failed = failing_mem_has_failed();
        failing_mem_fail_at(-1);
        assert_int_equal(err, has_failed ? -ENOMEM : 0);
        if (err == 0)
            tern_listener_close(d.l);
        tern_poller_free(d.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_listen_everywhere_and_be_found_at_the_address),
        NET_TEST(test_listen_on_an_inherited_descriptor),
        NET_TEST(test_reuse_port_lets_two_listen),
        NET_TEST(test_errors_are_returned_and_logged_or_told),
        NET_TEST(test_left_over_socket_file_is_replaced_a_living_one_is_not),
        NET_TEST(test_bug_listening_removed_a_file_that_was_no_socket),
        NET_TEST(test_running_out_of_descriptors_twice_neither_spins_nor_floods),
        NET_TEST(test_the_kernels_own_emfile_twice),
        NET_TEST(test_close_while_out_of_descriptors_ends_the_retries),
        NET_TEST(test_connection_that_died_in_the_queue_hides_no_other),
        NET_TEST(test_more_than_a_rounds_share_are_all_accepted),
        NET_TEST(test_close_accepts_what_waits),
        NET_TEST(test_close_inside_accept),
        NET_TEST(test_bug_descriptor_that_does_not_listen_made_the_loop_spin),
        NET_TEST(test_bug_close_never_ended_while_accept_failed),
        NET_TEST(test_bug_poller_freed_under_a_listener_leaked_it),
        NET_TEST(test_bug_listener_that_was_shut_down_was_retried_for_ever),
        NET_TEST(test_failed_allocations_leave_nothing),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
