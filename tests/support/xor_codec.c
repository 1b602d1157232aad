#include "tests/support/xor_codec.h"

#include <string.h>

#include <tern/base.h>

static const char magic[] = { 'x', 'o', 'r', '1' };

void xor_codec_init(xor_codec *x, uint8_t key) { *x = (xor_codec){ .key = key }; }

// Both ways. In locals, where a compiler sees that nothing else is written, and takes many bytes at once.
static void cipher(uint8_t *to, const uint8_t *from, size_t n, uint8_t key)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(from[i] ^ (uint8_t)(key + i));
}

// ---- out -----------------------------------------------------------------

size_t xor_codec_put(xor_codec *x, xor_kind kind, const void *payload, size_t n, uint8_t *to)
{
    const uint8_t *from = payload;

    TERN_ASSERT(n <= XOR_MAX_PAYLOAD);
    to[0] = (uint8_t)kind;
    to[1] = (uint8_t)(n >> 16);
    to[2] = (uint8_t)(n >> 8);
    to[3] = (uint8_t)n;
    if (kind == XOR_TEXT) {
        cipher(to + XOR_HEADER, from, n, (uint8_t)(x->key + x->out_at));
        x->out_at = (uint8_t)(x->out_at + n);
    } else if (n) {
        memcpy(to + XOR_HEADER, from, n);
    }
    return XOR_HEADER + n;
}

size_t xor_codec_put_hello(xor_codec *x, uint8_t *to)
{
    uint8_t hello[sizeof magic + 1];

    memcpy(hello, magic, sizeof magic);
    hello[sizeof magic] = x->key;
    return xor_codec_put(x, XOR_HELLO, hello, sizeof hello, to);
}

static uint8_t proof_of(uint8_t key) { return (uint8_t)(key * 7 + 1); }

size_t xor_codec_put_ack(xor_codec *x, uint8_t *to)
{
    uint8_t proof = proof_of(x->their_key);

    return xor_codec_put(x, XOR_ACK, &proof, 1, to);
}

// ---- in ------------------------------------------------------------------

size_t xor_codec_payload(const uint8_t header[XOR_HEADER])
{
    return (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
}

void xor_codec_read(xor_codec *x, const uint8_t *from, size_t n, uint8_t *to)
{
    cipher(to, from, n, (uint8_t)(x->their_key + x->in_at));
    x->in_at = (uint8_t)(x->in_at + n);
}

static bool take_hello(xor_codec *x, const uint8_t *payload, size_t n)
{
    if (x->has_hello || n != sizeof magic + 1 || memcmp(payload, magic, sizeof magic) != 0)
        return false;
    x->has_hello = true;
    x->their_key = payload[sizeof magic];
    return true;
}

static bool take_ack(xor_codec *x, const uint8_t *payload, size_t n)
{
    if (!x->has_hello || x->has_ack || n != 1 || *payload != proof_of(x->key))
        return false;
    x->has_ack = true;
    return true;
}

bool xor_codec_take(xor_codec *x, xor_kind kind, const uint8_t *payload, size_t n)
{
    switch (kind) {
    case XOR_HELLO:
        return take_hello(x, payload, n);
    case XOR_ACK:
        return take_ack(x, payload, n);
    case XOR_PING:
    case XOR_PONG:
    case XOR_BYE:
        return xor_codec_is_established(x);
    case XOR_ALERT:
        return true;
    case XOR_TEXT:
        break;
    }
    return false;
}

size_t xor_codec_odd(uint32_t *state, size_t max)
{
    static const uint16_t lengths[] = { 1, 2, 3, 5, 1, 13, 61, 509, 1021, 4093, 8191 };
    size_t                n;

    *state = *state * 1664525u + 1013904223u;
    n = lengths[(*state >> 16) % TERN_COUNT_OF(lengths)];
    return n < max ? n : max;
}
