// tests/transport/tongue.h: the language of connections with a filter: that filter, and what their far ends, plain
// descriptors, say and hear. One far end of it is bytes in and bytes out. Knows nothing of sockets.
//
// Which one it is, is a question of what a test is linked with: the toy of xor_tongue.c, or a real one from above.
//
// Lifetime:  a far end: `make` / `free`. Its memory is not the library's: nothing of it may fail or be counted.
// Threads:   none.
#ifndef TESTS_TRANSPORT_TONGUE_H
#define TESTS_TRANSPORT_TONGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/conn_filter.h>

// ---- bytes that wait -----------------------------------------------------

typedef struct tongue_bytes tongue_bytes;
struct tongue_bytes {
    uint8_t *at;
    size_t   len, cap;
};

// Room for `n` more behind them. The caller adds to `len` what it has put there.
uint8_t *tongue_bytes_extend(tongue_bytes *b, size_t n);
// The first `n` of them go.
void tongue_bytes_drop(tongue_bytes *b, size_t n);

// ---- a language ----------------------------------------------------------

typedef struct tongue tongue;  // one far end

typedef struct tongue_ops tongue_ops;
struct tongue_ops {
    const char *name;      // behind that of a backend: "filtered"
    bool        is_alone;  // connections without a filter are tested elsewhere
    // What the socket carries beside plain text: the whole handshake to us, and with each record. 0: it varies.
    size_t n_handshake_bytes, n_record_bytes;
    // For a connection, or for one at its far end; NULL without memory.
    tern_conn_filter *(*filter)(bool is_far);
    // Says hello. `seed`: differs from one far end to the next.
    tongue *(*make)(int seed, tongue_bytes *out);
    void (*free)(tongue *t);
    // Consumes what is whole of `in`: plain text goes behind `text`, answers behind `out`. 0, 1 when their goodbye
    // has come, or -errno.
    int (*hear)(tongue *t, tongue_bytes *in, tongue_bytes *text, tongue_bytes *out);
    // Both only when plain text may go.
    void (*say)(tongue *t, const void *text, size_t n, tongue_bytes *out);
    void (*say_goodbye)(tongue *t, tongue_bytes *out);
    bool (*may_speak)(const tongue *t);
    bool (*is_established)(const tongue *t);  // and nothing of theirs is missing
};

extern const tongue_ops tongue_spoken;

#endif
