// rpc/wire/native/send_internal.h: messages and answers out: at once where the peer's windows allow it,
// in parts and in turn otherwise. What the functions do and return is said at terni_wire.
#ifndef RPC_WIRE_NATIVE_SEND_INTERNAL_H
#define RPC_WIRE_NATIVE_SEND_INTERNAL_H

#include "rpc/wire/native/engine_internal.h"

// Less than a frame of the first flight, with room for a message_size: so that the head of a CLOSE
// and at least a byte of its message always fit one frame.
enum { MAX_SENT_HEAD = MAX_HEAD - 128 };

int  terni_native_message(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last);
int  terni_native_end(terni_engine *e, terni_stream *s);
void terni_native_cancel(terni_engine *e, terni_stream *s, uint32_t code, const char *why);
int  terni_native_headers(terni_engine *e, terni_stream *s, const terni_headers *headers);
int  terni_native_finish(terni_engine *e, terni_stream *s, const terni_close *close,
                         const terni_body *body);
void terni_native_pump(terni_engine *e);
// The peer lets `by` bytes more of `s` go.
void terni_native_widen(terni_engine *e, terni_stream *s, int64_t by);

// ---- for open.c ----------------------------------------------------------

size_t   terni_native_metadata_size(const terni_meta_list *list);
uint8_t *terni_native_put_metadata(uint8_t *p, unsigned number, const terni_meta_list *list);
// A flag of the first part of a message.
static inline unsigned terni_native_compressed(const terni_body *body)
{
    return body->is_compressed ? FLAG_COMPRESSED : 0;
}

// A frame of a message that may go now, whole: room for prefix and head, and then the body.
bool terni_native_fits_now(const terni_engine *e, const terni_body *body, size_t head_len);
int  terni_native_append_frame(terni_engine *e, const terni_body *body, size_t head_len,
                               uint8_t **ret_p);
int  terni_native_write_body(terni_engine *e, const terni_body *body);
// How a message that waits is sent: the engine's part of a terni_waiting.
typedef struct sending sending;
struct sending {
    bool     is_last;     // END behind it
    bool     is_closing;  // the last part rides on a CLOSE
    bool     has_begun;   // the peer knows its size
    uint8_t  compressed;  // the flag
    uint32_t close_len;
    uint8_t  close_head[];  // of the CLOSE, without message_size
};

static inline sending *terni_native_sending(const terni_waiting *w)
{
    return (sending *)(uintptr_t)w->own;
}

// The message waits for its turn in the queue; NULL without memory.
sending *terni_native_make_wait(terni_engine *e, terni_stream *s, const terni_body *body,
                                size_t close_len);

#endif
