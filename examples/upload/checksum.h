// checksum.h: what both ends compute of the bytes that go over the wire, cheaply. Chunks are multiples of
// eight bytes, but for the last one.
#ifndef EXAMPLES_UPLOAD_CHECKSUM_H
#define EXAMPLES_UPLOAD_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CHECKSUM_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t checksum(uint64_t sum, const uint8_t *data, size_t len)
{
    for (uint64_t word; len > 0;) {
        size_t n = len < sizeof word ? len : sizeof word;

        word = 0;
        memcpy(&word, data, n);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        data += n;
        len -= n;
    }
    return sum;
}

#endif
