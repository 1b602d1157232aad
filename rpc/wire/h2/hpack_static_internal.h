// rpc/wire/h2/hpack_static_internal.h: a header field, and HPACK's table of 61 that everybody knows
// (RFC 7541, appendix A).
#ifndef RPC_WIRE_H2_HPACK_STATIC_INTERNAL_H
#define RPC_WIRE_H2_HPACK_STATIC_INTERNAL_H

#include <stdint.h>

typedef struct terni_hpack_field terni_hpack_field;
struct terni_hpack_field {
    const char *name, *value;  // not ended by a zero
    uint32_t    name_len, value_len;
};

enum { TERNI_HPACK_N_STATIC = 61 };

// Indices begin at 1; [0] is empty.
extern const terni_hpack_field terni_hpack_static[TERNI_HPACK_N_STATIC + 1];

#endif
