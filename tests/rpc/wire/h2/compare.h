// tests/rpc/wire/h2/compare.h: our decoder of header blocks beside nghttp2's, on the same blocks. Every
// difference in the verdict, in the fields or in the table afterwards ends the program with a message;
// but for two where ours is stricter, or says less:
//
//   - a third update of the table's size in a block is refused by ours alone (MAX_SIZE_UPDATES);
//   - theirs insists on an update where the announced table is smaller than 4,096, ours begins with it.
//
// Theirs also refuses strings above 64 KiB: no block may be so long.
#ifndef TESTS_RPC_WIRE_H2_COMPARE_H
#define TESTS_RPC_WIRE_H2_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nghttp2/nghttp2.h>

#include "rpc/wire/h2/hpack_internal.h"

// Fields in a row, to be compared byte by byte.
typedef struct hpack_list hpack_list;
struct hpack_list {
    char  *bytes;
    size_t len, cap, n;
};

void hpack_list_add(hpack_list *l, const terni_hpack_field *field);
void hpack_list_clear(hpack_list *l);
void hpack_list_done(hpack_list *l);
bool hpack_list_is_equal(const hpack_list *a, const hpack_list *b);

typedef struct hpack_compare hpack_compare;
struct hpack_compare {
    terni_hpack          ours;
    nghttp2_hd_inflater *theirs;
    hpack_list           our_fields, their_fields;  // of the last block
};

void hpack_compare_init(hpack_compare *c, uint32_t max_size);
void hpack_compare_done(hpack_compare *c);

// Whether the block was fine; neither decoder is to be used again if it was not.
bool hpack_compare_decode(hpack_compare *c, const uint8_t *block, size_t len);

#endif
