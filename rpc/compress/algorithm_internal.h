// rpc/compress/algorithm_internal.h: what an encoding is made of, a file for each library that has some. Knows
// nothing of how they are chosen, nor of where messages lie.
//
// Lifetime:  static tables; the state of an encoding lives for one message.
// Threads:   any; a state has one owner.
#ifndef RPC_COMPRESS_ALGORITHM_INTERNAL_H
#define RPC_COMPRESS_ALGORITHM_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // Bytes of what came before that a peer may refer to, of the encoding that remembers most: zstd. RFC 8878
    // recommends as much; the others have 32 KiB.
    TERNI_MAX_WINDOW = 8 * 1024 * 1024,
    TERNI_UNPACK_STATE = TERNI_MAX_WINDOW + 1024 * 1024,
};

// What lies before an encoding and behind it: it takes from the one and fills the other.
typedef struct terni_pack_io terni_pack_io;
struct terni_pack_io {
    const uint8_t *in;
    size_t         in_len;
    uint8_t       *out;
    size_t         out_len;
};

// One direction of an encoding. `begin` makes the state, for a message of `size` bytes where that is known;
// NULL without memory. `step` goes as far as input or room lets it; with `is_last` there is no more of the
// input. 1: all is out; 0, or -EBADMSG, -ENOMEM.
typedef struct terni_pack_ops terni_pack_ops;
struct terni_pack_ops {
    void *(*begin)(uint64_t size);
    int (*step)(void *state, terni_pack_io *io, bool is_last);
    void (*end)(void *state);
};

typedef struct terni_compression terni_compression;
struct terni_compression {
    const char           *name;  // as peers say it: "gzip"
    const terni_pack_ops *pack, *unpack;
};

#ifdef TERN_HAS_ZLIB
extern const terni_compression terni_gzip, terni_deflate;
#endif
#ifdef TERN_HAS_ZSTD
extern const terni_compression terni_zstd;
#endif

#endif
