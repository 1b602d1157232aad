// rpc/wire/h2/fields_internal.h: a header list as it is decoded: what HTTP and gRPC mean by their own fields,
// and the rest, which is the call's metadata. Judges what is malformed; what follows from that, the engine
// decides. Knows nothing of frames or streams.
//
// Lifetime:  on the stack; init / done. Texts are borrowed until done.
// Threads:   none.
// Invariant: after a fault, or beyond the limit, nothing more is kept; the decoder goes on all the same,
//            because its table is the connection's.
//
//   h2_fields f;
//   h2_fields_init(&f, H2_REQUEST, limits->max_metadata);
//   err = terni_hpack_decode(&e->hpack, block, len, h2_fields_add, &f);
//   if (h2_fields_finish(&f)) ... f.path, f.metas ...
//   h2_fields_done(&f);
#ifndef RPC_WIRE_H2_FIELDS_INTERNAL_H
#define RPC_WIRE_H2_FIELDS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc/base/meta_internal.h"
#include "rpc/wire/h2/hpack_internal.h"

typedef enum h2_list { H2_REQUEST, H2_RESPONSE, H2_TRAILERS } h2_list;

typedef struct h2_text h2_text;
struct h2_text {
    char    *at;  // NULL: there is no such field
    uint32_t len;
};

enum { H2_FEW_METAS = 16, H2_SHORT_TEXT = 1024 };

typedef struct h2_fields h2_fields;
struct h2_fields {
    h2_text     method, scheme, path, authority;  // a request's
    h2_text     status;                           // a response's
    h2_text     content_type, encoding, accept_encoding, timeout;
    h2_text     grpc_status, message, details;
    h2_text     host, content_length, te;
    terni_meta *metas;
    uint32_t    n_metas, cap_metas;
    const char *fault;  // malformed: why
    bool        is_too_large;
    bool        lacks_memory;
    bool        has_regular;  // pseudo-header fields come first
    h2_list     list;
    uint64_t    size, limit;  // as HTTP counts: 32 for each field
    char       *next, *end;   // room for text
    char       *long_text;
    terni_meta  few_metas[H2_FEW_METAS];
    char        short_text[H2_SHORT_TEXT];
};

void h2_fields_init(h2_fields *f, h2_list list, uint32_t limit);
void h2_fields_done(h2_fields *f);

// A terni_hpack_field_fn.
void h2_fields_add(void *fields, const terni_hpack_field *field);
// All have come. False: is_too_large, lacks_memory or fault says why.
bool h2_fields_finish(h2_fields *f);

static inline bool h2_text_is(const h2_text *t, const char *text)
{
    return t->at && t->len == __builtin_strlen(text) && __builtin_memcmp(t->at, text, t->len) == 0;
}
// "application/grpc", and what may stand behind it.
bool h2_fields_are_grpc(const h2_fields *f);

#endif
