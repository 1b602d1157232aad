// rpc/wire/farewell_internal.h: what calls end with that a server has not processed, by its GOAWAY.
//
// Lifetime:  none.
// Threads:   none.
#ifndef RPC_WIRE_FAREWELL_INTERNAL_H
#define RPC_WIRE_FAREWELL_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

enum { TERNI_MAX_FAREWELL = 160 };

// A server that only goes says nothing that a caller has to know. One that has a complaint is quoted: `text` is its
// own, of any bytes. Returns the length.
uint32_t terni_farewell_put(char to[TERNI_MAX_FAREWELL], uint32_t code, const char *text,
                            size_t len);

#endif
