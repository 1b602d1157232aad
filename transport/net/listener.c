#include "transport/base/seldom_internal.h"

#include <tern/listener.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>

#include <tern/conn_io.h>
#include <tern/log.h>
#include <tern/mem.h>
#include <tern/operator.h>
#include <tern/task.h>
#include <tern/timer.h>

#include "transport/fiber/run_on_internal.h"
#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"
#include "transport/net/inproc_internal.h"
#include "transport/fiber/wait_slot_internal.h"

#define MIN_REST_NS (10 * TERN_NS_PER_MS)
#define MAX_REST_NS TERN_NS_PER_S

struct tern_listener {
    tern_operator     op;
    tern_poller      *poller;
    tern_listener_fn *on_accept;
    void             *arg;
    tern_timer        rest_timer;  // out of descriptors: try again then
    uint64_t          rest_ns;
    tern_task         free_task;
    terni_wait_slot   acceptor;  // in blocking style: on_accept is NULL
    bool              is_closed, is_over;
    terni_inproc      door;  // open: connections come through it, and not from the kernel's queue
    char              unlink_path[sizeof((struct sockaddr_un *)NULL)->sun_path];  // "" for none
    char              address[TERN_MAX_ADDRESS];
};

static tern_listener *listener_of(tern_operator *op)
{
    return TERN_CONTAINER_OF(op, tern_listener, op);
}

// ---- accepting -----------------------------------------------------------

// Until when to leave it: out of descriptors neither spins nor floods the log.
static uint64_t rest(tern_listener *l, int err)
{
    uint64_t until_ns = tern_poller_now_ns(l->poller) + l->rest_ns;

    tern_log(TERN_LOG_WARNING, "%s: cannot accept connections for now: %s", l->address,
             strerror(err));
    TERN_DEBUG_ASSERT(err > 0 && l->rest_ns >= MIN_REST_NS && l->rest_ns <= MAX_REST_NS);
    l->rest_ns = l->rest_ns * 2 < MAX_REST_NS ? l->rest_ns * 2 : MAX_REST_NS;
    return until_ns;
}

// Errors that belong to one connection, which died in the queue; the next one may be well.
static bool is_of_one_connection(int err)
{
    switch (err) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ENETDOWN:
        return true;
    default:
        return false;
    }
}

static bool has_door(const tern_listener *l) { return l->door.fd >= 0; }

// In the child of a fork() the numbers are the parent's.
static int take_given(tern_listener *l)
{
    return tern_poller_is_inherited(l->poller) ? -EAGAIN : terni_inproc_take(l->op.fd);
}

// Whoever has come too late is closed, as by the kernel.
static void shut_door(tern_listener *l)
{
    int fd;

    terni_inproc_shut(&l->door);
    while ((fd = take_given(l)) >= 0)
        terni_socket_close(fd);
}

static int accept_next(tern_listener *l)
{
    return has_door(l) ? take_given(l) : tern_operator_accept(&l->op);
}

// One connection: its descriptor, or -errno of the queue being empty or the process being short of
// something.
static int take_one(tern_listener *l)
{
    int fd = accept_next(l);

    // More than a full queue of dead ones is an error that does not pass.
    for (int i = 0; i < TERN_LISTENER_BACKLOG && fd < 0 && is_of_one_connection(-fd); i++)
        fd = accept_next(l);
    if (fd >= 0)
        l->rest_ns = MIN_REST_NS;
    return fd;
}

static int accept_one(tern_listener *l)
{
    int fd = take_one(l);

    TERN_DEBUG_ASSERT(l->on_accept);
    if (fd < 0)
        return fd;
    l->on_accept(l, fd, l->arg);
    return 0;
}

static void accept_some(tern_listener *l, int budget)
{
    int err = 0;

    while (!err && !l->is_closed && budget-- > 0)
        err = accept_one(l);
    if (l->is_closed)
        return;
    if (!err)
        tern_operator_read_again(&l->op);
    else if (err != -EAGAIN)
        tern_timer_set(tern_poller_wheel(l->poller), &l->rest_timer, rest(l, -err));
}

static void on_readable(tern_operator *op)
{
    tern_listener *l = listener_of(op);

    if (!l->on_accept)
        terni_wait_slot_wake(&l->acceptor);
    else if (!tern_timer_is_set(&l->rest_timer))
        accept_some(l, TERN_LISTENER_ACCEPTS_PER_ROUND);
}

static void on_rested(tern_timer *t)
{
    accept_some(TERN_CONTAINER_OF(t, tern_listener, rest_timer), TERN_LISTENER_ACCEPTS_PER_ROUND);
}

static void release(tern_listener *l);

static void on_hangup(tern_operator *op, int err)
{
    tern_listener *l = listener_of(op);

    if (err == -ECANCELED) {  // the poller is being freed
        release(l);
        return;
    }
    tern_timer_cancel(tern_poller_wheel(l->poller), &l->rest_timer);
    tern_log(TERN_LOG_ERROR, "%s: cannot accept connections any more: %s", l->address,
             err ? strerror(-err) : "the socket was shut down");
}

static const tern_operator_ops listener_ops = { .on_readable = on_readable,
                                                .on_hangup = on_hangup };

// ---- binding -------------------------------------------------------------

static bool is_socket(const char *path)
{
    struct stat st;

    return terni_sys_table.lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

// True if the file is a socket that was left by a process that is gone.
static bool is_stale(const tern_sockaddr *sa)
{
    if (!is_socket(sa->addr.un.sun_path))  // connecting to it would be refused as well
        return false;

    int  fd = terni_socket_new(AF_UNIX);
    bool stale =
        fd >= 0 && terni_sys_table.connect(fd, &sa->addr.any, sa->len) < 0 && errno == ECONNREFUSED;

    terni_socket_close(fd);
    return stale;
}

static int bind_socket(int fd, const tern_sockaddr *sa)
{
    const char *path = sa->addr.un.sun_path;

    if (terni_sys_table.bind(fd, &sa->addr.any, sa->len) == 0)
        return 0;
    if (errno != EADDRINUSE || sa->addr.any.sa_family != AF_UNIX || !*path)
        return -errno;
    if (!is_stale(sa))
        return -EADDRINUSE;
    if (terni_sys_table.unlink(path) < 0 || terni_sys_table.bind(fd, &sa->addr.any, sa->len) < 0)
        return -errno;
    return 0;
}

static void set_options(int fd, int family, const tern_listener_opts *opts)
{
    if (!terni_socket_is_tcp(family))
        return;
    // Accepted sockets inherit these, so that accepting costs no further system call.
    terni_socket_set_tcp_options(fd, true, 0);
    terni_socket_set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
    if (opts->reuse_port)
        terni_socket_set_flag(fd, SOL_SOCKET, SO_REUSEPORT);
    if (opts->v6_only && family == AF_INET6)
        terni_socket_set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
}

static int open_socket(const tern_sockaddr *sa, const tern_listener_opts *opts)
{
    int fd = terni_socket_new(sa->addr.any.sa_family), err;

    if (fd < 0)
        return fd;
    set_options(fd, sa->addr.any.sa_family, opts);
    if ((err = bind_socket(fd, sa)) == 0 &&
        terni_sys_table.listen(fd, opts->backlog ? opts->backlog : TERN_LISTENER_BACKLOG) < 0)
        err = -errno;
    if (err == 0)
        return fd;
    terni_socket_close(fd);
    return err;
}

// Accepting on a socket that neither listens nor is connected fails for ever. One that is connected comes through the door.
static int adopt_socket(tern_listener *l, int fd)
{
    int           is_listening = 0, err;
    socklen_t     len = sizeof is_listening;
    tern_sockaddr peer;

    if (terni_sys_table.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len) < 0)
        return -errno;
    if (!is_listening && terni_socket_peer(fd, &peer) < 0)
        return -EINVAL;
    if ((err = terni_socket_set_nonblocking(fd)) < 0)
        return err;
    return is_listening ? fd : terni_inproc_open(&l->door, /* name= */ NULL);
}

static int open_address(tern_listener *l, const tern_address *a, const tern_listener_opts *opts)
{
    tern_sockaddr list[TERN_MAX_RESOLVED];
    int           n, fd = -ENOENT;

    if (a->kind == TERN_ADDRESS_FD)
        return adopt_socket(l, a->fd);
    if (a->kind == TERN_ADDRESS_INPROC)
        return terni_inproc_open(&l->door, strchr(l->address, ':') + 1);
    if ((n = tern_address_resolve(a, list, TERN_MAX_RESOLVED)) < 0)
        return n;
    for (int i = 0; i < n && fd < 0; i++)
        fd = open_socket(&list[i], opts);
    if (fd >= 0 && a->kind == TERN_ADDRESS_UNIX && a->host[0] != '@')
        strcpy(l->unlink_path, a->host);  // resolving has checked the length
    return fd;
}

// With the port that the kernel has chosen.
static void note_address(tern_listener *l)
{
    tern_sockaddr sa;

    if (!has_door(l) && terni_socket_name(l->op.fd, &sa) == 0)
        tern_sockaddr_format(&sa, l->address, sizeof l->address);
}

// It is the first and the last.
static void give_connection(tern_listener *l, int fd)
{
    terni_socket_set_tcp_options(fd, true, 0);
    (void)!terni_inproc_give(&l->door, fd);  // there is room for one
}

// Returns `err`.
static int say(const tern_listener_opts *opts, const char *text, const char *why, int err)
{
    if (opts->ret_why)
        *opts->ret_why = why;
    else
        tern_log(TERN_LOG_ERROR, "cannot listen on \"%s\": %s", text ? text : "", why);
    return err;
}

static int start(tern_listener *l, const char *text, const tern_listener_opts *opts)
{
    tern_address a;
    const char  *why;
    int          fd, err = tern_address_parse(text, &why, &a);

    if (err < 0)
        return say(opts, text, why, err);
    strncpy(l->address, text, sizeof l->address - 1);
    if ((fd = open_address(l, &a, opts)) < 0)
        return say(opts, text, tern_address_strerror(&a, fd), fd);
    if ((err = tern_operator_attach(&l->op, l->poller, fd, &listener_ops,
                                    TERN_OP_READ | (has_door(l) ? 0 : TERN_OP_ACCEPTS))) < 0) {
        if (has_door(l))
            shut_door(l);
        if (a.kind != TERN_ADDRESS_FD || fd != a.fd)
            terni_socket_close(fd);
        return say(opts, text, strerror(-err), err);
    }
    if (a.kind == TERN_ADDRESS_FD && has_door(l))
        give_connection(l, a.fd);
    note_address(l);
    return 0;
}

int tern_listener_new_sized(tern_poller *poller, const char *address,
                            const tern_listener_opts *given, tern_listener_fn *on_accept, void *arg,
                            tern_listener **ret_listener, uint64_t sizes)
{
    tern_listener     *l;
    tern_listener_opts opts;
    int                err = tern_opts_read(&opts, sizeof opts, given, tern_size_at(sizes, 0));

    if (err < 0) {
        tern_log(TERN_LOG_ERROR, "cannot listen on \"%s\": tern_listener_opts of a newer libtern",
                 address ? address : "");
        return err;
    }
    if (!(l = tern_mem_zalloc(sizeof *l)))
        return -ENOMEM;
    l->poller = poller;
    l->on_accept = on_accept;
    l->arg = arg;
    l->rest_ns = MIN_REST_NS;
    l->door.fd = -1;
    tern_timer_init(&l->rest_timer, on_rested);
    if ((err = start(l, address, &opts)) < 0) {
        tern_mem_free(l);
        return err;
    }
    *ret_listener = l;
    return 0;
}

static void free_if_over(tern_listener *l)
{
    TERN_DEBUG_ASSERT(!l->is_over || l->is_closed);
    if (l->is_over && !l->acceptor.waiter)
        tern_mem_free(l);
}

static void on_over(tern_task *task)
{
    tern_listener *l = TERN_CONTAINER_OF(task, tern_listener, free_task);

    l->is_over = true;
    free_if_over(l);
}

static void release(tern_listener *l)
{
    TERN_ASSERT(!l->is_closed);
    l->is_closed = true;
    terni_wait_slot_wake(&l->acceptor);
    tern_timer_cancel(tern_poller_wheel(l->poller), &l->rest_timer);
    tern_operator_detach(&l->op);
    if (has_door(l))
        shut_door(l);
    terni_socket_close(l->op.fd);
    if (*l->unlink_path)
        (void)terni_sys_table.unlink(l->unlink_path);
    l->free_task.run = on_over;
    tern_poller_recycle(l->poller, &l->free_task);
}

void tern_listener_close(tern_listener *l)
{
    if (!l || l->is_closed)
        return;
    tern_operator_want_read(&l->op, false);
    // At most a full queue: those who keep knocking meanwhile must not keep us here.
    for (int i = 0;
         l->on_accept && i < TERN_LISTENER_BACKLOG && !l->is_closed && accept_one(l) == 0; i++)
        ;
    if (!l->is_closed)  // by on_accept
        release(l);
}

const char *tern_listener_address(const tern_listener *l) { return l->address; }

// ---- blocking style ------------------------------------------------------

typedef struct request request;
struct request {
    tern_listener *listener;
    uint64_t       deadline_ns;
    int            result;
};

// Until something may be in the queue: 0 or -errno.
static int await_connection(tern_listener *l, int reason, uint64_t deadline_ns)
{
    uint64_t until_ns = reason == -EAGAIN ? TERN_NEVER : rest(l, -reason);
    int      err;

    if (l->acceptor.waiter)
        return -EBUSY;
    err = terni_wait_slot_park(&l->acceptor, "accept",
                               until_ns < deadline_ns ? until_ns : deadline_ns);
    if (l->is_closed) {
        free_if_over(l);
        return -ECANCELED;
    }
    return err == -ETIMEDOUT && until_ns < deadline_ns ? 0 : err;
}

static void accept_waiting(void *arg)
{
    request *r = arg;
    int      err = 0;

    while (err == 0 && (r->result = take_one(r->listener)) < 0)
        err = await_connection(r->listener, r->result, r->deadline_ns);
    if (err < 0)
        r->result = err;
}

int tern_listener_accept(tern_listener *l, uint64_t deadline_ns, int *ret_fd)
{
    request r = { .listener = l, .deadline_ns = deadline_ns };
    int     err = 0;

    if (l->on_accept)
        return -EINVAL;
    if (terni_run_on_is_home(l->poller))
        accept_waiting(&r);
    else
        err = terni_run_on(l->poller, accept_waiting, &r);
    if (err < 0 || r.result < 0)
        return err < 0 ? err : r.result;
    *ret_fd = r.result;
    return 0;
}
