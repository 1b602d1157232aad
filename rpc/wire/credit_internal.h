// rpc/wire/credit_internal.h: how many bytes the peer may still send, on a connection or on a stream.
// Knows nothing of frames: what is to be announced is returned.
//
// Lifetime:  embedded; a value.
// Threads:   none. One owner at a time.
// Invariant: nothing is lost: left + unacked + held = window + advance, always (terni_credit_is_valid).
//            Where the window shrinks, as HTTP/2's may, `left` falls below zero.
//
//   terni_credit_init(&c, window);
//   if (!terni_credit_use(&c, n)) ...                      // n bytes came: an overrun
//   if ((more = terni_credit_consume(&c, n, window))) ...  // the core is done with them: announce `more`
#ifndef RPC_WIRE_CREDIT_INTERNAL_H
#define RPC_WIRE_CREDIT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>

enum {
    TERNI_CREDIT_LOW = 16 * 1024
};  // bytes: there are peers that wait until a whole frame may go

typedef struct terni_credit terni_credit;
struct terni_credit {
    int64_t  left;     // what the peer may still send: all that was granted, less all that was used
    uint64_t held;     // came, and is not consumed yet
    uint64_t unacked;  // consumed, and not granted again yet
    uint64_t advance;  // granted before it was consumed: to be withheld when it is
};

static inline void terni_credit_init(terni_credit *c, uint64_t window);

// `n` bytes came. False: the peer may not send so many.
static inline bool terni_credit_use(terni_credit *c, uint64_t n);
// `n` bytes came that are not of this window, but will be consumed as if they were.
static inline void terni_credit_use_beside(terni_credit *c, uint64_t n);
// `n` bytes of those that came are done with. Returns how much is to be announced now: nothing, or what
// half a window has become, which saves frames and never lets the peer stand still.
static inline uint64_t terni_credit_consume(terni_credit *c, uint64_t n, uint64_t window);
// The same while messages of `arriving` bytes in all are not whole. What has come of them is not consumed before
// the rest has come, and so cannot give anything back: what was granted ahead for them is not withheld for others'
// bytes, and what is due is announced before the peer has too little left (TERNI_CREDIT_LOW).
uint64_t terni_credit_consume_meanwhile(terni_credit *c, uint64_t n, uint64_t window,
                                        uint64_t arriving);
// What is to be announced because the peer has little left, after bytes of a message that is not whole yet.
static inline uint64_t terni_credit_hurry(terni_credit *c);
// So that `n` bytes may come at once. Returns what is to be announced for that, with `spare` more; or 0.
static inline uint64_t terni_credit_grant_ahead(terni_credit *c, uint64_t n, uint64_t spare);

bool terni_credit_is_valid(const terni_credit *c, uint64_t window);

// ---- the connection's, which its streams share ---------------------------

typedef struct terni_shared_credit terni_shared_credit;
struct terni_shared_credit {
    terni_credit all;
    uint64_t     reserved;  // what the long messages that were announced still lack
    uint64_t     arriving;  // what they have in all
};

static inline void terni_credit_reserve(terni_shared_credit *c, uint64_t size);
// So much of it has come.
static inline void terni_credit_unreserve(terni_shared_credit *c, uint64_t n);
// One of them is whole, or what it lacks will not be needed.
static inline void     terni_credit_settle(terni_shared_credit *c, uint64_t size, uint64_t lacks);
static inline uint64_t terni_credit_consume_shared(terni_shared_credit *c, uint64_t n,
                                                   uint64_t window);
// Lets all that is reserved come at once, and half a window for the others. Returns what is to be
// announced, or 0.
static inline uint64_t terni_credit_grant_reserved(terni_shared_credit *c, uint64_t window);

// ---- inline bodies -------------------------------------------------------

static inline void terni_credit_init(terni_credit *c, uint64_t window)
{
    c->left = (int64_t)window;
    c->held = c->unacked = c->advance = 0;
}

static inline bool terni_credit_use(terni_credit *c, uint64_t n)
{
    c->left -= (int64_t)n;
    c->held += n;
    return TERN_LIKELY(c->left >= 0);
}

static inline void terni_credit_use_beside(terni_credit *c, uint64_t n)
{
    c->held += n;
    c->advance += n;
}

// What was granted ahead is paid back first. Returns what of `n` is left.
static inline uint64_t terni_credit_pay_back(terni_credit *c, uint64_t n)
{
    uint64_t paid = c->advance < n ? c->advance : n;

    c->advance -= paid;
    return n - paid;
}

static inline uint64_t terni_credit_take_due(terni_credit *c)
{
    uint64_t due = c->unacked;

    c->left += (int64_t)due;
    c->unacked = 0;
    return due;
}

static inline uint64_t terni_credit_consume(terni_credit *c, uint64_t n, uint64_t window)
{
    TERN_DEBUG_ASSERT(n <= c->held);
    c->held -= n;
    c->unacked += TERN_LIKELY(c->advance == 0) ? n : terni_credit_pay_back(c, n);
    return TERN_LIKELY(c->unacked < window / 2) ? 0 : terni_credit_take_due(c);
}

static inline uint64_t terni_credit_grant_ahead(terni_credit *c, uint64_t n, uint64_t spare)
{
    uint64_t more = n + spare - (uint64_t)c->left;

    if ((int64_t)n <= c->left)
        return 0;
    c->left += (int64_t)more;
    c->advance += more;
    return more;
}

static inline uint64_t terni_credit_hurry(terni_credit *c)
{
    if (TERN_LIKELY(c->left > (int64_t)c->unacked + TERNI_CREDIT_LOW))
        return 0;
    return terni_credit_take_due(c);
}

static inline void terni_credit_reserve(terni_shared_credit *c, uint64_t size)
{
    c->reserved += size;
    c->arriving += size;
}

static inline void terni_credit_unreserve(terni_shared_credit *c, uint64_t n)
{
    TERN_DEBUG_ASSERT(n <= c->reserved);
    c->reserved -= n;
}

static inline void terni_credit_settle(terni_shared_credit *c, uint64_t size, uint64_t lacks)
{
    TERN_DEBUG_ASSERT(lacks <= size && size <= c->arriving);
    c->arriving -= size;
    terni_credit_unreserve(c, lacks);
}

static inline uint64_t terni_credit_consume_shared(terni_shared_credit *c, uint64_t n,
                                                   uint64_t window)
{
    if (TERN_LIKELY(!c->arriving))
        return terni_credit_consume(&c->all, n, window);
    return terni_credit_consume_meanwhile(&c->all, n, window, c->arriving);
}

static inline uint64_t terni_credit_grant_reserved(terni_shared_credit *c, uint64_t window)
{
    return terni_credit_grant_ahead(&c->all, c->reserved, window / 2);
}

#endif
