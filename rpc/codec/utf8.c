#include "rpc/codec/utf8_internal.h"

#include "rpc/base/varint_internal.h"

// The top bit of a byte is set where it is above 0x7f or 0; also, by the borrow, in some above such a one.
static uint64_t mark_odd_bytes(uint64_t eight)
{
    return (eight | (eight - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080);
}

// To the first byte that is NUL or not ASCII.
static const uint8_t *skip_plain(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 16) {
        if (mark_odd_bytes(terni_load64(p)) | mark_odd_bytes(terni_load64(p + 8)))
            break;
        p += 16;
    }
    while (p < end && *p - 1u < 0x7f)
        p++;
    return p;
}

static bool is_tail(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The length of the sequence of two to four bytes at `p`, or 0.
static size_t sequence_len(const uint8_t *p, size_t n)
{
    if (n < 2 || p[0] < 0xc2 || p[0] > 0xf4 || !is_tail(p[1]))
        return 0;
    if (p[0] < 0xe0)
        return 2;
    if (n < 3 || !is_tail(p[2]))
        return 0;
    if (p[0] < 0xf0) {
        bool is_overlong = p[0] == 0xe0 && p[1] < 0xa0;
        bool is_surrogate = p[0] == 0xed && p[1] > 0x9f;

        return is_overlong || is_surrogate ? 0 : 3;
    }
    if (n < 4 || !is_tail(p[3]) || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return 4;
}

bool terni_utf8_is_valid(const uint8_t *p, size_t n, bool *ret_has_nul)
{
    const uint8_t *end = p + n;
    bool           has_nul = false;
    size_t         len;

    while ((p = skip_plain(p, end)) < end) {
        if (*p == '\0')
            len = has_nul = true;
        else if (!(len = sequence_len(p, (size_t)(end - p))))
            return false;
        p += len;
    }
    *ret_has_nul = has_nul;
    return true;
}
