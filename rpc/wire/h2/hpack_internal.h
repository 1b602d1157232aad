// rpc/wire/h2/hpack_internal.h: the header blocks of HTTP/2, read (RFC 7541). Knows nothing of frames, nor
// of which fields belong together: names and values are bytes.
//
// Lifetime:  embedded; terni_hpack_init / terni_hpack_done. No memory before the peer indexes something.
// Threads:   none.
// Invariant: after each block the table is the peer's, or the connection is beyond repair.
//
//   terni_hpack d;
//   terni_hpack_init(&d, 4096);
//   if ((err = terni_hpack_decode(&d, block, len, on_field, arg)) < 0) ...  // GOAWAY
#ifndef RPC_WIRE_H2_HPACK_INTERNAL_H
#define RPC_WIRE_H2_HPACK_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

#include "rpc/wire/h2/hpack_static_internal.h"
#include "rpc/wire/h2/hpack_table_internal.h"

typedef struct terni_hpack terni_hpack;
struct terni_hpack {
    terni_hpack_table table;
    uint32_t          max_size;   // the largest that the peer may make it
    uint32_t          n_changes;  // of the table: as long as it is the same, so are all indices
};

// `max_size` is the SETTINGS_HEADER_TABLE_SIZE that we announce, at most TERNI_HPACK_MAX_LIMIT. The table
// begins with 4,096, as HTTP/2 says, or less.
void terni_hpack_init(terni_hpack *d, uint32_t max_size);
void terni_hpack_done(terni_hpack *d);

// Runs within terni_hpack_decode. For each field in its order. May not use the decoder. `field` and what
// it points to are borrowed for the call. An empty name is handed up like any other.
typedef void terni_hpack_field_fn(void *arg, const terni_hpack_field *field);

// One whole block. 0, or -EBADMSG (COMPRESSION_ERROR) or -ENOMEM: the table is then no longer the peer's,
// and the fields that have been handed up are to be forgotten with the connection.
TERN_NODISCARD int terni_hpack_decode(terni_hpack *d, const uint8_t *block, size_t len,
                                      terni_hpack_field_fn *fn, void *arg);

#endif
