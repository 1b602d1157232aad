#include "rpc/base/varint_internal.h"

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

// The 7-bit groups of eight bytes, pushed together in three steps.
static uint64_t join_groups(uint64_t w)
{
    w &= EVERY_BYTE(0x7f);
    w = (w & UINT64_C(0x7f007f007f007f00)) >> 1 | (w & UINT64_C(0x007f007f007f007f));
    w = (w & UINT64_C(0x3fff00003fff0000)) >> 2 | (w & UINT64_C(0x00003fff00003fff));
    return (w & UINT64_C(0x0fffffff00000000)) >> 4 | (w & UINT64_C(0x000000000fffffff));
}

static const uint8_t *read_bytewise(const uint8_t *p, const uint8_t *end, uint64_t *ret_value)
{
    uint64_t v = 0;

    for (unsigned shift = 0; p < end && shift < 7 * TERNI_MAX_VARINT; shift += 7) {
        v |= (uint64_t)(*p & 0x7f) << shift;
        if (*p++ < 0x80) {
            *ret_value = v;
            return p;
        }
    }
    return NULL;
}

const uint8_t *terni_varint_read_any(const uint8_t *p, const uint8_t *end, uint64_t *ret_value)
{
    uint64_t w, ends;

    TERN_DEBUG_ASSERT(p <= end);
    if (TERN_UNLIKELY(end - p < 8))
        return read_bytewise(p, end, ret_value);
    w = terni_load64(p);
    ends = ~w & EVERY_BYTE(0x80);
    if (TERN_UNLIKELY(!ends))
        return read_bytewise(p, end, ret_value);
    *ret_value = join_groups(w & (ends ^ (ends - 1)));
    return p + __builtin_ctzll(ends) / 8 + 1;
}

size_t terni_varint_count(const uint8_t *p, size_t n)
{
    size_t count = 0;

    for (; n >= 8; p += 8, n -= 8)
        count += (size_t)__builtin_popcountll(~terni_load64(p) & EVERY_BYTE(0x80));
    for (; n > 0; p++, n--)
        count += *p < 0x80;
    return count;
}
