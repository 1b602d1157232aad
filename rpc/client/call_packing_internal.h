// rpc/client/call_packing_internal.h: what a client's call makes smaller of what it sends, and how it reads what has
// come so. Knows nothing of how calls are carried.
//
// Lifetime:  a part of the call: zeroed, then perhaps set; done.
// Threads:   set where the call is made, the rest on its poller.
// Invariant: `with` is what the server of this attempt was told, so it can read it; the request is kept as it was
//            packed, and packed anew where another server reads something else.
#ifndef RPC_CLIENT_CALL_PACKING_INTERNAL_H
#define RPC_CLIENT_CALL_PACKING_INTERNAL_H

#include <tern/call.h>

#include "rpc/session/session_internal.h"
#include "rpc/session/packed_internal.h"
#include "rpc/session/unpacked_internal.h"

typedef struct terni_kept_request terni_kept_request;  // call_packing.c

typedef struct terni_call_packing terni_call_packing;
struct terni_call_packing {
    tern_pool          *pool;     // of the call's poller, where something is wanted
    terni_kept_request *request;  // NULL: not packed yet
    uint64_t            from_bytes;
    uint8_t             wanted;      // tern_compression; NONE or less, as for most calls: nothing
    uint8_t             which;       // tern_compress
    uint8_t             with;        // tern_compression, from NONE on
    uint8_t             reply_with;  // as the server has said; DEFAULT: it is not known here
    bool                has_head;    // it has said something
    bool                is_compressed;  // the message that was read last had come so
};

static inline bool terni_call_packing_is_wanted(const terni_call_packing *p)
{
    return p->wanted > TERN_COMPRESSION_NONE;
}

// What the call or else its channel wants. NULL, or what is wrong with it.
TERN_NODISCARD const char *terni_call_packing_set(terni_call_packing *p, tern_pool *pool,
                                                  const tern_compression_choice *choice,
                                                  uint64_t                       from_bytes);
void                       terni_call_packing_done(terni_call_packing *p);

// One more attempt, on this session, with this request (NULL: it has none): `open` is told how it goes, if
// messages will follow in any case. 0, with the body as it goes, or -ENOMEM.
TERN_NODISCARD int terni_call_packing_open(terni_call_packing *p, const terni_session *s,
                                           const terni_body *request, bool is_last,
                                           terni_open *open, const terni_body **ret_body);
// A further message: 0 or -errno as terni_session_message, or TERNI_AS_IT_IS.
TERN_NODISCARD int terni_call_packing_send(terni_call_packing *p, terni_session *s,
                                           terni_stream *stream, const terni_message *m);

// ---- what comes ----------------------------------------------------------

void terni_call_packing_take_head(terni_call_packing *p, const terni_headers *headers);
// Of a compressed one: TERN_OK, or what the call ends with.
TERN_NODISCARD tern_status terni_call_packing_unpack(const terni_call_packing *p,
                                                     uint64_t max_message, tern_pool *pool,
                                                     const terni_piece *piece, terni_unpacked *ret);

#endif
