// rpc/json/out_internal.h: text on its way into a LinkBuffer. Knows nothing of messages.
//
// Lifetime:  on the stack; terni_json_out_init, then terni_json_out_finish or terni_json_out_drop.
// Threads:   none.
// Invariant: start <= p <= end; what is between the first two is not yet part of the queue.
// Failure:   sticky. After it there is still room to write to, which nobody reads: ask at the end.
#ifndef RPC_JSON_OUT_INTERNAL_H
#define RPC_JSON_OUT_INTERNAL_H

#include <string.h>

#include <tern/linkbuf.h>

#include "rpc/json/decimal_internal.h"

enum { TERNI_JSON_MAX_ROOM = 512 };  // that may be asked for at once

typedef struct terni_json_out terni_json_out;
struct terni_json_out {
    uint8_t     *p, *end, *start;
    tern_linkbuf queue;
    size_t       room;       // the next piece
    size_t       max_bytes;  // that may still come
    int          err;
    uint8_t      sink[TERNI_JSON_MAX_ROOM];
};

void terni_json_out_init(terni_json_out *o, tern_pool *pool, size_t max_bytes);
// Moves all behind `out`, or nothing. 0, -ENOMEM or -EMSGSIZE. Ends it.
TERN_NODISCARD int terni_json_out_finish(terni_json_out *o, tern_linkbuf *out);
void               terni_json_out_drop(terni_json_out *o);

void terni_json_out_grow(terni_json_out *o);

// `n` bytes of room, to be written at o->p.
static inline uint8_t *terni_json_out_room(terni_json_out *o, size_t n)
{
    TERN_DEBUG_ASSERT(n <= TERNI_JSON_MAX_ROOM);
    if (TERN_UNLIKELY((size_t)(o->end - o->p) < n))
        terni_json_out_grow(o);
    return o->p;
}

void terni_json_out_bytes(terni_json_out *o, const void *data, size_t len);
// With the quotes, escaped where it has to be. False: not UTF-8.
TERN_NODISCARD bool terni_json_out_string(terni_json_out *o, const uint8_t *s, size_t len);
// The same without.
TERN_NODISCARD bool terni_json_out_unquoted(terni_json_out *o, const uint8_t *s, size_t len);
void                terni_json_out_base64(terni_json_out *o, const uint8_t *data, size_t len);

static inline void terni_json_out_char(terni_json_out *o, char c)
{
    *terni_json_out_room(o, 1) = (uint8_t)c;
    o->p++;
}

// Short words.
static inline void terni_json_out_word(terni_json_out *o, const char *word, size_t len)
{
    if (TERN_UNLIKELY(len > TERNI_JSON_MAX_ROOM)) {
        terni_json_out_bytes(o, word, len);
        return;
    }
    memcpy(terni_json_out_room(o, len), word, len);
    o->p += len;
}

static inline void terni_json_out_text(terni_json_out *o, const char *text)
{
    terni_json_out_word(o, text, strlen(text));
}

#endif
