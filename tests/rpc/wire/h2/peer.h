// tests/rpc/wire/h2/peer.h: a decoder, and what it has handed up of the last block: "name: value\n" for
// each field. Its functions end the test with cmocka's asserts.
#ifndef TESTS_RPC_WIRE_H2_PEER_H
#define TESTS_RPC_WIRE_H2_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "rpc/wire/h2/hpack_internal.h"

enum { USUAL_SIZE = 4096, MAX_BLOCK = 8192 };

typedef struct peer peer;
struct peer {
    terni_hpack       d;
    char              fields[2 * MAX_BLOCK];
    size_t            fields_len;
    terni_hpack_field last;  // its pointers, to compare and no more
    uint8_t          *block;
    size_t            len;
};

peer *new_peer(uint32_t max_size);
void  drop_peer(peer *p);

// A block in memory of just its size. What the decoder returns; its table is valid.
int decode(peer *p, const uint8_t *block, size_t len);

// A block of digits in groups as the RFC prints them; 'text' in quotes stands for its bytes.
int    decode_hex(peer *p, const char *hex);
size_t read_hex(const char *hex, uint8_t *ret);

void assert_block(peer *p, const char *hex, const char *fields);
void assert_refused(peer *p, const char *hex);
void assert_always_refused(const char *hex);  // by a decoder of its own

#endif
