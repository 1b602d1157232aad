// rpc/wire/h2/huffman_internal.h: strings in the Huffman code of RFC 7541, appendix B. Knows nothing of
// where they come from.
//
//   char    *out = ...;  // terni_huffman_bound(len) bytes
//   ssize_t  n = terni_huffman_decode(bytes, len, out);
#ifndef RPC_WIRE_H2_HUFFMAN_INTERNAL_H
#define RPC_WIRE_H2_HUFFMAN_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tern/base.h>

// No code has less than five bits.
static inline size_t terni_huffman_bound(size_t len) { return len / 5 * 8 + len % 5 * 8 / 5; }

// How long it is in the clear, or -EBADMSG: it ends in the middle of a code, in more than seven bits of
// padding or in padding that is not all ones, or it holds EOS.
TERN_NODISCARD ssize_t terni_huffman_decode(const uint8_t *bytes, size_t len, char *ret_text);

#endif
