// rpc/call/inbox_internal.h: messages of a stream that nobody has asked for yet, still encoded. Knows nothing
// of calls; the windows of the wire bound it, and the credit for each message goes back when it is let go.
//
// Lifetime:  embedded; terni_inbox_init / terni_inbox_done, which lets go of what is left. Then it may be used
//            for another stream.
// Threads:   none. One owner at a time, of the pool that the messages lie in, too.
// Invariant: its messages are all of one session, and are held of that.
#ifndef RPC_CALL_INBOX_INTERNAL_H
#define RPC_CALL_INBOX_INTERNAL_H

#include <tern/block.h>

#include "rpc/session/session_internal.h"

typedef struct terni_inbox_item terni_inbox_item;

typedef struct terni_inbox terni_inbox;
struct terni_inbox {
    terni_inbox_item *head, **tail;
    terni_stream     *stream;   // the call's
    terni_holding    *holding;  // a reference, from the first message on
    uint32_t          n_empty;  // messages
};

enum {
    // Short messages lie together, so that they take little more than their bytes, which the windows bound. Empty
    // ones cost no credit: more than these are not kept.
    TERNI_INBOX_MAX_EMPTY = 64 * 1024,
};

void               terni_inbox_init(terni_inbox *inbox, terni_stream *stream);
static inline void terni_inbox_done(terni_inbox *inbox);

static inline bool terni_inbox_is_empty(const terni_inbox *inbox) { return !inbox->head; }

// Keeps the bytes: by a reference to their block, or copied where they are a small part of it, so that a
// short message does not keep a long block alive while it waits. 0, or -ENOMEM, or -ENOBUFS beyond
// TERNI_INBOX_MAX_EMPTY: then they are let go.
TERN_NODISCARD int terni_inbox_push(terni_inbox *inbox, terni_session *from,
                                    const terni_piece *piece);

// What such a failure is called.
const char *terni_inbox_why(int err);

// The first message, borrowed until terni_inbox_pop; NULL when empty.
const terni_piece *terni_inbox_peek(const terni_inbox *inbox);
void               terni_inbox_pop(terni_inbox *inbox);
// All that is left.
void terni_inbox_drop(terni_inbox *inbox);

// What its messages take, with the blocks that they lie in.
size_t terni_inbox_memory(const terni_inbox *inbox);

static inline void terni_inbox_done(terni_inbox *inbox)
{
    if (TERN_LIKELY(!inbox->holding))
        return;
    terni_inbox_drop(inbox);
    terni_holding_unref(inbox->holding);
    inbox->holding = NULL;
}

#endif
