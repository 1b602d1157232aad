#include "tests/support/fake_net.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <tern/base.h>

#include "transport/base/sys_internal.h"

enum { MAX_FDS = 1024, MAX_IOV = 128 };

typedef struct flow flow;
struct flow {
    fake_flow script;
    uint64_t  n_moved;
};

typedef struct line line;  // what is known of one fd
struct line {
    flow in, out;
    bool is_ended;  // in: the fictitious FIN has come
    bool is_reset;
    int  error;  // of the reset, until somebody has been told

    int                epfd;  // 0: not watched
    struct epoll_event watched;
};

typedef struct injection injection;
struct injection {
    unsigned n_before, n_times;
    int      err;
};

static struct {
    pthread_mutex_t lock;
    line            lines[MAX_FDS];
    injection       injections[FAKE_N_CALLS];
    fake_script     script_new;
    bool            has_script_new;
    unsigned        n_faults;
    unsigned        n_untold;  // lines whose error nobody has been told
    int (*wait_below)(int epfd, struct epoll_event *events, int max, int timeout_ms);
} net = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void lock(void) { pthread_mutex_lock(&net.lock); }
static void unlock(void) { pthread_mutex_unlock(&net.lock); }

static line *line_of(int fd) { return fd >= 0 && fd < MAX_FDS ? &net.lines[fd] : NULL; }

static int fd_of(const line *l) { return (int)(l - net.lines); }

static int fail_with(int err)
{
    errno = err;
    return -1;
}

// ---- one line; called under the lock -------------------------------------

static void look_again(line *l)
{
    // May fail: the fd may be gone from that epoll, or be one that cannot be modified.
    if (l->epfd > 0)
        (void)terni_sys_kernel.epoll_ctl(l->epfd, EPOLL_CTL_MOD, fd_of(l), &l->watched);
}

static void end_input(line *l)
{
    l->is_ended = true;
    (void)terni_sys_kernel.shutdown(fd_of(l), SHUT_RD);  // wakes with IN and RDHUP
}

static void reset(line *l, int err)
{
    l->is_reset = true;
    l->error = err;
    net.n_untold++;
    (void)terni_sys_kernel.shutdown(fd_of(l), SHUT_RDWR);  // wakes with HUP
}

static void cut(line *l, const flow *f)
{
    net.n_faults++;
    if (f == &l->in && f->script.cut_errno == 0)
        end_input(l);
    else
        reset(l, f->script.cut_errno ? f->script.cut_errno : EPIPE);
    look_again(l);
}

static bool has_reached_cut(const flow *f)
{
    return f->script.is_cut && f->n_moved >= f->script.cut_at;
}

static void follow(line *l, const fake_script *script)
{
    l->in = (flow){ .script = script->in };
    l->out = (flow){ .script = script->out };
    if (has_reached_cut(&l->in))
        cut(l, &l->in);
    if (has_reached_cut(&l->out) && !l->is_reset)
        cut(l, &l->out);
}

static int tell_error(line *l)
{
    int err = l->error;

    if (err) {
        l->error = 0;
        net.n_untold--;
    }
    return err;
}

// ---- reading and writing -------------------------------------------------

// What a call may do: move up to `max` bytes, or, with max 0, return `result` (and err).
typedef struct permit permit;
struct permit {
    size_t  max;
    ssize_t result;
    int     err;
};

static permit refuse(int err) { return (permit){ .result = -1, .err = err }; }

static permit after_reset(line *l, bool is_input)
{
    int err = tell_error(l);

    if (err)
        return refuse(err);
    return is_input ? (permit){ .result = 0 } : refuse(EPIPE);
}

static permit permit_of(line *l, flow *f, size_t wanted)
{
    size_t max = wanted;

    if (l->is_reset)
        return after_reset(l, f == &l->in);
    if (f == &l->in && l->is_ended)
        return (permit){ .result = 0 };
    if (f->script.n_refusals > 0) {
        f->script.n_refusals--;
        look_again(l);
        return refuse(EAGAIN);
    }
    if (f->script.max_bytes && f->script.max_bytes < max)
        max = f->script.max_bytes;
    if (f->script.is_cut && f->script.cut_at - f->n_moved < max)
        max = (size_t)(f->script.cut_at - f->n_moved);
    return (permit){ .max = max };
}

static permit ask(int fd, bool is_input, size_t wanted)
{
    line  *l = line_of(fd);
    permit p = { .max = wanted };

    if (!l)
        return p;
    lock();
    p = permit_of(l, is_input ? &l->in : &l->out, wanted);
    unlock();
    return p;
}

// Notes what the kernel made of a permit. The script may be another by now; that does no harm.
static void note(int fd, bool is_input, size_t wanted, size_t max, ssize_t n_moved)
{
    line *l = line_of(fd);
    flow *f;

    if (!l || n_moved <= 0)
        return;
    lock();
    f = is_input ? &l->in : &l->out;
    f->n_moved += (size_t)n_moved;
    if (has_reached_cut(f) && !l->is_reset)
        cut(l, f);
    else if ((size_t)n_moved == max && max < wanted)
        look_again(l);
    unlock();
}

static size_t total_of(const struct iovec *iov, size_t n)
{
    size_t total = 0;

    for (size_t i = 0; i < n; i++)
        total += iov[i].iov_len;
    return total;
}

// The first `max` bytes of a vector; the rest of an overlong one is left out, which is legal.
static size_t clip(struct iovec clipped[MAX_IOV], const struct iovec *iov, size_t n, size_t max)
{
    size_t n_clipped = 0;

    for (; n_clipped < n && n_clipped < MAX_IOV && max > 0; n_clipped++) {
        struct iovec *last = &clipped[n_clipped];

        *last = iov[n_clipped];
        if (last->iov_len > max)
            last->iov_len = max;
        max -= last->iov_len;
    }
    return n_clipped;
}

static ssize_t deny(permit p)
{
    errno = p.err;
    return p.result;
}

static ssize_t fake_readv(int fd, const struct iovec *iov, int n)
{
    struct iovec clipped[MAX_IOV];
    size_t       wanted = total_of(iov, (size_t)n);
    permit       p = ask(fd, true, wanted);
    ssize_t      n_read;

    if (p.max == 0 && wanted > 0)
        return deny(p);
    n_read = terni_sys_kernel.readv(fd, clipped, (int)clip(clipped, iov, (size_t)n, p.max));
    note(fd, true, wanted, p.max, n_read);
    return n_read;
}

static ssize_t fake_recv(int fd, void *buf, size_t n, int flags)
{
    permit  p = ask(fd, true, n);
    ssize_t n_read;

    if (p.max == 0 && n > 0)
        return deny(p);
    n_read = terni_sys_kernel.recv(fd, buf, p.max, flags);
    note(fd, true, n, p.max, n_read);
    return n_read;
}

static ssize_t fake_sendmsg(int fd, const struct msghdr *msg, int flags)
{
    struct iovec  clipped[MAX_IOV];
    struct msghdr clipped_msg = *msg;
    size_t        wanted = total_of(msg->msg_iov, msg->msg_iovlen);
    permit        p = ask(fd, false, wanted);
    ssize_t       n_sent;

    if (p.max == 0 && wanted > 0)
        return deny(p);
    clipped_msg.msg_iov = clipped;
    clipped_msg.msg_iovlen = clip(clipped, msg->msg_iov, msg->msg_iovlen, p.max);
    n_sent = terni_sys_kernel.sendmsg(fd, &clipped_msg, flags);
    note(fd, false, wanted, p.max, n_sent);
    return n_sent;
}

// ---- calls that fail -----------------------------------------------------

// The errno to inject into this call, or 0.
static int next_fault(fake_call call)
{
    injection *i = &net.injections[call];
    int        err = 0;

    lock();
    if (i->n_before > 0) {
        i->n_before--;
    } else if (i->n_times > 0) {
        i->n_times--;
        net.n_faults++;
        err = i->err;
    }
    unlock();
    return err;
}

static int fake_socket(int domain, int type, int protocol)
{
    int err = next_fault(FAKE_SOCKET);

    return err ? fail_with(err) : terni_sys_kernel.socket(domain, type, protocol);
}

static int fake_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    int err = next_fault(FAKE_BIND);

    return err ? fail_with(err) : terni_sys_kernel.bind(fd, addr, len);
}

static int fake_listen(int fd, int backlog)
{
    int err = next_fault(FAKE_LISTEN);

    return err ? fail_with(err) : terni_sys_kernel.listen(fd, backlog);
}

static int fake_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    int err = next_fault(FAKE_SETSOCKOPT);

    return err ? fail_with(err) : terni_sys_kernel.setsockopt(fd, level, name, value, len);
}

static int fake_open(const char *path, int flags)
{
    int err = next_fault(FAKE_OPEN);

    return err ? fail_with(err) : terni_sys_kernel.open(path, flags);
}

static int fake_eventfd(unsigned initial, int flags)
{
    int err = next_fault(FAKE_EVENTFD);

    return err ? fail_with(err) : terni_sys_kernel.eventfd(initial, flags);
}

static int fake_epoll_create1(int flags)
{
    int err = next_fault(FAKE_EPOLL_CREATE1);

    return err ? fail_with(err) : terni_sys_kernel.epoll_create1(flags);
}

// ---- calls that begin and end a line -------------------------------------

static void follow_script_new(int fd)
{
    line *l = line_of(fd);

    lock();
    if (l && net.has_script_new)
        follow(l, &net.script_new);
    unlock();
}

static int fake_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    int err = next_fault(FAKE_ACCEPT4);
    int accepted = err ? fail_with(err) : terni_sys_kernel.accept4(fd, addr, len, flags);

    if (accepted >= 0)
        follow_script_new(accepted);
    return accepted;
}

static int fake_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    int err = next_fault(FAKE_CONNECT);
    int result = err ? fail_with(err) : terni_sys_kernel.connect(fd, addr, len);

    if (result == 0 || errno == EINPROGRESS) {
        int saved_errno = errno;

        follow_script_new(fd);
        errno = saved_errno;
    }
    return result;
}

static int fake_close(int fd)
{
    line *l = line_of(fd);

    // Forget before the kernel may give the number to somebody else.
    if (l) {
        lock();
        (void)tell_error(l);
        *l = (line){ 0 };
        unlock();
    }
    return terni_sys_kernel.close(fd);
}

// ---- events --------------------------------------------------------------

static int fake_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    line *l = line_of(fd);
    int   err = next_fault(FAKE_EPOLL_CTL);
    int   result = err ? fail_with(err) : terni_sys_kernel.epoll_ctl(epfd, op, fd, event);

    if (!l || result < 0)
        return result;
    lock();
    l->epfd = op == EPOLL_CTL_DEL ? 0 : epfd;
    if (op != EPOLL_CTL_DEL)
        l->watched = *event;
    unlock();
    return result;
}

// The shut down socket says HUP by itself; the error is ours to add.
static void add_error_to(struct epoll_event *event, int epfd)
{
    for (int fd = 0; fd < MAX_FDS; fd++) {
        const line *l = &net.lines[fd];

        if (l->error && l->epfd == epfd && l->watched.data.u64 == event->data.u64)
            event->events |= EPOLLERR;
    }
}

static int fake_epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
    int err = next_fault(FAKE_EPOLL_WAIT);
    int n = err ? fail_with(err) : net.wait_below(epfd, events, max, timeout_ms);

    lock();
    for (int i = 0; i < n && net.n_untold > 0; i++)
        add_error_to(&events[i], epfd);
    unlock();
    return n;
}

static int fake_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    bool  is_error = level == SOL_SOCKET && name == SO_ERROR;
    line *l = line_of(fd);
    int   err = is_error ? next_fault(FAKE_SO_ERROR) : 0;

    if (is_error && !err && l) {
        lock();
        err = tell_error(l);
        unlock();
    }
    if (!err)
        return terni_sys_kernel.getsockopt(fd, level, name, value, len);
    TERN_ASSERT(*len >= sizeof err);
    memcpy(value, &err, sizeof err);
    *len = sizeof err;
    return 0;
}

// ---- control -------------------------------------------------------------

static void plug_in(void)
{
    if (terni_sys_table.recv == fake_recv)
        return;
    net.wait_below = terni_sys_table.epoll_wait;  // the fake clock's, perhaps
    terni_sys_table.readv = fake_readv;
    terni_sys_table.recv = fake_recv;
    terni_sys_table.sendmsg = fake_sendmsg;
    terni_sys_table.socket = fake_socket;
    terni_sys_table.bind = fake_bind;
    terni_sys_table.listen = fake_listen;
    terni_sys_table.accept4 = fake_accept4;
    terni_sys_table.connect = fake_connect;
    terni_sys_table.close = fake_close;
    terni_sys_table.setsockopt = fake_setsockopt;
    terni_sys_table.getsockopt = fake_getsockopt;
    terni_sys_table.open = fake_open;
    terni_sys_table.eventfd = fake_eventfd;
    terni_sys_table.epoll_create1 = fake_epoll_create1;
    terni_sys_table.epoll_ctl = fake_epoll_ctl;
    terni_sys_table.epoll_wait = fake_epoll_wait;
}

void fake_net_start(void)
{
    lock();
    memset(net.lines, 0, sizeof net.lines);
    memset(net.injections, 0, sizeof net.injections);
    net.has_script_new = false;
    net.n_faults = net.n_untold = 0;
    unlock();
    plug_in();
}

void fake_net_script(int fd, const fake_script *script)
{
    line *l = line_of(fd);

    TERN_ASSERT(l);
    lock();
    follow(l, script ? script : &(fake_script){ 0 });
    unlock();
}

void fake_net_script_new(const fake_script *script)
{
    lock();
    net.has_script_new = script != NULL;
    if (script)
        net.script_new = *script;
    unlock();
}

void fake_net_fail(fake_call call, int err, unsigned n_before, unsigned n_times)
{
    lock();
    net.injections[call] = (injection){ n_before, n_times, err };
    unlock();
}

unsigned fake_net_n_faults(void)
{
    unsigned n;

    lock();
    n = net.n_faults;
    unlock();
    return n;
}
