#include "tests/sim/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "tests/sim/chance.h"
#include "tests/sim/kernel.h"

enum {
    MAX_LINKS = 64,
    RING = 1 << 16,
    MAX_MARKS = 16,
    FIRST_PORT = 40000,
};

// So many bytes will have come by then.
typedef struct mark mark;
struct mark {
    uint64_t at_ns, upto;
};

typedef struct flow flow;
struct flow {
    uint8_t *ring;
    uint64_t sent, arrived, taken;
    size_t   room;  // of bytes that were sent and are not taken
    mark     marks[MAX_MARKS];
    unsigned n_marks;
    bool     is_ended, has_end_arrived;
    bool     is_starved;  // who sends was told that there is no room
    uint64_t cut_at;      // TERN_NEVER: never
};

typedef enum link_state { LINK_FREE, LINK_OPENING, LINK_QUEUED, LINK_OPEN, LINK_BROKEN } link_state;

struct link_ {
    link_state state;
    file      *ends[2];   // the client's, the server's; NULL: not yet, or closed
    flow       flows[2];  // from that end
    uint64_t   latency_ns;
    uint16_t   ports[2];
    uint64_t   reset_ns[2];  // when an end is to hear of it; TERN_NEVER: not
    bool       has_closed[2];
    bool       was_reset[2];  // also of an end that nobody has accepted yet
};

static link_    links[MAX_LINKS];
static unsigned n_links;  // the highest that was ever in use, and one
static uint16_t next_port;

static ssize_t fail_with(int err)
{
    errno = err;
    return -1;
}

static flow *out_of(const file *f) { return &f->link->flows[f->side]; }
static flow *in_of(const file *f) { return &f->link->flows[1 - f->side]; }
static file *peer_of(const file *f) { return f->link->ends[1 - f->side]; }

static size_t readable(const flow *w) { return (size_t)(w->arrived - w->taken); }
static size_t room_of(const flow *w)
{
    size_t used = (size_t)(w->sent - w->taken);

    return used < w->room ? w->room - used : 0;
}

// ---- links ---------------------------------------------------------------

void net_start(void)
{
    for (unsigned i = 0; i < n_links; i++)
        links[i].state = LINK_FREE;
    n_links = 0;
    next_port = FIRST_PORT;
}

static void flow_start(flow *w, uint64_t latency_ns)
{
    static const size_t rooms[] = {
        RING, RING, 16 * 1024, 4096, 1500, 200
    };  // narrow only if quick
    uint8_t *ring = w->ring ? w->ring : malloc(RING);

    TERN_ASSERT(ring);
    *w = (flow){ .ring = ring, .cut_at = TERN_NEVER };
    w->room = rooms[chance_pick_low(CHANCE_SHAPE, latency_ns > TERN_NS_PER_MS ? 3 : 6)];
    if (chance_happens(CHANCE_CUT))
        w->cut_at = chance_pick_low(CHANCE_SIZE, 8000);
}

static link_ *link_new(void)
{
    static const uint64_t latencies_ns[] = { 20000, 20000, 200000, 3 * TERN_NS_PER_MS,
                                             80 * TERN_NS_PER_MS };
    link_                *l = links;

    while (l < links + n_links && l->state != LINK_FREE)
        l++;
    TERN_ASSERT(l < links + MAX_LINKS);
    if (l == links + n_links)
        n_links++;
    l->state = LINK_OPENING;
    l->latency_ns = latencies_ns[chance_pick_low(CHANCE_SHAPE, TERN_COUNT_OF(latencies_ns))];
    for (unsigned side = 0; side < 2; side++) {
        l->ends[side] = NULL;
        l->reset_ns[side] = TERN_NEVER;
        l->has_closed[side] = l->was_reset[side] = false;
        flow_start(&l->flows[side], l->latency_ns);
    }
    return l;
}

static uint64_t latency(const link_ *l)
{
    uint64_t ns = l->latency_ns;

    if (chance_happens(CHANCE_LATENCY))
        ns = ns * chance_pick(CHANCE_LATENCY, 8) + chance_pick(CHANCE_LATENCY, 50000);
    return ns;
}

static void release_if_closed(link_ *l)
{
    if (l->has_closed[0] && l->has_closed[1])
        l->state = LINK_FREE;
}

// ---- on its way ----------------------------------------------------------

static void put_mark(flow *w, uint64_t at_ns)
{
    mark *last = w->n_marks ? &w->marks[w->n_marks - 1] : NULL;

    if (last && last->at_ns > at_ns)
        at_ns = last->at_ns;
    if (w->n_marks == MAX_MARKS)
        *last = (mark){ at_ns, w->sent };
    else
        w->marks[w->n_marks++] = (mark){ at_ns, w->sent };
}

// What had come is yet to come, but for `n` bytes.
static void take_back_arrival(flow *w, size_t n)
{
    uint64_t upto = w->arrived;

    w->arrived = w->taken + n;
    if (w->n_marks == MAX_MARKS) {
        w->marks[0].at_ns = kernel_now_ns();  // sooner is always right
        return;
    }
    memmove(&w->marks[1], &w->marks[0], w->n_marks++ * sizeof w->marks[0]);
    w->marks[0] = (mark){ kernel_now_ns() + chance_pick(CHANCE_LATENCY, 100000), upto };
    if (w->n_marks > 1 && w->marks[1].at_ns < w->marks[0].at_ns)
        w->marks[0].at_ns = w->marks[1].at_ns;
}

static void drop_what_is_underway(flow *w)
{
    w->sent = w->arrived;
    w->n_marks = 0;
}

// The end hears that there is no connection any more. What had come can be read before.
static void hear_reset(link_ *l, unsigned side)
{
    file *f = l->ends[side];

    l->reset_ns[side] = TERN_NEVER;
    l->was_reset[side] = true;
    drop_what_is_underway(&l->flows[1 - side]);
    if (!f || f->is_reset)
        return;
    SIM_SAY("%d is reset", file_fd(f));
    f->is_reset = true;
    if (!f->error)
        f->error = ECONNRESET;
    file_wake(f);
}

static void send_reset(link_ *l, unsigned to, uint64_t at_ns)
{
    if (l->reset_ns[to] > at_ns)
        l->reset_ns[to] = at_ns;
}

static void break_link(link_ *l)
{
    if (l->state == LINK_FREE || l->state == LINK_BROKEN)
        return;
    if (l->state == LINK_OPEN)
        l->state = LINK_BROKEN;
    send_reset(l, 0, kernel_now_ns());
    send_reset(l, 1, kernel_now_ns());
}

void net_break(file *f)
{
    if (f->link)
        break_link(f->link);
}

void net_heal(void)
{
    for (unsigned i = 0; i < n_links; i++)
        links[i].flows[0].cut_at = links[i].flows[1].cut_at = TERN_NEVER;
}

static void end_arrives(link_ *l, flow *w, file *to)
{
    (void)l;
    w->has_end_arrived = true;
    if (to)
        file_wake(to);
}

// Bytes have come; nobody may be there any more.
static void bytes_arrive(link_ *l, unsigned from, uint64_t upto)
{
    flow *w = &l->flows[from];
    file *to = l->ends[1 - from];

    if (upto <= w->arrived)
        return;
    if (upto >= w->cut_at) {
        SIM_SAY("a connection is cut at byte %llu of %s", (unsigned long long)w->cut_at,
                from ? "server to client" : "client to server");
        w->arrived = w->cut_at;
        break_link(l);
        return;
    }
    w->arrived = upto;
    if (to)
        file_wake(to);
    else if (l->has_closed[1 - from])
        send_reset(l, from, kernel_now_ns() + l->latency_ns);
}

static void flow_arrive(link_ *l, unsigned from, uint64_t now_ns)
{
    flow *w = &l->flows[from];

    while (w->n_marks && w->marks[0].at_ns <= now_ns) {
        uint64_t upto = w->marks[0].upto;

        memmove(&w->marks[0], &w->marks[1], --w->n_marks * sizeof w->marks[0]);
        bytes_arrive(l, from, upto);
    }
    if (!w->n_marks && w->is_ended && !w->has_end_arrived && w->arrived == w->sent)
        end_arrives(l, w, l->ends[1 - from]);
}

static void connect_now(file *f);

void net_arrive(uint64_t now_ns)
{
    for (unsigned i = 0; i < n_links; i++) {
        link_ *l = &links[i];

        if (l->state == LINK_FREE)
            continue;
        for (unsigned side = 0; side < 2; side++)
            flow_arrive(l, side, now_ns);
        for (unsigned side = 0; side < 2; side++)
            if (l->reset_ns[side] <= now_ns)
                hear_reset(l, side);
    }
    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->connect_ns <= now_ns)
            connect_now(f);
}

uint64_t net_next_ns(void)
{
    uint64_t next = TERN_NEVER;

    for (unsigned i = 0; i < n_links; i++)
        for (unsigned side = 0; links[i].state != LINK_FREE && side < 2; side++) {
            const flow *w = &links[i].flows[side];

            if (w->n_marks && w->marks[0].at_ns < next)
                next = w->marks[0].at_ns;
            if (links[i].reset_ns[side] < next)
                next = links[i].reset_ns[side];
        }
    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->connect_ns < next)
            next = f->connect_ns;
    return next;
}

// ---- epoll ---------------------------------------------------------------

static bool has_queued(const file *f)
{
    for (unsigned i = 0; i < n_links; i++)
        if (links[i].state == LINK_QUEUED && links[i].ports[1] == f->port)
            return true;
    return false;
}

static uint32_t level_connected(const file *f)
{
    const flow *in = in_of(f), *out = out_of(f);
    bool        has_end = in->has_end_arrived || f->is_reset;
    uint32_t    bits = 0;

    if (readable(in) || has_end)
        bits |= EPOLLIN;
    if (has_end)
        bits |= EPOLLRDHUP;
    if (f->is_reset || (in->has_end_arrived && f->has_shut))
        bits |= EPOLLHUP;
    if (f->error)
        bits |= EPOLLERR;
    if (room_of(out) >= (out->room + 2) / 3 || f->is_reset)
        bits |= EPOLLOUT;
    return bits;
}

uint32_t net_level(const file *f)
{
    switch (f->state) {
    case SOCKET_NEW:
        return EPOLLOUT | EPOLLHUP;
    case SOCKET_LISTENING:
        return has_queued(f) ? EPOLLIN : 0;
    case SOCKET_CONNECTING:
        return 0;
    case SOCKET_CONNECTED:
        return level_connected(f);
    case SOCKET_OVER:
        return EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLRDHUP | (f->error ? EPOLLERR : 0);
    }
    TERN_UNREACHABLE();
}

// ---- reading -------------------------------------------------------------

static ssize_t nothing_to_read(file *f)
{
    int err = f->error;

    if (err) {
        f->error = 0;
        return fail_with(err);
    }
    return f->is_reset || in_of(f)->has_end_arrived ? 0 : fail_with(EAGAIN);
}

static void copy_out(flow *w, const struct iovec *iov, int n_iov, size_t n)
{
    for (int i = 0; i < n_iov && n > 0; i++) {
        size_t part = iov[i].iov_len < n ? iov[i].iov_len : n;

        for (size_t done = 0, step; done < part; done += step) {
            size_t at = w->taken % RING;

            step = part - done < RING - at ? part - done : RING - at;
            memcpy((uint8_t *)iov[i].iov_base + done, w->ring + at, step);
            w->taken += step;
        }
        n -= part;
    }
}

// Who was told that there is no room hears when a third of it is free again.
static void feed_sender(const file *f)
{
    flow *w = in_of(f);

    if (!w->is_starved || room_of(w) < (w->room + 2) / 3)
        return;
    w->is_starved = false;
    if (peer_of(f))
        file_wake(peer_of(f));
}

static ssize_t read_some(file *f, const struct iovec *iov, int n_iov)
{
    flow  *w = in_of(f);
    size_t n = terni_sys_iov_bytes(iov, n_iov);

    if (!readable(w))
        return nothing_to_read(f);
    if (!w->has_end_arrived && !f->is_reset) {
        if (chance_happens(CHANCE_READ_AGAIN)) {
            take_back_arrival(w, 0);
            return fail_with(EAGAIN);
        }
        if (readable(w) > 1 && chance_happens(CHANCE_SHORT_READ))
            take_back_arrival(w, 1 + chance_pick_low(CHANCE_SIZE, (uint32_t)readable(w) - 1));
    }
    if (n > readable(w))
        n = readable(w);
    copy_out(w, iov, n_iov, n);
    feed_sender(f);
    return (ssize_t)n;
}

static bool is_hit(file *f, chance_kind kind, int err)
{
    if (!chance_happens(kind))
        return false;
    SIM_SAY("%d: %s", file_fd(f), strerror(err));
    errno = err;
    return true;
}

static ssize_t sys_readv(int fd, const struct iovec *iov, int n_iov)
{
    file   *f = file_of(fd);
    ssize_t n;

    if (!f)
        return -1;
    if (f->state != SOCKET_CONNECTED)
        return fail_with(ENOTCONN);
    if (chance_happens(CHANCE_INTERRUPT))
        return fail_with(EINTR);
    if (is_hit(f, CHANCE_READ_FAILS, ENOMEM))
        return -1;
    if (chance_happens(CHANCE_RESET))
        break_link(f->link);
    n = read_some(f, iov, n_iov);
    kernel_note((uint64_t)n << 20 | (unsigned)fd);
    SIM_SAY("read %zd on %d", n, fd);
    return n;
}

static ssize_t sys_recv(int fd, void *buf, size_t n, int flags)
{
    struct iovec iov = { buf, n };

    (void)flags;
    return sys_readv(fd, &iov, 1);
}

// ---- writing -------------------------------------------------------------

static void copy_in(flow *w, const struct iovec *iov, size_t n)
{
    for (; n > 0; iov++) {
        size_t part = iov->iov_len < n ? iov->iov_len : n;

        for (size_t done = 0, step; done < part; done += step) {
            size_t at = w->sent % RING;

            step = part - done < RING - at ? part - done : RING - at;
            memcpy(w->ring + at, (const uint8_t *)iov->iov_base + done, step);
            w->sent += step;
        }
        n -= part;
    }
}

static ssize_t write_some(file *f, const struct iovec *iov, int n_iov)
{
    flow  *w = out_of(f);
    size_t wanted = terni_sys_iov_bytes(iov, n_iov), n = room_of(w);

    if (n && chance_happens(CHANCE_WRITE_AGAIN)) {
        w->is_starved = true;
        file_poke_later(f);
        return fail_with(EAGAIN);
    }
    if (n < wanted)
        w->is_starved = true;
    if (n == 0)
        return fail_with(EAGAIN);
    if (n > wanted)
        n = wanted;
    if (n > 1 && chance_happens(CHANCE_SHORT_WRITE)) {
        n = 1 + chance_pick_low(CHANCE_SIZE, (uint32_t)n - 1);
        w->is_starved = true;
        file_poke_later(f);
    }
    copy_in(w, iov, n);
    put_mark(w, kernel_now_ns() + latency(f->link));
    return (ssize_t)n;
}

static ssize_t sys_sendmsg(int fd, const struct msghdr *msg, int flags)
{
    file   *f = file_of(fd);
    ssize_t n;

    (void)flags;
    if (!f)
        return -1;
    if (f->state != SOCKET_CONNECTED)
        return fail_with(f->state == SOCKET_CONNECTING ? EAGAIN : EPIPE);
    if (chance_happens(CHANCE_INTERRUPT))
        return fail_with(EINTR);
    if (f->error) {
        int err = f->error;

        f->error = 0;
        return fail_with(err);
    }
    if (f->is_reset || f->has_shut)
        return fail_with(EPIPE);
    if (is_hit(f, CHANCE_WRITE_FAILS, chance_pick(CHANCE_LATENCY, 2) ? ENOBUFS : ENOMEM))
        return -1;
    if (chance_happens(CHANCE_RESET))
        break_link(f->link);
    n = write_some(f, msg->msg_iov, (int)msg->msg_iovlen);
    kernel_note((uint64_t)n << 20 | (unsigned)fd);
    SIM_SAY("send %zd of %zu on %d", n, terni_sys_iov_bytes(msg->msg_iov, (int)msg->msg_iovlen),
            fd);
    return n;
}

static void end_output(file *f)
{
    flow *w = out_of(f);

    if (w->is_ended)
        return;
    w->is_ended = true;
    put_mark(w, kernel_now_ns() + latency(f->link));
}

static int sys_shutdown(int fd, int how)
{
    file *f = file_of(fd);

    if (!f)
        return -1;
    TERN_ASSERT(how == SHUT_WR);
    if (f->state != SOCKET_CONNECTED || f->is_reset)
        return (int)fail_with(ENOTCONN);
    SIM_SAY("shutdown %d", fd);
    f->has_shut = true;
    end_output(f);
    return 0;
}

// ---- connecting ----------------------------------------------------------

static int sys_socket(int domain, int type, int protocol)
{
    file *f;

    (void)type;
    (void)protocol;
    TERN_ASSERT(domain == AF_INET);
    if (!(f = file_open(FILE_SOCKET)))
        return -1;
    f->state = SOCKET_NEW;
    return file_fd(f);
}

static file *listener_at(uint16_t port)
{
    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->kind == FILE_SOCKET && f->state == SOCKET_LISTENING && f->port == port)
            return f;
    return NULL;
}

static int sys_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)addr;
    file                     *f = file_of(fd);

    (void)len;
    if (!f)
        return -1;
    f->port = ntohs(in->sin_port) ? ntohs(in->sin_port) : next_port++;
    return listener_at(f->port) ? (int)fail_with(EADDRINUSE) : 0;
}

static int sys_listen(int fd, int backlog)
{
    file *f = file_of(fd);

    (void)backlog;
    if (!f)
        return -1;
    f->state = SOCKET_LISTENING;
    SIM_SAY("listens at port %u", f->port);
    return 0;
}

static int sys_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    file *f = file_of(fd);

    (void)len;
    if (!f)
        return -1;
    f->state = SOCKET_CONNECTING;
    f->target = ntohs(((const struct sockaddr_in *)addr)->sin_port);
    f->port = next_port++;
    f->connect_ns = kernel_now_ns() + 40000;
    if (chance_happens(CHANCE_LATENCY))
        f->connect_ns += chance_pick_low(CHANCE_LATENCY, 2000) * TERN_NS_PER_MS;
    SIM_SAY("%d connects", fd);
    return (int)fail_with(EINPROGRESS);
}

static void connect_now(file *f)
{
    file *listener = listener_at(f->target);

    f->connect_ns = TERN_NEVER;
    if (!listener || chance_happens(CHANCE_REFUSE)) {
        SIM_SAY("%d is refused", file_fd(f));
        f->state = SOCKET_OVER;
        f->error = ECONNREFUSED;
    } else {
        f->state = SOCKET_CONNECTED;
        f->link = link_new();
        f->side = 0;
        f->link->ends[0] = f;
        f->link->ports[0] = f->port;
        f->link->ports[1] = f->target;
        f->link->state = LINK_QUEUED;
        SIM_SAY("%d is connected", file_fd(f));
        file_wake(listener);
    }
    file_wake(f);
}

static int sys_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    file *l = file_of(fd), *f;

    (void)addr;
    (void)len;
    (void)flags;
    if (!l)
        return -1;
    for (unsigned i = 0; i < n_links; i++) {
        if (links[i].state != LINK_QUEUED || links[i].ports[1] != l->port)
            continue;
        if (chance_happens(CHANCE_ABORT)) {
            links[i].state = LINK_BROKEN;
            links[i].has_closed[1] = true;
            send_reset(&links[i], 0, kernel_now_ns());
            release_if_closed(&links[i]);
            return (int)fail_with(ECONNABORTED);
        }
        if (!(f = file_open(FILE_SOCKET)))
            return -1;
        f->state = SOCKET_CONNECTED;
        f->link = &links[i];
        f->side = 1;
        f->port = l->port;
        f->is_reset = f->link->was_reset[1];
        f->error = f->is_reset ? ECONNRESET : 0;
        f->link->ends[1] = f;
        f->link->state = LINK_OPEN;
        SIM_SAY("accepts %d", file_fd(f));
        return file_fd(f);
    }
    return (int)fail_with(EAGAIN);
}

// ---- closing -------------------------------------------------------------

static void close_listener(file *f)
{
    for (unsigned i = 0; i < n_links; i++) {
        if (links[i].state != LINK_QUEUED || links[i].ports[1] != f->port)
            continue;
        links[i].state = LINK_BROKEN;
        links[i].has_closed[1] = true;
        send_reset(&links[i], 0, kernel_now_ns());
        release_if_closed(&links[i]);
    }
}

// As Linux does: who has not read everything resets the connection, and what is underway is lost.
static void close_connected(file *f)
{
    link_ *l = f->link;

    if (readable(in_of(f)) && !f->is_reset) {
        drop_what_is_underway(out_of(f));
        send_reset(l, 1 - f->side, kernel_now_ns() + l->latency_ns);
    } else {
        end_output(f);
    }
    l->ends[f->side] = NULL;
    l->has_closed[f->side] = true;
    release_if_closed(l);
}

void net_close(file *f)
{
    if (f->state == SOCKET_LISTENING)
        close_listener(f);
    else if (f->state == SOCKET_CONNECTED)
        close_connected(f);
}

// ---- what a socket is asked ----------------------------------------------

static int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    (void)level;
    (void)name;
    (void)value;
    (void)len;
    return file_of(fd) ? 0 : -1;
}

static int sys_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    file *f = file_of(fd);
    int   answer = 0;

    if (!f)
        return -1;
    TERN_ASSERT(level == SOL_SOCKET && *len >= sizeof answer);
    if (name == SO_ERROR) {
        answer = f->error;
        f->error = 0;
    } else if (name == SO_DOMAIN) {
        answer = AF_INET;
    } else if (name == SO_ACCEPTCONN) {
        answer = f->state == SOCKET_LISTENING;
    } else {
        return (int)fail_with(EOPNOTSUPP);
    }
    memcpy(value, &answer, sizeof answer);
    *len = sizeof answer;
    return 0;
}

// All are what they should be: nonblocking, and closed by an exec.
static int sys_fcntl(int fd, int command, int arg)
{
    (void)command;
    (void)arg;
    return file_of(fd) ? O_NONBLOCK | FD_CLOEXEC : -1;
}

static int tell_address(uint16_t port, struct sockaddr *addr, socklen_t *len)
{
    struct sockaddr_in in = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    memcpy(addr, &in, sizeof in < *len ? sizeof in : *len);
    *len = sizeof in;
    return 0;
}

static int sys_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
    const file *f = file_of(fd);

    return f ? tell_address(f->port, addr, len) : -1;
}

static int sys_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
    const file *f = file_of(fd);

    if (!f)
        return -1;
    if (f->state != SOCKET_CONNECTED || f->is_reset)
        return (int)fail_with(ENOTCONN);
    return tell_address(f->link->ports[1 - f->side], addr, len);
}

void net_plug(terni_sys *table)
{
    table->socket = sys_socket;
    table->bind = sys_bind;
    table->listen = sys_listen;
    table->accept4 = sys_accept4;
    table->connect = sys_connect;
    table->shutdown = sys_shutdown;
    table->setsockopt = sys_setsockopt;
    table->getsockopt = sys_getsockopt;
    table->getsockname = sys_getsockname;
    table->getpeername = sys_getpeername;
    table->fcntl = sys_fcntl;
    table->readv = sys_readv;
    table->recv = sys_recv;
    table->sendmsg = sys_sendmsg;
}
