// rpc/json/base64_internal.h: bytes as base64 and back. Knows nothing of JSON.
//
// Threads:   any.
#ifndef RPC_JSON_BASE64_INTERNAL_H
#define RPC_JSON_BASE64_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Writes with the standard alphabet and padding: four bytes for each three that begin. Returns what is behind.
uint8_t *terni_json_base64_write(uint8_t *p, const uint8_t *data, size_t len);

// Reads either alphabet, padded or not. At most 3/4 of `len` bytes; `ret` may be `text`. Their number, or -1.
ssize_t terni_json_base64_read(const uint8_t *text, size_t len, uint8_t *ret);

#endif
