// The input of a connection: where the next bytes go, how many are asked for, and who is told of them.
// Whether anything is read at all is decided in conn_state.c.
#include "transport/net/conn_input_internal.h"

#include <errno.h>
#include <string.h>

#include "transport/net/conn_core_internal.h"
#include "transport/net/conn_state_internal.h"

enum {
    MIN_TAIL_ROOM = 16 * 1024,   // a tail with less is not worth a read of its own
    MAX_COPIED_REST = 4 * 1024,  // a longer part of a message is not moved to where it can grow
    MAX_GROWN_READ = 16 * TERN_BLOCK_LARGE,  // by full reads
    MAX_READ_SIZE = 64 * TERN_BLOCK_LARGE,   // by long messages
    SMALL_READS_TO_SHRINK = 16,
};

void tern_conn_expect(tern_conn *c, size_t len)
{
    if (c->state == TERNI_CONN_OPEN)  // nobody will be told of it
        c->expected = len;
}

// Moves what is queued to the front of a fresh block of `size` bytes, so that its message can become
// contiguous. False when there is no memory.
static bool rehouse(tern_conn *c, size_t size)
{
    tern_linkbuf fresh;
    size_t       len = c->in.len;
    uint8_t     *room;

    TERN_DEBUG_ASSERT(len <= size);
    tern_linkbuf_init(&fresh, c->in.pool);
    if (!(room = tern_linkbuf_reserve(&fresh, size)))
        return false;
    (void)tern_linkbuf_copy_out(&c->in, 0, room, len);
    tern_linkbuf_commit(&fresh, len);
    tern_linkbuf_clear(&c->in);
    tern_linkbuf_splice(&c->in, &fresh);
    return true;
}

// The announced message gets one block of its size; what has come of it already is copied there once.
static uint8_t *expected_room(tern_conn *c, size_t *ret_len)
{
    tern_segment *tail = c->in.tail;
    size_t        missing = c->expected - c->in.len;
    bool          fits = tail && c->in.head == tail && tern_segment_room(tail) >= missing;

    TERN_DEBUG_ASSERT(c->expected > c->in.len);
    if (!fits && !rehouse(c, c->expected))
        return NULL;
    *ret_len = missing;
    return tern_linkbuf_reserve(&c->in, missing);
}

uint8_t *terni_conn_input_room(tern_conn *c, size_t size, size_t *ret_len)
{
    size_t tail_room = c->in.tail ? tern_segment_room(c->in.tail) : 0;

    *ret_len = size;
    if (c->in.len == 0)
        return tern_linkbuf_reserve(&c->in, size);
    if (c->expected > c->in.len)
        return expected_room(c, ret_len);
    if (tail_room >= MIN_TAIL_ROOM || tail_room >= size)
        return tern_linkbuf_reserve(&c->in, *ret_len = tail_room);
    if (c->in.len > MAX_COPIED_REST)
        return tern_linkbuf_reserve(&c->in, size);
    *ret_len = size - c->in.len;
    return rehouse(c, size) ? tern_linkbuf_reserve(&c->in, *ret_len) : NULL;
}

int terni_conn_inputs(tern_operator *op, struct iovec *iov, int max)
{
    tern_conn *c = terni_conn_of(op);

    TERN_DEBUG_ASSERT(max > 0 && terni_conn_is_valid(c));
    (void)max;
    iov->iov_base = terni_conn_input_room(c, c->read_size, &iov->iov_len);
    TERN_DEBUG_ASSERT(!iov->iov_base || iov->iov_len > 0);
    return iov->iov_base ? 1 : 0;
}

static void shrink_read_size(tern_conn *c)
{
    c->n_small_reads = 0;
    c->read_size = c->read_size / 2 > TERN_BLOCK_LARGE ? c->read_size / 2 : TERN_BLOCK_LARGE;
}

// Full reads and long messages ask for more the next time, a run of small ones for less: a burst must
// not leave a connection with large blocks for ever.
void terni_conn_input_learn(tern_conn *c, size_t n)
{
    if (c->expected) {
        c->n_small_reads = 0;
        if (c->expected > c->read_size)
            c->read_size = (uint32_t)(c->expected < MAX_READ_SIZE ? c->expected : MAX_READ_SIZE);
    } else if (n + MAX_COPIED_REST >= c->read_size && c->read_size < MAX_GROWN_READ) {
        c->read_size *= 2;
    } else if (c->read_size > TERN_BLOCK_LARGE && n < c->read_size / 4) {
        if (++c->n_small_reads >= SMALL_READS_TO_SHRINK)
            shrink_read_size(c);
    }
}

static void run_data(tern_conn *c)
{
    if (c->state != TERNI_CONN_OPEN) {
        tern_linkbuf_clear(&c->in);
        return;
    }
    if (c->in.len < c->expected)
        return;
    c->expected = 0;
    if (c->events->data)
        c->events->data(c, &c->in, c->arg);
    else
        tern_linkbuf_clear(&c->in);
}

// The rest of a message that will never be whole is data as well, and comes before the end.
static void deliver_torn_message(tern_conn *c)
{
    if (c->expected > c->in.len && c->in.len > 0) {
        c->expected = 0;
        run_data(c);
    }
}

void terni_conn_input_end(tern_conn *c)
{
    TERN_ASSERT(!c->has_ended_in);
    c->has_ended_in = true;
    deliver_torn_message(c);
    if (c->state == TERNI_CONN_OPEN && c->events->end)
        c->events->end(c, c->arg);
    else if (c->state == TERNI_CONN_OPEN)
        terni_conn_close(c);
    if (c->has_ended_out)
        terni_conn_finish(c, 0);
}

// In blocking style the reader has not run yet, and will take it, or compact it before it waits.
static void compact_rest(tern_conn *c)
{
    if (c->in.len && !c->expected && c->state == TERNI_CONN_OPEN && !c->style)
        tern_linkbuf_compact(&c->in);
}

void terni_conn_input_tell(tern_conn *c)
{
    run_data(c);
    compact_rest(c);
}

void terni_conn_input_ack(tern_operator *op, ssize_t n)
{
    tern_conn *c = terni_conn_of(op);

    if (n <= 0)
        tern_linkbuf_commit(&c->in, 0);  // the room goes back
    if (n < 0)
        return;
    c->active_ns = c->heard_ns = tern_poller_now_ns(c->poller);
    if (n == 0) {
        terni_conn_input_end(c);
        return;
    }
    c->read_bytes += (uint64_t)n;
    tern_linkbuf_commit(&c->in, (size_t)n);
    run_data(c);
    terni_conn_input_learn(c, (size_t)n);
    compact_rest(c);
}

// The part that belongs to an announced message goes where the message is, the rest is shared.
static int adopt(tern_conn *c, tern_block *block, uint8_t *pos, size_t n)
{
    size_t   room, here;
    uint8_t *to;

    if (c->expected > c->in.len) {
        if (!(to = expected_room(c, &room)))
            return -ENOMEM;
        here = n < room ? n : room;
        memcpy(to, pos, here);
        tern_linkbuf_commit(&c->in, here);
        pos += here;
        n -= here;
    }
    return n ? tern_linkbuf_append_view(&c->in, block, pos, n) : 0;
}

void terni_conn_input_adopt(tern_operator *op, tern_block *block, uint8_t *pos, size_t n)
{
    tern_conn *c = terni_conn_of(op);

    TERN_DEBUG_ASSERT(n > 0 && terni_conn_is_valid(c));
    c->active_ns = c->heard_ns = tern_poller_now_ns(c->poller);
    c->read_bytes += (uint64_t)n;
    if (adopt(c, block, pos, n) < 0) {
        terni_conn_finish(c, -ENOMEM);
        return;
    }
    terni_conn_input_tell(c);
}
