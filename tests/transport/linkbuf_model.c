#include "tests/transport/linkbuf_model.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tern/linkbuf.h>

#include "tests/transport/failing_mem.h"

enum {
    N_QUEUES = 5,
    MAX_QUEUED = 256 * 1024,  // beyond it a program may only take away
    OFTEN_CHECKED = 8 * 1024,
    RARE_CHECK_PERIOD = 16,
};

struct queue {
    tern_linkbuf real;
    size_t       len;
    uint8_t      bytes[2 * MAX_QUEUED];
};

static struct model {
    const uint8_t *program;
    size_t         left;
    uint32_t       n_ops;
    uint32_t       n_bytes;  // written so far: makes each next byte
    size_t         n_foreign;
    tern_pool     *pools[2];
    tern_block    *block;   // what the program itself fills and links views of
    size_t         viewed;  // of it, by the last view
    struct queue   queues[N_QUEUES];
} m;

// ---- the program ---------------------------------------------------------

static uint8_t next_byte(void)
{
    if (m.left == 0)
        return 0;
    m.left--;
    return *m.program++;
}

// Half of them below 128, some a few KiB, some over several blocks.
static size_t next_len(void)
{
    size_t a = next_byte();

    if (a < 128)
        return a;
    if (a < 224)
        return (a - 128) << 5 | (next_byte() & 31);
    return (a - 224) << 12 | (size_t)next_byte() << 4;
}

static size_t next_len_upto(size_t max)
{
    size_t n = next_len();

    return n <= max ? n : max;
}

static struct queue *next_queue(void) { return &m.queues[next_byte() % N_QUEUES]; }

static size_t next_growth(const struct queue *q)
{
    return next_len_upto(q->len < MAX_QUEUED ? MAX_QUEUED - q->len : 0);
}

// ---- the flat arrays -----------------------------------------------------

static void write_bytes(uint8_t *dst, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dst[i] = (uint8_t)(m.n_bytes++ * 2654435761u >> 24);
}

static void flat_append(struct queue *q, const uint8_t *bytes, size_t n)
{
    TERN_ASSERT(n <= sizeof q->bytes - q->len);
    memcpy(q->bytes + q->len, bytes, n);
    q->len += n;
}

static void flat_consume(struct queue *q, size_t n)
{
    q->len -= n;
    memmove(q->bytes, q->bytes + n, q->len);
}

static void check_bytes(const struct queue *q)
{
    size_t off = 0;

    for (const tern_segment *s = q->real.head; off < q->len; s = s->next) {
        size_t n = (size_t)(s->end - s->pos);

        TERN_ASSERT(memcmp(s->pos, q->bytes + off, n) == 0);
        off += n;
    }
}

static void check_queue(const struct queue *q)
{
    TERN_ASSERT(tern_linkbuf_is_valid(&q->real));
    TERN_ASSERT(tern_linkbuf_len(&q->real) == q->len);
    if (q->len < OFTEN_CHECKED || m.n_ops % RARE_CHECK_PERIOD == 0 || m.left == 0)
        check_bytes(q);
}

// True where the operation succeeded; a failure must have its reason.
static bool succeeded(int err)
{
    if (err == 0)
        return true;
    TERN_ASSERT(err == -ENOMEM && failing_mem_has_failed());
    return false;
}

// ---- the operations ------------------------------------------------------

static uint8_t scratch[MAX_QUEUED];

static void op_append(struct queue *q)
{
    size_t n = next_growth(q);

    write_bytes(scratch, n);
    if (succeeded(tern_linkbuf_append(&q->real, scratch, n)))
        flat_append(q, scratch, n);
}

static void op_prepend(struct queue *q)
{
    size_t n = next_growth(q);

    write_bytes(scratch, n);
    if (!succeeded(tern_linkbuf_prepend(&q->real, scratch, n)))
        return;
    memmove(q->bytes + n, q->bytes, q->len);
    memcpy(q->bytes, scratch, n);
    q->len += n;
}

static uint8_t *reserve(struct queue *q, size_t n)
{
    uint8_t *room = tern_linkbuf_reserve(&q->real, n);

    if (!succeeded(room ? 0 : -ENOMEM))
        return NULL;
    write_bytes(room, n);
    return room;
}

static void op_reserve_and_commit(struct queue *q)
{
    size_t   n = next_growth(q), used = next_len_upto(n);
    uint8_t *room = reserve(q, n);

    if (!room)
        return;
    flat_append(q, room, used);
    tern_linkbuf_commit(&q->real, used);
}

static void op_reserve_and_forget(struct queue *q) { (void)reserve(q, next_growth(q)); }

static void count_and_free(void *data, size_t len, void *arg)
{
    TERN_ASSERT(*(size_t *)arg == len);
    free(arg);
    free(data);
    m.n_foreign--;
}

static void op_append_ref(struct queue *q)
{
    size_t   n = next_growth(q);
    uint8_t *bytes = malloc(n + 1);
    size_t  *len = malloc(sizeof *len);

    if (!bytes || !len)
        abort();
    *len = n;
    m.n_foreign++;
    write_bytes(bytes, n);
    memcpy(scratch, bytes, n);
    if (succeeded(tern_linkbuf_append_ref(&q->real, bytes, n, count_and_free, len)))
        flat_append(q, scratch, n);
}

static void op_fill_block(struct queue *q)
{
    size_t n = next_len();

    (void)q;
    if (!m.block || n > tern_block_room(m.block)) {
        m.block = tern_block_unref(m.block);
        m.viewed = 0;
        if (!(m.block = tern_block_new(m.pools[0], n)))
            return;
    }
    write_bytes(m.block->base + m.block->used, n);
    m.block->used += n;
}

// Every second view goes on where the last one ended.
static void op_append_view(struct queue *q)
{
    size_t off, n;

    if (!m.block)
        return;
    off = next_byte() & 1 ? m.viewed : next_len_upto(m.block->used);
    n = next_growth(q);
    if (n > m.block->used - off)
        n = m.block->used - off;
    if (!succeeded(tern_linkbuf_append_view(&q->real, m.block, m.block->base + off, n)))
        return;
    flat_append(q, m.block->base + off, n);
    m.viewed = off + n;
}

static void op_splice(struct queue *q)
{
    struct queue *src = next_queue();

    if (src == q || src->real.pool != q->real.pool || q->len + src->len > sizeof q->bytes)
        return;
    tern_linkbuf_splice(&q->real, &src->real);
    flat_append(q, src->bytes, src->len);
    src->len = 0;
    check_queue(src);
}

static void op_move(struct queue *q)
{
    struct queue *dst = next_queue();
    size_t        n = next_len_upto(q->len);

    if (dst == q || dst->len + n > sizeof dst->bytes)
        return;
    if (succeeded(tern_linkbuf_move(&q->real, n, &dst->real))) {
        flat_append(dst, q->bytes, n);
        flat_consume(q, n);
    }
    check_queue(dst);
}

static void op_slice(struct queue *q)
{
    struct queue *dst = next_queue();
    size_t        off = next_len_upto(q->len), n = next_len_upto(q->len - off);

    if (dst == q || dst->len + n > sizeof dst->bytes)
        return;
    if (succeeded(tern_linkbuf_slice(&q->real, off, n, &dst->real)))
        flat_append(dst, q->bytes + off, n);
    check_queue(dst);
    TERN_ASSERT(tern_linkbuf_slice(&q->real, off, q->len - off + 1, &dst->real) == -EINVAL);
}

static void op_peek(struct queue *q)
{
    size_t         n = next_len_upto(q->len);
    const uint8_t *p = tern_linkbuf_peek(&q->real, n);

    if (succeeded(p ? 0 : -ENOMEM))
        TERN_ASSERT(memcmp(p, q->bytes, n) == 0);
    TERN_ASSERT(!tern_linkbuf_peek(&q->real, q->len + 1));
}

static void op_copy_out(struct queue *q)
{
    size_t off = next_len_upto(q->len), n = next_len_upto(q->len - off);

    TERN_ASSERT(tern_linkbuf_copy_out(&q->real, off, scratch, n));
    TERN_ASSERT(memcmp(scratch, q->bytes + off, n) == 0);
    TERN_ASSERT(!tern_linkbuf_copy_out(&q->real, off, scratch, q->len - off + 1));
}

static void op_consume(struct queue *q)
{
    size_t n = next_len_upto(q->len), calls = failing_mem_calls();

    tern_linkbuf_consume(&q->real, n);
    TERN_ASSERT(failing_mem_calls() == calls);
    flat_consume(q, n);
}

static void op_find(struct queue *q)
{
    size_t         from = next_len();
    uint8_t        byte = next_byte();
    const uint8_t *hit = from < q->len ? memchr(q->bytes + from, byte, q->len - from) : NULL;

    TERN_ASSERT(tern_linkbuf_find(&q->real, from, byte) == (hit ? hit - q->bytes : -1));
}

static void op_iovec(struct queue *q)
{
    struct iovec iov[16];
    size_t       off = 0;
    int          max = next_byte() % 17, n = tern_linkbuf_iovec(&q->real, iov, max);

    TERN_ASSERT(n <= max);
    for (int i = 0; i < n; off += iov[i++].iov_len)
        TERN_ASSERT(memcmp(iov[i].iov_base, q->bytes + off, iov[i].iov_len) == 0);
    TERN_ASSERT(off == q->len || (off < q->len && n == max));
}

static void op_compact(struct queue *q) { tern_linkbuf_compact(&q->real); }

static void op_clear(struct queue *q)
{
    tern_linkbuf_clear(&q->real);
    q->len = 0;
}

static void op_trim(struct queue *q)
{
    (void)q;
    for (int i = 0; i < 2; i++)
        TERN_ASSERT(tern_pool_trim(m.pools[i]) == tern_pool_get_stats(m.pools[i]).held_bytes);
}

static void (*const ops[])(struct queue *q) = {
    op_append,
    op_prepend,
    op_reserve_and_commit,
    op_reserve_and_forget,
    op_append_ref,
    op_fill_block,
    op_append_view,
    op_splice,
    op_move,
    op_slice,
    op_peek,
    op_copy_out,
    op_consume,
    op_find,
    op_iovec,
    op_compact,
    op_clear,
    op_trim,
    op_append_view,
    op_move,
    op_reserve_and_commit,
    op_consume,
    op_peek,
    op_append,
};

// ---- the run -------------------------------------------------------------

static void setup(const uint8_t *program, size_t len)
{
    m.program = program;
    m.left = len;
    m.n_ops = m.n_bytes = 0;
    m.viewed = 0;
    failing_mem_install();
    for (int i = 0; i < 2; i++)
        TERN_ASSERT(m.pools[i] = tern_pool_new());
    for (int i = 0; i < N_QUEUES; i++) {
        m.queues[i].len = 0;
        tern_linkbuf_init(&m.queues[i].real, i < 3 ? m.pools[0] : i == 3 ? m.pools[1] : NULL);
    }
}

static void teardown(void)
{
    m.block = tern_block_unref(m.block);
    for (int i = 0; i < N_QUEUES; i++) {
        check_queue(&m.queues[i]);
        tern_linkbuf_done(&m.queues[i].real);
    }
    for (int i = 0; i < 2; i++) {
        TERN_ASSERT(tern_pool_get_stats(m.pools[i]).live_bytes == 0);
        tern_pool_free(m.pools[i]);
    }
    TERN_ASSERT(m.n_foreign == 0);
    TERN_ASSERT(failing_mem_live() == 0);
    failing_mem_remove();
}

static void step(void)
{
    uint8_t       op = next_byte();
    struct queue *q = next_queue();

    if (op >= 192)  // one operation in four meets a failing allocator
        failing_mem_fail_at(op >> 4 & 3);
    ops[op % TERN_COUNT_OF(ops)](q);
    failing_mem_fail_at(-1);
    check_queue(q);
    m.n_ops++;
}

void linkbuf_model_run(const uint8_t *program, size_t len)
{
    setup(program, len);
    while (m.left > 0)
        step();
    teardown();
}
