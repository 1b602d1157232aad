// rpc/wire/h2/answer_internal.h: header blocks out, of a server: how an answer begins and how it ends.
#ifndef RPC_WIRE_H2_ANSWER_INTERNAL_H
#define RPC_WIRE_H2_ANSWER_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

// ---- metadata, of either side ---------------------------------------------

size_t   terni_h2_metadata_bound(const terni_meta_list *list);
uint8_t *terni_h2_put_metadata(uint8_t *p, const terni_meta_list *list);

// ---- a status, without its code ------------------------------------------

// What of it is written out, and so does not depend on the order in which blocks are sent.
size_t   terni_h2_status_bound(const terni_close *close);
uint8_t *terni_h2_put_status(uint8_t *p, const terni_close *close);

// ---- blocks --------------------------------------------------------------

// The answer's head, if it is not out. False: the engine has failed.
bool terni_h2_begin_answer(terni_engine *e, terni_stream *s, const terni_headers *headers);
// The answer's end, and its head with it if that is not out; `close` NULL: OK, and nothing else.
void terni_h2_end_answer(terni_engine *e, terni_stream *s, const terni_close *close);
// The same, with `len` bytes of a put_status.
void terni_h2_end_answer_as_put(terni_engine *e, terni_stream *s, uint32_t code,
                                const uint8_t *status, size_t len);
// The call ends without us: with a status if there is still a place for it, or with a reset. Either role.
void terni_h2_give_up(terni_engine *e, terni_stream *s, uint32_t code, const char *why);

// ---- to what never became a call -----------------------------------------

void terni_h2_refuse(terni_engine *e, uint32_t stream, bool has_ended, uint32_t code,
                     const char *why);
// Its messages are in an encoding that we cannot read: the answer says which we can.
void terni_h2_refuse_encoding(terni_engine *e, uint32_t stream, bool has_ended, const char *name,
                              size_t len);
void terni_h2_refuse_http(terni_engine *e, uint32_t stream, bool has_ended, unsigned status,
                          const char *text);

#endif
