// Header blocks on one table, of the size that the first byte chooses; before each stands how long it is.
// Our decoder and nghttp2's agree on which are good, on their fields, and on the table afterwards.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire/h2/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// In memory of just its size.
static bool decode_copy(hpack_compare *c, const uint8_t *block, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    bool     is_fine;

    if (!copy)
        abort();
    memcpy(copy, block, len);
    is_fine = hpack_compare_decode(c, copy, len);
    free(copy);
    return is_fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t max_sizes[] = { 0, 64, 256, 4096, 16384 };
    const uint8_t        *end = data + size;
    hpack_compare         c;
    bool                  is_fine = true;

    if (size == 0)
        return 0;
    hpack_compare_init(&c, max_sizes[*data++ % TERN_COUNT_OF(max_sizes)]);
    while (is_fine && data < end) {
        size_t len = *data++, rest = (size_t)(end - data);

        len = len < rest ? len : rest;
        is_fine = decode_copy(&c, data, len);
        data += len;
    }
    hpack_compare_done(&c);
    return 0;
}
