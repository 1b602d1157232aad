// tern/compression.h: how messages are made smaller on their way. Knows nothing of where that is said: in the
// options of channels, calls and servers, by handlers, and between the messages of a stream.
//
//   tern_connect(address, &(tern_channel_opts){ .compression.with = TERN_COMPRESSION_GZIP });
//
// Only what the peer has said it can read is sent to it; all else goes as it is. What takes secrets and what
// somebody else chooses into one message should not be compressed: its size would tell of both.
#ifndef TERN_COMPRESSION_H
#define TERN_COMPRESSION_H

#ifdef __cplusplus
extern "C" {
#endif

// What with. gzip and deflate are there where libtern was built with zlib, zstd with libzstd.
typedef enum tern_compression {
    TERN_COMPRESSION_DEFAULT,  // of a call: as its channel or server has it; of these: none
    TERN_COMPRESSION_NONE,
    TERN_COMPRESSION_ANY,  // the first of zstd, gzip and deflate that both sides know
    TERN_COMPRESSION_GZIP,
    TERN_COMPRESSION_DEFLATE,
    TERN_COMPRESSION_ZSTD,
} tern_compression;

// Which messages, where there is something to do it with.
typedef enum tern_compress {
    TERN_COMPRESS_WORTHWHILE,  // long ones, if they get shorter by it
    TERN_COMPRESS_ALWAYS,      // each that is not empty
    TERN_COMPRESS_NEVER,
} tern_compress;

// Zero is the default: of a call as its channel has it.
typedef struct tern_compression_choice tern_compression_choice;
struct tern_compression_choice {
    tern_compression with;
    tern_compress    which;
};

#ifdef __cplusplus
}
#endif

#endif
