#include "rpc/base/seldom_internal.h"

#include "rpc/compress/compression_internal.h"

#include <errno.h>
#include <string.h>

enum {
    LEAST_ROOM = 512,            // a small block
    MOST_ROOM = 64 * 1024,       // of one piece of output
    FIRST_GUESS = 4,             // times as long as it came: what text gives
    LONGEST_STEP = 1024 * 1024,  // of input: some encodings count in 32 bits
};

// ---- which ---------------------------------------------------------------

static const terni_compression *const known[] = {
#ifdef TERN_HAS_ZLIB
    [TERN_COMPRESSION_GZIP] = &terni_gzip,
    [TERN_COMPRESSION_DEFLATE] = &terni_deflate,
#endif
#ifdef TERN_HAS_ZSTD
    [TERN_COMPRESSION_ZSTD] = &terni_zstd,
#endif
    [TERN_COMPRESSION_ZSTD + 1] = NULL,
};

static const tern_compression best_first[] = {
    TERN_COMPRESSION_ZSTD,
    TERN_COMPRESSION_GZIP,
    TERN_COMPRESSION_DEFLATE,
};

const terni_compression *terni_compression_get(tern_compression which)
{
    return (unsigned)which < TERN_COUNT_OF(known) ? known[which] : NULL;
}

static bool is_name(const char *name, size_t len, const char *of)
{
    return len == strlen(of) && memcmp(name, of, len) == 0;
}

tern_compression terni_compression_find(const char *name, size_t len)
{
    if (len == 0 || is_name(name, len, "identity"))
        return TERN_COMPRESSION_NONE;
    for (size_t i = 0; i < TERN_COUNT_OF(best_first); i++) {
        const terni_compression *c = known[best_first[i]];

        if (c && is_name(name, len, c->name))
            return best_first[i];
    }
    return TERN_COMPRESSION_DEFAULT;
}

const char *terni_compression_names(void)
{
#if defined TERN_HAS_ZLIB && defined TERN_HAS_ZSTD
    return "zstd,gzip,deflate";
#elif defined TERN_HAS_ZLIB
    return "gzip,deflate";
#elif defined TERN_HAS_ZSTD
    return "zstd";
#else
    return NULL;
#endif
}

unsigned terni_compression_parse(const char *list, size_t len)
{
    const char *end = list + len;
    unsigned    set = 0;

    while (list < end) {
        const char *comma = memchr(list, ',', (size_t)(end - list));
        const char *stop = comma ? comma : end, *next = comma ? comma + 1 : end;

        while (list < stop && *list == ' ')
            list++;
        while (stop > list && stop[-1] == ' ')
            stop--;
        set |= terni_compression_bit(terni_compression_find(list, (size_t)(stop - list)));
        list = next;
    }
    return set;
}

tern_compression terni_compression_choose(tern_compression wanted, unsigned allowed)
{
    for (size_t i = 0; i < TERN_COUNT_OF(best_first); i++) {
        tern_compression c = best_first[i];

        if ((wanted == c || wanted == TERN_COMPRESSION_ANY) && known[c] &&
            allowed & terni_compression_bit(c))
            return c;
    }
    return TERN_COMPRESSION_NONE;
}

// ---- packing -------------------------------------------------------------

typedef struct packing packing;
struct packing {
    const terni_pack_ops *ops;
    void                 *state;
    size_t                room;
    tern_linkbuf         *out;
};

// All of the input, or with is_last until all is out.
static int pack_some(packing *p, const uint8_t *data, size_t len, bool is_last)
{
    terni_pack_io io = { .in = data, .in_len = len };
    int           done = 0;

    while (done == 0 && (io.in_len || is_last)) {
        if (!(io.out = tern_linkbuf_reserve(p->out, p->room)))
            return -ENOMEM;
        io.out_len = p->room;
        done = p->ops->step(p->state, &io, is_last);
        tern_linkbuf_commit(p->out, p->room - io.out_len);
    }
    return done < 0 ? done : 0;
}

static const uint8_t no_bytes[1];

static int pack_all(packing *p, const tern_linkbuf *in)
{
    int err = 0;

    for (const tern_segment *s = in->head; s && err == 0; s = s->next)
        for (const uint8_t *at = s->pos; at < s->end && err == 0;) {
            size_t n = (size_t)(s->end - at) < LONGEST_STEP ? (size_t)(s->end - at) : LONGEST_STEP;

            err = pack_some(p, at, n, false);
            at += n;
        }
    return err ? err : pack_some(p, no_bytes, 0, true);
}

static size_t between(uint64_t n, size_t least, size_t most)
{
    return n < least ? least : n > most ? most : (size_t)n;
}

int terni_compression_pack(const terni_compression *c, const tern_linkbuf *in, tern_linkbuf *out)
{
    packing p = { .ops = c->pack, .out = out, .room = between(in->len, LEAST_ROOM, MOST_ROOM) };
    int     err;

    TERN_ASSERT(out->len == 0);
    if (!(p.state = c->pack->begin(in->len)))
        return -ENOMEM;
    err = pack_all(&p, in);
    c->pack->end(p.state);
    if (err < 0)
        tern_linkbuf_clear(out);
    return err;
}

// ---- unpacking -----------------------------------------------------------

typedef struct unpacking unpacking;
struct unpacking {
    const terni_pack_ops *ops;
    void                 *state;
    terni_pack_io         io;
    uint64_t              max;
    terni_quota          *quota;
    uint64_t              n_taken;  // of the quota
    tern_linkbuf         *out;
};

static bool count(unpacking *u, uint64_t n)
{
    if (u->quota && !terni_quota_take(u->quota, n))
        return false;
    u->n_taken += n;
    return true;
}

// Into room for `n` bytes more. 1: that was all; 0, or -errno.
static int unpack_some(unpacking *u, size_t n)
{
    int done;

    if (!count(u, n))
        return -EDQUOT;
    if (!(u->io.out = tern_linkbuf_reserve(u->out, n)))
        return -ENOMEM;
    u->io.out_len = n;
    done = u->ops->step(u->state, &u->io, true);
    tern_linkbuf_commit(u->out, n - u->io.out_len);
    if (done == 0 && u->io.out_len > 0 && u->io.in_len == 0)
        return -EBADMSG;  // room is left, and there was no more
    return done;
}

// It is as long as it may be. Is that the end?
static int unpack_nothing(unpacking *u)
{
    uint8_t one_too_many;
    int     done;

    u->io.out = &one_too_many;
    u->io.out_len = 1;
    done = u->ops->step(u->state, &u->io, true);
    if (done < 0)
        return done;
    if (u->io.out_len == 0)
        return -EMSGSIZE;
    return done ? done : -EBADMSG;
}

// In pieces, each as long as all those before, up to MOST_ROOM, so that the first few bytes of a bomb
// take little.
static int unpack_all(unpacking *u, size_t len)
{
    size_t room = between((uint64_t)len * FIRST_GUESS, LEAST_ROOM, MOST_ROOM);
    int    done = 0;

    while (done == 0) {
        uint64_t left = u->max - u->out->len;

        done = left ? unpack_some(u, left < room ? (size_t)left : room) : unpack_nothing(u);
        room = between(u->out->len, room, MOST_ROOM);
    }
    if (done < 0)
        return done;
    return u->io.in_len ? -EBADMSG : 0;  // something stands behind it
}

static void settle(unpacking *u)
{
    if (u->quota)
        terni_quota_give(u->quota, u->n_taken - u->out->len);
}

int terni_compression_unpack(const terni_compression *c, const uint8_t *data, size_t len,
                             uint64_t max, terni_quota *quota, tern_linkbuf *out)
{
    unpacking u = { .ops = c->unpack,
                    .io = { .in = data, .in_len = len },
                    .max = max,
                    .quota = quota,
                    .out = out };
    int       err;

    TERN_ASSERT(out->len == 0);
    if (!(u.state = c->unpack->begin(len)))
        return -ENOMEM;
    err = unpack_all(&u, len);
    c->unpack->end(u.state);
    if (err < 0)
        tern_linkbuf_clear(out);
    settle(&u);
    return err;
}
