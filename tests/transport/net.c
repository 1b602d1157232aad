#include "tests/transport/backends.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn_io.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/tongue.h"
#include "transport/base/asan_internal.h"
#include "transport/base/sys_internal.h"

tern_backend backend_under_test = TERN_BACKEND_EPOLL;

enum { SMALL_BUFFER = 4096 };  // the kernel rounds it up

const char *const net_kind_names[NET_N_KINDS] = { "tcp", "unix" };

// ---- around a test -------------------------------------------------------

static net_fds    fds_before;
static atomic_int n_logged;
static char       last_logged[1024];

static void keep_line(tern_log_level level, const char *line, void *unused)
{
    (void)level;
    (void)unused;
    if (n_logged++ < 1000)  // two threads at once would only garble the text
        strncpy(last_logged, line, sizeof last_logged - 1);
}

int         net_n_logged(void) { return n_logged; }
const char *net_last_logged(void) { return last_logged; }

net_fds net_open_fds(void)
{
    net_fds        fds = { { 0 } };
    DIR           *dir = opendir("/proc/self/fd");
    struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        int fd = atoi(entry->d_name);

        if (entry->d_name[0] != '.' && fd != dirfd(dir) && fd < 64 * 64)
            fds.open[fd / 64] |= UINT64_C(1) << fd % 64;
    }
    closedir(dir);
    return fds;
}

int net_n_open_fds(void)
{
    net_fds fds = net_open_fds();
    int     n = 0;

    for (int i = 0; i < 64; i++)
        n += __builtin_popcountll(fds.open[i]);
    return n;
}

int net_setup(void **state)
{
    (void)state;
    failing_mem_install();
    n_logged = 0;
    last_logged[0] = '\0';
    tern_log_set(keep_line, NULL, TERN_LOG_WARNING);
    fds_before = net_open_fds();
    return 0;
}

int net_teardown(void **state)
{
    net_fds fds_after = (net_forget_peers(), net_open_fds());
    size_t  n_live = failing_mem_live();
    bool    has_leaked_fds = memcmp(&fds_before, &fds_after, sizeof fds_after) != 0;

    (void)state;
    terni_sys_table = terni_sys_kernel;
    failing_mem_remove();
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
    if (n_live)
        print_error("%zu allocations are left\n", n_live);
    if (has_leaked_fds)
        print_error("descriptors are not what they were before\n");
    return n_live || has_leaked_fds ? -1 : 0;
}

bool net_is_slow(void)
{
#ifdef TERNI_ASAN
    return true;
#elif defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
    return true;
#endif
#endif
    return false;
}

// ---- pollers -------------------------------------------------------------

tern_poller *net_poller(tern_backend backend)
{
    tern_poller *p = tern_poller_new(&(tern_poller_opts){ .backend = backend });

    assert_non_null(p);
    return p;
}

void net_step(tern_poller *p, int timeout_ms)
{
    assert_int_equal(tern_poller_step(p, timeout_ms), 0);
    net_turn_peers();
}

void net_settle(tern_poller *p)
{
    for (int i = 0; i < 16; i++)
        net_step(p, 0);
}

// ---- the clock -----------------------------------------------------------

static _Atomic uint64_t clock_ns;

static uint64_t standing_clock(void) { return clock_ns; }

void net_clock_start(void)
{
    clock_ns = 1000 * TERN_NS_PER_S;
    terni_sys_table.now_ns = standing_clock;
}

void net_clock_advance(uint64_t ns) { clock_ns += ns; }

// ---- sockets -------------------------------------------------------------

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int net_listen(int backlog, uint16_t *ret_port)
{
    struct sockaddr_in sa = loopback(0);
    socklen_t          len = sizeof sa;
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
    *ret_port = ntohs(sa.sin_port);
    return fd;
}

static void shrink_buffers(int fd)
{
    int size = SMALL_BUFFER;

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
}

int net_connect(uint16_t port)
{
    struct sockaddr_in sa = loopback(port);
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    net_speak(fd);
    return fd;
}

static void tcp_pair(bool is_small, int *ret_ours, int *ret_theirs)
{
    uint16_t           port;
    int                listener = net_listen(1, &port);
    struct sockaddr_in sa = loopback(port);
    int                one = 1;

    if (is_small)
        shrink_buffers(listener);  // inherited, and the window is settled by the handshake
    *ret_theirs = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(*ret_theirs >= 0);
    if (is_small)
        shrink_buffers(*ret_theirs);
    assert_int_equal(connect(*ret_theirs, (struct sockaddr *)&sa, sizeof sa), 0);
    *ret_ours = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert_true(*ret_ours >= 0);
    assert_int_equal(setsockopt(*ret_theirs, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
    close(listener);
}

static void unix_pair(bool is_small, int *ret_ours, int *ret_theirs)
{
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    if (is_small)
        shrink_buffers(fds[0]);
    *ret_ours = fds[0];
    *ret_theirs = fds[1];
}

static void make_pair(net_kind kind, bool is_small, int *ret_ours, int *ret_theirs)
{
    if (kind == NET_TCP)
        tcp_pair(is_small, ret_ours, ret_theirs);
    else
        unix_pair(is_small, ret_ours, ret_theirs);
    assert_true(fcntl(*ret_theirs, F_SETFL, O_NONBLOCK) >= 0);
    net_speak(*ret_theirs);
}

void net_pair(net_kind kind, int *ret_ours, int *ret_theirs)
{
    make_pair(kind, false, ret_ours, ret_theirs);
}

void net_small_pair(net_kind kind, int *ret_ours, int *ret_theirs)
{
    make_pair(kind, true, ret_ours, ret_theirs);
}

const char *net_unique_word(void)
{
    static char word[17];
    uint64_t    number;

    if (!*word) {
        assert_int_equal(getrandom(&number, sizeof number, 0), sizeof number);
        snprintf(word, sizeof word, "%016llx", (unsigned long long)number);
    }
    return word;
}

// ---- connections ---------------------------------------------------------

tern_conn_filter *net_filter(void)
{
    return net_has_filter ? tongue_spoken.filter(/* is_far= */ false) : NULL;
}

tern_conn_opts net_conn_opts(const tern_conn_opts *opts)
{
    tern_conn_opts o = opts ? *opts : (tern_conn_opts){ 0 };

    o.filter = net_filter();
    return o;
}

// `o` has the filter.
static int conn_io_new(tern_poller *p, int fd, const tern_conn_opts *o, tern_conn **ret_conn)
{
    if (!net_has_filter || o->filter)
        return tern_conn_io_new(p, fd, o, ret_conn);
    close(fd);  // there was no memory for it
    return -ENOMEM;
}

int net_conn_io_new(tern_poller *p, int fd, const tern_conn_opts *opts, tern_conn **ret_conn)
{
    tern_conn_opts o = net_conn_opts(opts);

    return conn_io_new(p, fd, &o, ret_conn);
}

int net_far_conn_io_new(tern_poller *p, int fd, tern_conn **ret_conn)
{
    const tern_conn_opts o = { .filter = net_has_filter ? tongue_spoken.filter(/* is_far= */ true)
                                                        : NULL };

    return conn_io_new(p, fd, &o, ret_conn);
}

void net_greet(tern_poller *p, const tern_conn *c)
{
    const tern_conn_filter *f = tern_conn_get_filter(c);

    for (int i = 0; f && i < 1000 && !f->is_established; i++)
        net_step(p, 0);
    assert_true(!f || f->is_established);
}
