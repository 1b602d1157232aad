#include "rpc/json/utf8_internal.h"

static bool is_tail(const uint8_t *p, const uint8_t *end) { return p < end && (*p & 0xc0) == 0x80; }

// The second byte tells what is too long, a surrogate, or beyond the last character.
static bool is_second(uint8_t first, uint8_t second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second < 0xa0;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second < 0x90;
    default:
        return true;
    }
}

size_t terni_json_utf8_len(const uint8_t *p, const uint8_t *end)
{
    size_t len = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

    if (*p < 0xc2 || *p > 0xf4 || !is_tail(p + 1, end) || !is_second(p[0], p[1]))
        return 0;
    for (size_t i = 2; i < len; i++)
        if (!is_tail(p + i, end))
            return 0;
    return len;
}

uint8_t *terni_json_utf8_write(uint8_t *p, uint32_t c)
{
    if (c < 0x80) {
        *p++ = (uint8_t)c;
        return p;
    }
    if (c < 0x800) {
        *p++ = (uint8_t)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *p++ = (uint8_t)(0xe0 | c >> 12);
        } else {
            *p++ = (uint8_t)(0xf0 | c >> 18);
            *p++ = (uint8_t)(0x80 | (c >> 12 & 63));
        }
        *p++ = (uint8_t)(0x80 | (c >> 6 & 63));
    }
    *p++ = (uint8_t)(0x80 | (c & 63));
    return p;
}
