// rpc/tls/plain_internal.h: those who speak plain text to TLS: known by their first bytes, and told so in their own words.
// Knows nothing of TLS.
//
// Lifetime:  none.
// Threads:   any: static.
#ifndef RPC_TLS_PLAIN_INTERNAL_H
#define RPC_TLS_PLAIN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TERNI_TLS_MAX_PLAIN_SNIFF = 8 };

// TLS begins with a record of a handshake; and a peer that wants none answers with one of an alert.
static inline bool terni_tls_is_first_byte(uint8_t byte) { return byte == 0x16 || byte == 0x15; }

typedef struct terni_tls_plain terni_tls_plain;
struct terni_tls_plain {
    const char *name;    // "HTTP/1"; "plain text": unknown
    const void *answer;  // what it can read; NULL: nothing
    size_t      answer_len;
};

// Who begins like this, a client if `is_server` is where we are; NULL: more is needed to know.
const terni_tls_plain *terni_tls_plain_find(const uint8_t *bytes, size_t len);

#endif
