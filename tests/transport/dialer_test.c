// Connecting: every address, every way to fail, in time, and one answer for each dial.
#include "tests/transport/backends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <tern/dialer.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"
#include "transport/base/sys_internal.h"

#define MS TERN_NS_PER_MS

// ---- a resolver that does as it is told -----------------------------------

static sem_t resolver_may_answer;

// In place of libc's. two.test: 127.0.0.2, where nobody listens, and 127.0.0.1; slow.test: when the
// semaphore allows it; any other: unknown.
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    static _Thread_local struct sockaddr_in sa[2];
    static _Thread_local struct addrinfo    list[2];

    (void)hints;
    if (strcmp(host, "slow.test") == 0)
        sem_wait(&resolver_may_answer);
    else if (strcmp(host, "two.test") != 0)
        return EAI_NONAME;
    for (int i = 0; i < 2; i++) {
        sa[i].sin_family = AF_INET;
        sa[i].sin_port = htons((uint16_t)atoi(service));
        sa[i].sin_addr.s_addr = inet_addr(i == 0 ? "127.0.0.2" : "127.0.0.1");
        list[i] = (struct addrinfo){ .ai_family = AF_INET,
                                     .ai_socktype = SOCK_STREAM,
                                     .ai_addrlen = sizeof sa[i],
                                     .ai_addr = (struct sockaddr *)&sa[i],
                                     .ai_next = i == 0 ? &list[1] : NULL };
    }
    *ret = list;
    return 0;
}

void freeaddrinfo(struct addrinfo *list) { (void)list; }

// ---- a dial under observation --------------------------------------------

typedef struct call call;
struct call {
    tern_poller *p;
    tern_dialer *d;
    tern_address to;
    int          n_answers, fd;
    int          n_redials;  // so many more, from inside the answer
};

static void on_dialed(int fd, void *arg)
{
    call *c = arg;

    c->n_answers++;
    c->fd = fd;
    if (c->n_redials == 0)
        return;
    c->n_redials--;
    if (tern_dial(c->p, &c->to, TERN_NEVER, on_dialed, c, &c->d) < 0)
        c->n_redials = 0;
}

static void dial(call *c, tern_poller *p, const char *to, uint64_t deadline_ns)
{
    const char *why;

    c->p = p;
    assert_int_equal(tern_address_parse(to, &why, &c->to), 0);
    assert_int_equal(tern_dial(p, &c->to, deadline_ns, on_dialed, c, &c->d), 0);
    assert_int_equal(c->n_answers, 0);  // never from inside
}

static void dial_port(call *c, tern_poller *p, const char *host, uint16_t port,
                      uint64_t deadline_ns)
{
    char to[64];

    snprintf(to, sizeof to, "tcp://%s:%u", host, port);
    dial(c, p, to, deadline_ns);
}

static void expect_fd(call *c)
{
    NET_UNTIL(c->p, c->n_answers);
    assert_true(c->fd >= 0);
    assert_true(fcntl(c->fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(c->fd, F_GETFD) & FD_CLOEXEC);
    close(c->fd);
    net_settle(c->p);
    assert_int_equal(c->n_answers, 1);
}

static void expect_error(call *c, int err)
{
    NET_UNTIL(c->p, c->n_answers);
    assert_int_equal(c->fd, err);
    net_settle(c->p);
    assert_int_equal(c->n_answers, 1);
}

// An abstract address of this process.
static const char *unix_address(void)
{
    static char text[64];

    snprintf(text, sizeof text, "unix:@tern-%s", net_unique_word());
    return text;
}

static int listen_unix(int backlog)
{
    const char        *name = unix_address() + strlen("unix:");
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    socklen_t          len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(sa.sun_path, name, strlen(name));
    sa.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
    assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

// A port whose queue is full: connecting there neither succeeds nor fails.
static int listen_full(uint16_t *ret_port, int *ret_filler)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int                listener = net_listen(0, ret_port);

    sa.sin_port = htons(*ret_port);
    *ret_filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(*ret_filler, (struct sockaddr *)&sa, sizeof sa), 0);
    return listener;
}

// ---- success -------------------------------------------------------------

static void test_dial_tcp_and_unix(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         tcp = { 0 }, un = { 0 };
    uint16_t     port;
    int          listener = net_listen(8, &port), unix_listener = listen_unix(8);

    (void)state;
    dial_port(&tcp, p, "127.0.0.1", port, TERN_NEVER);
    expect_fd(&tcp);
    dial(&un, p, unix_address(), TERN_NEVER);
    expect_fd(&un);
    close(listener);
    close(unix_listener);
    tern_poller_free(p);
}

static void test_dial_of_a_descriptor_gives_it_back(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };
    char         to[16];
    int          fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    snprintf(to, sizeof to, "fd:%d", fds[0]);
    dial(&c, p, to, TERN_NEVER);
    NET_UNTIL(p, c.n_answers);
    assert_int_equal(c.fd, fds[0]);
    close(fds[0]);
    close(fds[1]);
    tern_poller_free(p);
}

// The first address refuses; its remaining events must not hit the attempt at the second one.
static void test_bug_second_address_failed_with_the_first(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };
    uint16_t     port;
    int          listener = net_listen(8, &port);

    (void)state;
    dial_port(&c, p, "two.test", port, tern_poller_now_ns(p) + 10 * TERN_NS_PER_S);
    expect_fd(&c);
    close(listener);
    tern_poller_free(p);
}

// "two.test" in the order of the numbers: the listener's address, and one that refuses.
static void test_pick_tries_one_address_of_a_name(void **state)
{
    static const int expected[] = { 0, -ECONNREFUSED, -ENOENT };
    tern_poller     *p = net_poller(backend_under_test);
    uint16_t         port;
    int              listener = net_listen(8, &port);
    unsigned         n_found;

    (void)state;
    for (unsigned i = 0; i < TERN_COUNT_OF(expected); i++) {
        call c = { 0 };

        n_found = 0;
        dial_port(&c, p, "two.test", port, TERN_NEVER);
        tern_dialer_pick(c.d, i, &n_found);
        if (expected[i] == 0)
            expect_fd(&c);
        else
            expect_error(&c, expected[i]);
        assert_int_equal(n_found, 2);
    }
    close(listener);
    tern_poller_free(p);
}

// ---- failure -------------------------------------------------------------

static void test_dial_where_nobody_listens_is_refused(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         tcp = { 0 }, un = { 0 }, path = { 0 }, all = { 0 };
    uint16_t     port;

    (void)state;
    close(net_listen(8, &port));
    dial_port(&tcp, p, "127.0.0.1", port, TERN_NEVER);
    expect_error(&tcp, -ECONNREFUSED);
    dial_port(&all, p, "two.test", port, TERN_NEVER);
    expect_error(&all, -ECONNREFUSED);
    dial(&un, p, unix_address(), TERN_NEVER);
    expect_error(&un, -ECONNREFUSED);
    dial(&path, p, "unix:///no/such/file", TERN_NEVER);
    expect_error(&path, -ENOENT);
    tern_poller_free(p);
}

static void test_unknown_name(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };

    (void)state;
    dial(&c, p, "tcp://no.test:80", TERN_NEVER);
    expect_error(&c, -ENOENT);
    tern_poller_free(p);
}

static int getsockname_of_peer(int fd, struct sockaddr *addr, socklen_t *len)
{
    return terni_sys_kernel.getpeername(fd, addr, len);
}

static void test_connection_to_oneself_is_refused(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };
    uint16_t     port;
    int          listener = net_listen(8, &port);

    (void)state;
    terni_sys_table.getsockname = getsockname_of_peer;
    dial_port(&c, p, "127.0.0.1", port, TERN_NEVER);
    expect_error(&c, -ECONNREFUSED);
    close(listener);
    tern_poller_free(p);
}

static int socket_without_descriptors(int domain, int type, int protocol)
{
    (void)domain, (void)type, (void)protocol;
    errno = EMFILE;
    return -1;
}

static void test_dial_without_descriptors_fails(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };

    (void)state;
    terni_sys_table.socket = socket_without_descriptors;
    dial(&c, p, "tcp://127.0.0.1:1", TERN_NEVER);
    expect_error(&c, -EMFILE);
    tern_poller_free(p);
}

// ---- time ----------------------------------------------------------------

static void test_deadline_is_kept_and_never_early(void **state)
{
    tern_poller *p;
    call         c = { 0 }, late = { 0 };
    uint16_t     port;
    int          filler, listener = listen_full(&port, &filler);

    (void)state;
    net_clock_start();
    p = net_poller(backend_under_test);
    dial_port(&c, p, "127.0.0.1", port, tern_poller_now_ns(p) + 500 * MS);
    net_settle(p);
    net_clock_advance(500 * MS - 1);
    net_settle(p);
    assert_int_equal(c.n_answers, 0);
    net_clock_advance(2 * MS);
    expect_error(&c, -ETIMEDOUT);

    dial_port(&late, p, "127.0.0.1", port, tern_poller_now_ns(p) - 1);
    expect_error(&late, -ETIMEDOUT);
    close(filler);
    close(listener);
    tern_poller_free(p);
}

// The kernel does not tell when a full queue of a unix socket has room again.
static void test_full_unix_queue_is_tried_again(void **state)
{
    tern_poller *p;
    call         c[3] = { { 0 } };
    int          listener = listen_unix(0), accepted;

    (void)state;
    net_clock_start();
    p = net_poller(backend_under_test);
    for (int i = 0; i < 3; i++)
        dial(&c[i], p, unix_address(), tern_poller_now_ns(p) + 1000 * MS);
    net_settle(p);
    assert_int_equal(c[0].n_answers, 1);
    assert_int_equal(c[1].n_answers, 0);
    accepted = accept(listener, NULL, NULL);
    net_clock_advance(12 * MS);
    net_settle(p);
    assert_int_equal(c[1].n_answers + c[2].n_answers, 1);
    net_clock_advance(2000 * MS);
    net_settle(p);
    assert_int_equal(c[1].n_answers + c[2].n_answers, 2);
    for (int i = 0; i < 3; i++)
        assert_true(c[i].fd == -ETIMEDOUT || close(c[i].fd) == 0);
    close(accepted);
    close(listener);
    tern_poller_free(p);
}

// It came when the resolver had answered, perhaps half a minute later.
static void test_bug_deadline_waited_for_a_slow_resolver(void **state)
{
    tern_poller *p;
    call         timed_out = { 0 }, cancelled = { 0 };

    (void)state;
    sem_init(&resolver_may_answer, 0, 0);
    net_clock_start();
    p = net_poller(backend_under_test);
    dial(&timed_out, p, "tcp://slow.test:80", tern_poller_now_ns(p) + 500 * MS);
    dial(&cancelled, p, "tcp://slow.test:80", TERN_NEVER);
    net_settle(p);
    assert_int_equal(timed_out.n_answers, 0);
    tern_dialer_cancel(cancelled.d);
    net_clock_advance(502 * MS);
    net_settle(p);
    assert_int_equal(timed_out.n_answers, 1);
    assert_int_equal(timed_out.fd, -ETIMEDOUT);
    assert_int_equal(cancelled.n_answers, 1);
    assert_int_equal(cancelled.fd, -ECANCELED);
    sem_post(&resolver_may_answer);
    sem_post(&resolver_may_answer);
    tern_poller_free(p);  // waits for the threads
    assert_int_equal(timed_out.n_answers + cancelled.n_answers, 2);
}

// ---- cancelling, freeing -------------------------------------------------

static void test_cancel_while_connecting(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };
    uint16_t     port;
    int          filler, listener = listen_full(&port, &filler);

    (void)state;
    dial_port(&c, p, "127.0.0.1", port, TERN_NEVER);
    net_settle(p);
    tern_dialer_cancel(c.d);
    tern_dialer_cancel(c.d);
    assert_int_equal(c.n_answers, 0);
    expect_error(&c, -ECANCELED);
    close(filler);
    close(listener);
    tern_poller_free(p);
}

static void test_bug_cancel_of_a_dial_that_had_just_succeeded_gave_the_fd(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { 0 };
    int          listener = listen_unix(8);

    (void)state;
    dial(&c, p, unix_address(), TERN_NEVER);  // connected, not told yet
    tern_dialer_cancel(c.d);
    expect_error(&c, -ECANCELED);
    close(listener);
    tern_poller_free(p);
}

static void test_refused_dial_that_dials_again_does_not_keep_the_round(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         c = { .n_redials = -1 };

    (void)state;
    dial(&c, p, unix_address(), TERN_NEVER);
    net_settle(p);
    assert_in_range(c.n_answers, 1, 16);
    tern_poller_free(p);
}

// A dial that pauses, or waits for a name, has no descriptor by which the poller could find it.
static void test_bug_poller_freed_under_dials_forgot_them(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    call         connecting = { 0 }, filling = { 0 }, paused = { 0 }, looking_up[12];
    uint16_t     port;
    int          filler, listener = listen_full(&port, &filler);
    int          unix_listener = listen_unix(0);

    (void)state;
    sem_init(&resolver_may_answer, 0, 0);
    memset(looking_up, 0, sizeof looking_up);
    dial_port(&connecting, p, "127.0.0.1", port, TERN_NEVER);
    dial(&filling, p, unix_address(), TERN_NEVER);
    dial(&paused, p, unix_address(), TERN_NEVER);
    for (int i = 0; i < 12; i++) {  // more than there are threads
        dial(&looking_up[i], p, "tcp://slow.test:80", TERN_NEVER);
        looking_up[i].n_redials = 1;
        sem_post(&resolver_may_answer);
    }
    tern_poller_free(p);
    assert_int_equal(connecting.n_answers, 1);
    assert_int_equal(connecting.fd, -ECANCELED);
    assert_int_equal(paused.n_answers, 1);
    assert_int_equal(paused.fd, -ECANCELED);
    assert_int_equal(filling.n_answers, 1);
    if (filling.fd >= 0)
        close(filling.fd);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(looking_up[i].n_answers, 1);
        assert_int_equal(looking_up[i].fd, -ECANCELED);
    }
    close(filler);
    close(listener);
    close(unix_listener);
}

static void test_failed_allocations_leave_nothing(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    tern_address to;
    const char  *why;
    bool         has_failed = true;
    uint16_t     port;
    int          listener = net_listen(64, &port);
    char         text[64];

    (void)state;
    snprintf(text, sizeof text, "tcp://127.0.0.1:%u", port);
    assert_int_equal(tern_address_parse(text, &why, &to), 0);
    for (int i = 0; has_failed; i++) {
        call c = { .p = p };
        int  err;

        failing_mem_fail_at(i);
        err = tern_dial(p, &to, TERN_NEVER, on_dialed, &c, &c.d);
        if (err == 0)
            NET_UNTIL(p, c.n_answers);
        has_failed = failing_mem_has_failed();
        failing_mem_fail_at(-1);
        assert_int_equal(c.n_answers, err == 0);
        assert_true(err == 0 || err == -ENOMEM);
        assert_true(has_failed || c.fd >= 0);
        if (err == 0 && c.fd >= 0)
            close(c.fd);
    }
    close(listener);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_dial_tcp_and_unix),
        NET_TEST(test_dial_of_a_descriptor_gives_it_back),
        NET_TEST(test_bug_second_address_failed_with_the_first),
        NET_TEST(test_pick_tries_one_address_of_a_name),
        NET_TEST(test_dial_where_nobody_listens_is_refused),
        NET_TEST(test_unknown_name),
        NET_TEST(test_connection_to_oneself_is_refused),
        NET_TEST(test_dial_without_descriptors_fails),
        NET_TEST(test_deadline_is_kept_and_never_early),
        NET_TEST(test_full_unix_queue_is_tried_again),
        NET_TEST(test_bug_deadline_waited_for_a_slow_resolver),
        NET_TEST(test_cancel_while_connecting),
        NET_TEST(test_bug_cancel_of_a_dial_that_had_just_succeeded_gave_the_fd),
        NET_TEST(test_refused_dial_that_dials_again_does_not_keep_the_round),
        NET_TEST(test_bug_poller_freed_under_dials_forgot_them),
        NET_TEST(test_failed_allocations_leave_nothing),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
