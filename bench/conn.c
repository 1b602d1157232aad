#include "bench/conn.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/address.h"
#include "bench/clock.h"

// All that a socket holds in one read: measured with 64 KiB and 1 MiB replies, smaller buffers make
// more wake-ups on both sides.
enum { IN_SIZE = 1 << 20, GREETING_TIMEOUT_MS = 10000 };

static void *allocate(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (!p)
        err(1, "memory");
    return p;
}

static void fill(uint8_t *payload, size_t len)
{
    uint32_t x = 2463534242U;  // xorshift: bytes that no compressor and no shift makes equal

    for (size_t i = 0; i < len; i++) {
        x ^= x << 13, x ^= x >> 17, x ^= x << 5;
        payload[i] = (uint8_t)x;
    }
}

void traffic_init(struct traffic *t, const struct protocol *protocol, size_t payload_len,
                  size_t depth)
{
    *t = (struct traffic){
        .protocol = protocol,
        .payload_len = payload_len,
        .request_len = protocol->request_size(payload_len),
        .depth = depth,
    };
    t->payload = allocate(payload_len + 1, 1);
    t->requests = allocate(depth, t->request_len);
    t->in = allocate(1, IN_SIZE);
    t->ended = allocate(depth, sizeof *t->ended);
    fill(t->payload, payload_len);
    for (size_t i = 0; i < depth; i++)
        protocol->encode(t->requests + i * t->request_len, t->payload, payload_len);
}

void traffic_done(struct traffic *t)
{
    free(t->payload);
    free(t->requests);
    free(t->in);
    free(t->ended);
}

static void wait_for_input(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    if (poll(&p, 1, GREETING_TIMEOUT_MS) <= 0)
        errx(1, "no answer to the greeting");
}

// Says what the wire wants to be said first, and waits for the answer.
static void greet(struct conn *c)
{
    const struct traffic *t = c->traffic;
    uint8_t               bytes[PROTOCOL_MAX_GREETING];
    ssize_t               n;

    if (!t->protocol->greet)
        return;
    n = (ssize_t)t->protocol->greet(&c->scan, bytes);
    if (send(c->fd, bytes, (size_t)n, MSG_NOSIGNAL) != n)
        err(1, "greeting");
    while (!c->scan.is_greeted) {
        wait_for_input(c->fd);
        n = recv(c->fd, t->in, IN_SIZE, 0);
        if (n <= 0 || t->protocol->scan(&c->scan, t->payload_len, t->in, (size_t)n, t->ended, 0))
            errx(1, "the server does not answer the greeting as it should");
    }
    c->control_len = t->protocol->control(&c->scan, c->control);
    if (t->is_checked)
        t->protocol->check(&c->scan, t->payload);
}

void conn_open(struct conn *c, const struct traffic *t, const char *address, size_t depth)
{
    uint64_t n_slots = 1;

    // Twice the depth: a slow call may be overtaken by as many before it blocks the next.
    while (n_slots < 2 * depth)
        n_slots *= 2;
    *c = (struct conn){
        .fd = address_connect(address),
        .traffic = t,
        .depth = depth,
        .ring = t->requests,
        .ring_len = depth * t->request_len,
        .start_ns = allocate(n_slots, sizeof *c->start_ns),
        .slot_mask = n_slots - 1,
    };
    if (t->protocol->stamp) {
        c->ring = allocate(1, c->ring_len);
        memcpy(c->ring, t->requests, c->ring_len);
    }
    greet(c);
}

void conn_close(struct conn *c)
{
    if (c->fd < 0)
        return;
    close(c->fd);
    c->fd = -1;
    free(c->start_ns);
    if (c->ring != c->traffic->requests)
        free(c->ring);
}

static void permit(struct conn *c)
{
    const struct traffic *t = c->traffic;

    if (t->protocol->permit)
        c->n_permitted = t->protocol->permit(&c->scan, t->payload_len, c->n_permitted, c->n_queued);
    else
        c->n_permitted = c->n_queued;
}

bool conn_start(struct conn *c, uint64_t start_ns)
{
    const struct traffic *t = c->traffic;
    uint64_t             *slot = &c->start_ns[c->n_started & c->slot_mask];

    if (c->n_outstanding == c->depth || *slot != 0)
        return false;
    *slot = start_ns;
    if (t->protocol->stamp)
        t->protocol->stamp(c->ring + c->n_queued % c->ring_len, t->payload_len, c->n_started);
    c->n_queued += t->request_len;
    c->n_started++;
    c->n_outstanding++;
    permit(c);
    return true;
}

// Whether a frame ends here. Requests do; and what windows permit is whole frames.
static bool is_between_frames(const struct conn *c)
{
    return c->n_sent == c->n_permitted || c->n_sent % c->traffic->request_len == 0;
}

// What may go out now, in order. Control bytes that fall into the middle of a request wait for its end.
static int gather_unsent(struct conn *c, struct iovec iov[3])
{
    const size_t pos = c->n_sent % c->ring_len;
    const size_t begun = c->n_sent % c->traffic->request_len;
    size_t       len = c->n_permitted - c->n_sent;
    size_t       first;
    int          n = 0;

    if (c->control_len > 0 && is_between_frames(c))
        iov[n++] = (struct iovec){ c->control, c->control_len };
    else if (c->control_len > 0 && len > c->traffic->request_len - begun)
        len = c->traffic->request_len - begun;
    first = len < c->ring_len - pos ? len : c->ring_len - pos;
    if (first > 0)
        iov[n++] = (struct iovec){ c->ring + pos, first };
    if (len > first)
        iov[n++] = (struct iovec){ c->ring, len - first };
    return n;
}

// `n` bytes of what was gathered are sent.
static void note_sent(struct conn *c, size_t n)
{
    const size_t max = is_between_frames(c) ? c->control_len : 0;
    const size_t n_control = n < max ? n : max;

    c->control_len -= n_control;
    memmove(c->control, c->control + n_control, c->control_len);
    c->n_sent += n - n_control;
}

bool conn_send(struct conn *c)
{
    struct iovec  iov[3];
    struct msghdr m = { .msg_iov = iov, .msg_iovlen = (size_t)gather_unsent(c, iov) };
    ssize_t       n = sendmsg(c->fd, &m, MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN;
    note_sent(c, (size_t)n);
    return true;
}

// An echo in order is the ring itself: a request's slot is not reused before its reply is here.
static bool is_echo(struct conn *c, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const size_t pos = c->n_received % c->ring_len;
        const size_t n = len < c->ring_len - pos ? len : c->ring_len - pos;

        if (c->n_received + n > c->n_sent || memcmp(bytes, c->ring + pos, n) != 0) {
            warnx("a reply differs from its request, in bytes %" PRIu64 " to %" PRIu64,
                  c->n_received, c->n_received + n);
            return false;
        }
        c->n_received += n;
        bytes += n;
        len -= n;
    }
    return true;
}

// False when no call of this number is outstanding.
static bool end_call(struct conn *c, uint64_t call, uint64_t now_ns, struct histogram *latency)
{
    uint64_t *slot = &c->start_ns[call & c->slot_mask];

    if (call >= c->n_started || *slot == 0)
        return false;
    histogram_record(latency, now_ns > *slot ? now_ns - *slot : 0);
    *slot = 0;
    c->n_outstanding--;
    return true;
}

ssize_t conn_receive(struct conn *c, struct histogram *latency, uint64_t *ret_now_ns)
{
    const struct traffic *t = c->traffic;
    ssize_t               n = recv(c->fd, t->in, IN_SIZE, 0);
    ssize_t               n_ended;

    if (n == 0 || (n < 0 && errno != EAGAIN))
        return -1;
    *ret_now_ns = clock_ns(CLOCK_MONOTONIC);
    if (n < 0)
        return 0;
    if (t->is_checked && t->protocol->echoes_bytes && !is_echo(c, t->in, (size_t)n))
        return -1;
    n_ended =
        t->protocol->scan(&c->scan, t->payload_len, t->in, (size_t)n, t->ended, c->n_outstanding);
    for (ssize_t i = 0; i < n_ended; i++)
        if (!end_call(c, t->ended[i], *ret_now_ns, latency))
            return -1;
    if (t->protocol->control && c->control_len == 0)
        c->control_len = t->protocol->control(&c->scan, c->control);
    permit(c);
    return n_ended;
}
