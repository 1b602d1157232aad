// transport/net/conn_tally_internal.h: how much of something has gone that goes inside of something else: plain
// text inside of what a filter has made of it. Knows nothing of either.
//
// Lifetime:  a value; zero.
// Threads:   none.
// Invariant: never ahead of the truth. Behind it by what is under way at most, and exact when all is out.
#ifndef TRANSPORT_NET_CONN_TALLY_INTERNAL_H
#define TRANSPORT_NET_CONN_TALLY_INTERNAL_H

#include <stdint.h>

// Not an entry for each piece, of which there may be thousands: one mark on the way, and the next one where
// things stand when it is reached.
typedef struct terni_conn_tally terni_conn_tally;
struct terni_conn_tally {
    uint64_t total, gone;
    uint64_t
        mark;  // so much has gone when `mark_at` bytes around it are out; `gone`: there is no mark
    uint64_t mark_at;
};

// `n` more, inside of the first `end` bytes.
static inline void terni_conn_tally_add(terni_conn_tally *t, uint64_t n, uint64_t end)
{
    t->total += n;
    if (t->mark == t->gone) {
        t->mark = t->total;
        t->mark_at = end;
    }
}

// `out` bytes are out, of `end` that are made.
static inline void terni_conn_tally_advance(terni_conn_tally *t, uint64_t out, uint64_t end)
{
    while (t->mark > t->gone && out >= t->mark_at) {
        t->gone = t->mark;
        t->mark = t->total;
        t->mark_at = end;
    }
}

#endif
