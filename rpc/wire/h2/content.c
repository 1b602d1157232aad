#include "rpc/wire/h2/content_internal.h"

#include <errno.h>

#include <tern/mem.h>

#include "rpc/wire/h2/ends_internal.h"
#include "rpc/wire/h2/growth_internal.h"

// Of gRPC's codes.
enum { EXHAUSTED = 8, INTERNAL = 13 };

static bool is_open(const terni_engine *e, const terni_stream *s)
{
    return e->current == s && e->state != H2_FAILED;
}

static void deliver(terni_engine *e, terni_stream *s, const terni_piece *piece)
{
    TERN_DEBUG_ASSERT(s->id && e->current == s && piece->data);
    s->flags |= TERNI_STREAM_ANSWERED;
    e->turn_left--;
    e->events->message(e->owner, s, piece);
}

static const char too_long_or_short[] = "a body is not as long as its content-length says";

// What a prefix says must be agreeable. False: the stream has ended.
static bool accept(terni_engine *e, terni_stream *s, const uint8_t *prefix)
{
    if (TERN_UNLIKELY(prefix[0] > 1))
        terni_h2_end_by_status(e, s, INTERNAL, "a message has a flag that is neither 0 nor 1");
    else if (TERN_UNLIKELY(prefix[0]) && !e->limits->encodings)
        terni_h2_end_by_status(e, s, INTERNAL,
                               "the message is compressed, and no encoding was announced");
    else if (TERN_UNLIKELY(h2_get_u32(prefix + 1) > e->limits->max_message))
        terni_h2_end_by_status(e, s, EXHAUSTED, "a message is larger than max_message");
    else
        return true;
    return false;
}

static inline bool is_in_message(const terni_stream *s)
{
    const h2_incoming *in = h2_of(s)->incoming;

    return TERN_UNLIKELY(in != NULL) && in->n_prefix;
}

// ---- in parts ------------------------------------------------------------

// Grants at once what a message lacks that is longer than a window, so that it can arrive whole: on its stream,
// where it is alone, just that; on the connection so much that half a window is left for the others. It is
// withheld when the bytes are consumed, or windows would grow with every long message.
static void grant_announced(terni_engine *e, terni_stream *s, uint64_t lacking)
{
    uint64_t more;
    size_t   before = e->out->len;

    if ((more = terni_credit_grant_ahead(&h2_of(s)->credit, lacking, 0)))
        terni_h2_send_window(e, s->id, more);
    if ((more = terni_credit_grant_reserved(&e->credit, e->limits->connection_window)))
        terni_h2_send_window(e, 0, more);
    e->unsent_control += e->out->len - before;
}

// The windows of others' bytes are given back in halves, of which the peer may not have one left.
static void hurry_credit(terni_engine *e)
{
    uint64_t due = terni_credit_hurry(&e->credit.all);

    if (TERN_UNLIKELY(due))
        terni_h2_send_window(e, 0, due);
}

// Padding takes what was granted for its message. It is granted again while the core keeps up: it holds nothing of
// this stream but what has come of the message.
static void make_up_for_padding(terni_engine *e, terni_stream *s)
{
    const h2_incoming *in = h2_of(s)->incoming;
    terni_credit      *c = &h2_of(s)->credit;
    uint64_t           more;

    if (!in || !in->arriving || c->held > in->arriving->parts.len || c->left > TERNI_CREDIT_LOW)
        return;
    more = terni_credit_take_due(c) +
           terni_credit_grant_ahead(c, terni_arriving_lacks(in->arriving) + TERNI_CREDIT_LOW, 0);
    if (more)
        terni_h2_send_window(e, s->id, more);
}

static void begin_arriving(terni_engine *e, terni_stream *s, h2_incoming *in, size_t has_come)
{
    uint64_t size = h2_get_u32(in->prefix + 1);
    int      err = terni_arriving_new(e->events, e->owner, e->out->pool, size, &in->arriving);

    if (err < 0) {
        terni_h2_end_by_status(e, s, EXHAUSTED,
                               err == -EDQUOT ? "max_memory_bytes of messages are on their way"
                                              : "out of memory");
        return;
    }
    in->arriving->is_compressed = in->prefix[0];
    terni_credit_reserve(&e->credit, size);
    if (size > has_come)
        grant_announced(e, s, size - has_come);
}

// Returns how many bytes of `data` it took.
static size_t take_prefix(terni_engine *e, terni_stream *s, h2_incoming *in, const uint8_t *data,
                          size_t n)
{
    size_t lacks = (size_t)H2_MESSAGE_PREFIX - in->n_prefix;

    n = n < lacks ? n : lacks;
    for (size_t i = 0; i < n; i++)
        in->prefix[in->n_prefix++] = data[i];
    terni_h2_consumed(e, s, n);
    return n;
}

static void finish_arriving(terni_engine *e, terni_stream *s, tern_block *block)
{
    h2_incoming    *in = h2_of(s)->incoming;
    terni_arriving *a = in->arriving;
    terni_piece     piece;

    if (!terni_arriving_get(a, block, &piece)) {
        terni_h2_end_by_status(e, s, EXHAUSTED, "out of memory");
        return;
    }
    in->arriving = NULL;
    in->n_prefix = 0;
    if (!in->has_length) {
        h2_of(s)->incoming = NULL;
        tern_mem_free(in);
    }
    terni_credit_settle(&e->credit, a->size, 0);
    deliver(e, s, &piece);
    terni_arriving_free(a);
}

static size_t take_part(terni_engine *e, terni_stream *s, const uint8_t *data, size_t n,
                        tern_block *block)
{
    terni_arriving *a = h2_of(s)->incoming->arriving;
    size_t          lacks = (size_t)terni_arriving_lacks(a);

    n = n < lacks ? n : lacks;
    if (terni_arriving_add(a, data, n, block) < 0) {
        terni_h2_end_by_status(e, s, EXHAUSTED, "out of memory");
        return 0;
    }
    terni_credit_unreserve(&e->credit, n);
    if (n == lacks) {
        finish_arriving(e, s, block);
        return n;
    }
    hurry_credit(e);
    if (TERN_UNLIKELY(h2_of(s)->credit.left < (int64_t)(lacks - n)))
        make_up_for_padding(e, s);
    return n;
}

static h2_incoming *incoming_of(terni_engine *e, terni_stream *s)
{
    h2_stream *own = h2_of(s);

    if (!own->incoming && !(own->incoming = tern_mem_zalloc(sizeof *own->incoming)))
        terni_h2_end_by_status(e, s, EXHAUSTED, "out of memory");
    return own->incoming;
}

static size_t take_in_parts(terni_engine *e, terni_stream *s, const uint8_t *data, size_t n,
                            tern_block *block)
{
    h2_incoming *in = incoming_of(e, s);
    size_t       taken = 0;

    if (!in)
        return 0;
    if (!in->arriving) {
        taken = take_prefix(e, s, in, data, n);
        if (in->n_prefix < H2_MESSAGE_PREFIX || !accept(e, s, in->prefix))
            return taken;
        begin_arriving(e, s, in, n - taken);
    }
    return is_open(e, s) ? taken + take_part(e, s, data + taken, n - taken, block) : taken;
}

// ---- at once -------------------------------------------------------------

// As nearly all messages come.
static inline __attribute__((always_inline)) bool is_whole(const terni_stream *s,
                                                           const uint8_t *data, size_t n)
{
    return TERN_LIKELY(!is_in_message(s) && n >= H2_MESSAGE_PREFIX) &&
           n - H2_MESSAGE_PREFIX >= h2_get_u32(data + 1);
}

static size_t take_whole(terni_engine *e, terni_stream *s, const uint8_t *data, tern_block *block)
{
    terni_piece piece = { data + H2_MESSAGE_PREFIX, h2_get_u32(data + 1), block, data[0] };

    if (!accept(e, s, data))
        return 0;
    terni_h2_consumed(e, s, H2_MESSAGE_PREFIX);
    if (is_open(e, s))
        deliver(e, s, &piece);
    return H2_MESSAGE_PREFIX + piece.len;
}

static void count_length(terni_engine *e, terni_stream *s, size_t n)
{
    h2_incoming *in = h2_of(s)->incoming;

    if (TERN_LIKELY(!in || !in->has_length))
        return;
    if (n > in->body_left)
        terni_h2_end_by_fault(e, s, H2_PROTOCOL_ERROR, too_long_or_short);
    else
        in->body_left -= n;
}

bool terni_h2_expect_content(terni_engine *e, terni_stream *s, uint64_t len)
{
    h2_incoming *in = incoming_of(e, s);

    if (!in)
        return false;
    in->has_length = true;
    in->body_left = len;
    return true;
}

void terni_h2_take_content(terni_engine *e, terni_stream *s, const uint8_t *data, size_t n,
                           tern_block *block)
{
    if (!s || s->own_flags & H2_NOT_GRPC) {
        terni_h2_take_overhead(e, s, n);
        return;
    }
    (void)terni_credit_use(&e->credit.all, n);  // there was enough when the frame began
    (void)terni_credit_use(&h2_of(s)->credit, n);
    count_length(e, s, n);
    terni_h2_sound(e, s, n);
    while (n > 0 && is_open(e, s)) {
        size_t taken = is_whole(s, data, n) ? take_whole(e, s, data, block)
                                            : take_in_parts(e, s, data, n, block);

        data += taken;
        n -= taken;
    }
    if (n > 0)
        terni_h2_consumed(e, NULL, n);
}

void terni_h2_take_overhead(terni_engine *e, terni_stream *s, size_t n)
{
    if (n == 0)
        return;
    (void)terni_credit_use(&e->credit.all, n);
    if (s)
        (void)terni_credit_use(&h2_of(s)->credit, n);
    terni_h2_consumed(e, s, n);
    if (s && s->id)
        make_up_for_padding(e, s);
}

// ---- the end -------------------------------------------------------------

void terni_h2_take_end(terni_engine *e, terni_stream *s)
{
    const h2_incoming *in = h2_of(s)->incoming;

    TERN_DEBUG_ASSERT(!(s->flags & TERNI_STREAM_REMOTE_END));
    if (in && in->has_length && in->body_left > 0) {
        terni_h2_end_by_fault(e, s, H2_PROTOCOL_ERROR, too_long_or_short);
    } else if (e->role == TERNI_CLIENT) {
        terni_h2_end_without_status(e, s);
    } else if (is_in_message(s)) {
        terni_h2_end_by_status(e, s, INTERNAL, "the stream ended in the middle of a message");
    } else {
        s->flags |= TERNI_STREAM_REMOTE_END;
        e->events->ended(e->owner, s);
    }
}
