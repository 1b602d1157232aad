// tests/support/xor_codec.h: a language that is to TLS what a toy is to a tool: a handshake of two flights each
// way, records, alerts, a goodbye. Its cipher hides nothing, but no byte is what it was. Does no I/O and
// keeps no bytes.
//
//      A                                B
//      HELLO key -------->  <---------- HELLO key
//      ACK of B's key --->  <---------- ACK of A's key
//      TEXT, PING, ...      <--------->
//      BYE ------------->   <---------- BYE            each for its own half
//
// Lifetime:  a value; xor_codec_init.
// Threads:   none.
#ifndef TESTS_SUPPORT_XOR_CODEC_H
#define TESTS_SUPPORT_XOR_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    XOR_HEADER = 4,  // kind, and the length of what follows
    XOR_MAX_PAYLOAD = 8 * 1024,
    XOR_MAX_RECORD = XOR_HEADER + XOR_MAX_PAYLOAD,
};

typedef enum xor_kind {
    XOR_HELLO = 'H',
    XOR_ACK = 'A',
    XOR_TEXT = 'T',
    XOR_PING = 'P',  // to be answered, by as many bytes
    XOR_PONG = 'p',
    XOR_ALERT = '!',  // the last word of one who has failed
    XOR_BYE = 'B',
} xor_kind;

typedef struct xor_codec xor_codec;
struct xor_codec {
    uint8_t key, their_key;
    uint8_t out_at, in_at;  // of the key streams
    bool    has_hello, has_ack;
};

void xor_codec_init(xor_codec *x, uint8_t key);

// Both hellos and both acks have been said.
static inline bool xor_codec_is_established(const xor_codec *x)
{
    return x->has_hello && x->has_ack;
}

// ---- out -----------------------------------------------------------------

// One record of `n` bytes, at most XOR_MAX_PAYLOAD, into `to`. Returns its length, XOR_HEADER + n.
size_t xor_codec_put(xor_codec *x, xor_kind kind, const void *payload, size_t n, uint8_t *to);
size_t xor_codec_put_hello(xor_codec *x, uint8_t *to);
size_t xor_codec_put_ack(xor_codec *x, uint8_t *to);  // when their hello has come

// ---- in ------------------------------------------------------------------

// How long the payload is whose header this is.
size_t xor_codec_payload(const uint8_t header[XOR_HEADER]);
// The next `n` bytes of a TEXT.
void xor_codec_read(xor_codec *x, const uint8_t *from, size_t n, uint8_t *to);
// A whole record of any other kind, at a time when it is legal. False if it is not.
bool xor_codec_take(xor_codec *x, xor_kind kind, const uint8_t *payload, size_t n);

// Lengths that nothing is a multiple of, in an order that does not repeat soon. Never more than `max`, nor 0.
size_t xor_codec_odd(uint32_t *state, size_t max);

#endif
