// rpc/compress/compression_internal.h: the encodings of messages that are built in, by name and by number, and a
// message through each of them, both ways. Knows nothing of calls, nor of who may send what to whom.
//
// Lifetime:  static tables; the state of an encoding lives for one message.
// Threads:   any.
// Invariant: what a peer sends makes us hold at most `max` bytes, and what the encoding itself needs:
//            TERNI_UNPACK_STATE. What pack has made, unpack makes the same bytes of again.
#ifndef RPC_COMPRESS_COMPRESSION_INTERNAL_H
#define RPC_COMPRESS_COMPRESSION_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/compression.h>
#include <tern/linkbuf.h>

#include "rpc/base/quota_internal.h"
#include "rpc/compress/algorithm_internal.h"

// ---- which ---------------------------------------------------------------

// NULL: not built in, or nothing that packs.
const terni_compression *terni_compression_get(tern_compression which);
// What a peer calls it. NONE: "identity", or nothing at all; DEFAULT: it is not known here.
tern_compression terni_compression_find(const char *name, size_t len);
// All that are built in, the best first: "zstd,gzip,deflate". NULL: there are none.
const char *terni_compression_names(void);

// A set of them: a bit for each.
static inline unsigned terni_compression_bit(tern_compression which) { return 1u << which; }

// Those of a peer's list, "gzip, zstd", that are known here.
unsigned terni_compression_parse(const char *list, size_t len);
// What is wanted, as far as it is among `allowed`; NONE else.
tern_compression terni_compression_choose(tern_compression wanted, unsigned allowed);

// ---- a message -----------------------------------------------------------

// All of `in`, which stays as it is. `out` is empty, also after -ENOMEM.
TERN_NODISCARD int terni_compression_pack(const terni_compression *c, const tern_linkbuf *in,
                                          tern_linkbuf *out);

// Back again: at most `max` bytes, counted against the quota (NULL: none) as they come. `out` is empty before.
// 0: whoever drops `out` gives its length back to the quota. -EMSGSIZE: it is longer; -EDQUOT: the quota is used
// up; -EBADMSG: it is broken, or ends too soon, or not where the bytes do; -ENOMEM. Then `out` is empty.
TERN_NODISCARD int terni_compression_unpack(const terni_compression *c, const uint8_t *data,
                                            size_t len, uint64_t max, terni_quota *quota,
                                            tern_linkbuf *out);

#endif
