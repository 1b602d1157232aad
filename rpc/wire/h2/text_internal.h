// rpc/wire/h2/text_internal.h: how gRPC writes in HTTP/2's fields what is no plain text: a deadline, a status's
// message, binary metadata. Pure functions; knows nothing of fields or frames.
//
// What comes from a peer is never refused for being odd: what cannot be read stays as it is, or is left out, as
// gRPC wants it.
#ifndef RPC_WIRE_H2_TEXT_INTERNAL_H
#define RPC_WIRE_H2_TEXT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TERNI_TIMEOUT_MAX = 9 };  // digits and a unit

// ---- grpc-timeout --------------------------------------------------------

// Never less than `timeout_us`; at most TERNI_TIMEOUT_MAX bytes. Returns how many.
size_t terni_timeout_put(char *dst, uint64_t timeout_us);
// At least 1, which has passed already. False: it is no timeout.
bool terni_timeout_get(const char *text, size_t len, uint64_t *ret_timeout_us);

// ---- grpc-message --------------------------------------------------------

static inline size_t terni_percent_bound(size_t len) { return 3 * len; }
// Returns the byte behind what was written.
char *terni_percent_put(char *dst, const char *text, size_t len);
// In place; what is no escape stays. Returns the new length.
size_t terni_percent_decode(char *text, size_t len);

// ---- -bin ----------------------------------------------------------------

static inline size_t terni_base64_bound(size_t len) { return (len + 2) / 3 * 4; }
// Without padding. Returns the byte behind what was written.
char *terni_base64_put(char *dst, const uint8_t *bytes, size_t len);
// In place, with or without padding. False: it is no base64.
bool terni_base64_decode(char *text, size_t len, size_t *ret_len);

#endif
