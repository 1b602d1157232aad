// rpc/wire/outqueue_internal.h: messages that wait for credit or room, turn by turn, so that a long one
// does not hold up the short ones behind it. Owns their bodies. Knows nothing of frames: the engine says
// how much of one may go now, and sends it.
//
// Lifetime:  embedded in the engine, zeroed; done. A waiting message: add .. drop.
// Threads:   none. One owner at a time.
// Invariant: those with is_ready are in the ring of turns, each once; the others are asleep: their own
//            window is shut, and nothing looks at them until it opens (terni_outqueue_wake).
// Cost:      a pump costs what it sends, and one look at each that falls asleep, however many wait.
//
//   w = terni_outqueue_add(&q, pool, stream, &body, sizeof(own));  // ... and `own` is filled
//   terni_outqueue_pump(&q, &sender, engine);                      // after whatever may have made room
//   terni_outqueue_wake(&q, w);                                    // its window has opened
#ifndef RPC_WIRE_OUTQUEUE_INTERNAL_H
#define RPC_WIRE_OUTQUEUE_INTERNAL_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/linkbuf.h>

#include "rpc/wire/stream_internal.h"
#include "rpc/wire/wire_internal.h"

typedef struct terni_waiting terni_waiting;
struct terni_waiting {
    tern_linkbuf   body;  // what has not gone yet
    uint64_t       size;  // of the whole message
    terni_stream  *stream;
    terni_waiting *next, *prev;
    bool           is_ready;
    alignas(uint64_t) uint8_t own[];  // the engine's
};

typedef struct terni_outqueue_sender terni_outqueue_sender;
struct terni_outqueue_sender {
    // May anything go at all: has the connection credit, and the output room? Asked before each part.
    bool (*may_send)(const void *engine);
    // How many bytes of `w` may go then. 0, with bytes left: its own window is shut, and it falls asleep.
    size_t (*part)(const void *engine, const terni_waiting *w);
    // Moves `n` bytes from the front of w->body into a frame. False: the engine has failed.
    bool (*send)(void *engine, terni_waiting *w, size_t n);
    // All of `w` is on its way, and it is to be dropped. May change the queue.
    void (*sent)(void *engine, terni_waiting *w);
};

typedef struct terni_outqueue terni_outqueue;
struct terni_outqueue {
    terni_waiting *turn;   // whose it is; NULL: all sleep
    uint32_t       n;      // that wait, asleep or not
    uint64_t       bytes;  // of their bodies
};

// All have been dropped.
void terni_outqueue_done(terni_outqueue *q);

// Writes the body aside, behind the others; the stream is BLOCKED from now on. `own_len` bytes of the
// engine's come with it, zeroed. NULL without memory.
terni_waiting *terni_outqueue_add(terni_outqueue *q, tern_pool *pool, terni_stream *s,
                                  const terni_body *body, size_t own_len);
void           terni_outqueue_drop(terni_outqueue *q, terni_waiting *w);
// The window of `w` is open: it takes its turn again, behind the others.
void terni_outqueue_wake(terni_outqueue *q, terni_waiting *w);

// One part of each in turn, for as long as anything may go.
static inline void terni_outqueue_pump(terni_outqueue *q, const terni_outqueue_sender *sender,
                                       void *engine);

bool terni_outqueue_is_valid(const terni_outqueue *q);

// ---- inline bodies -------------------------------------------------------

void terni_outqueue_pump_slow(terni_outqueue *q, const terni_outqueue_sender *sender, void *engine);

static inline void terni_outqueue_pump(terni_outqueue *q, const terni_outqueue_sender *sender,
                                       void *engine)
{
    if (TERN_UNLIKELY(q->turn != NULL))
        terni_outqueue_pump_slow(q, sender, engine);
}

#endif
