#include "rpc/json/base64_internal.h"

#include <stdbool.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

uint8_t *terni_json_base64_write(uint8_t *p, const uint8_t *data, size_t len)
{
    uint32_t v;

    for (; len >= 3; data += 3, len -= 3) {
        v = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
        *p++ = (uint8_t)alphabet[v >> 18];
        *p++ = (uint8_t)alphabet[v >> 12 & 63];
        *p++ = (uint8_t)alphabet[v >> 6 & 63];
        *p++ = (uint8_t)alphabet[v & 63];
    }
    if (len == 0)
        return p;
    v = (uint32_t)data[0] << 16 | (len == 2 ? (uint32_t)data[1] << 8 : 0);
    *p++ = (uint8_t)alphabet[v >> 18];
    *p++ = (uint8_t)alphabet[v >> 12 & 63];
    *p++ = len == 2 ? (uint8_t)alphabet[v >> 6 & 63] : '=';
    *p++ = '=';
    return p;
}

// 64 and more: none.
static uint32_t value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26u;
    if (c >= '0' && c <= '9')
        return c - '0' + 52u;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : 64;
}

// Padding is all or nothing.
static bool drop_padding(const uint8_t *text, size_t *len)
{
    size_t n = *len;

    while (n > 0 && *len - n < 2 && text[n - 1] == '=')
        n--;
    if (n < *len && *len % 4 != 0)
        return false;
    *len = n;
    return true;
}

ssize_t terni_json_base64_read(const uint8_t *text, size_t len, uint8_t *ret)
{
    uint8_t *p = ret;
    uint32_t v = 0, digit;

    if (!drop_padding(text, &len) || len % 4 == 1)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if ((digit = value_of(text[i])) > 63)
            return -1;
        v = v << 6 | digit;
        if (i % 4 > 0)
            *p++ = (uint8_t)(v >> (6 - 2 * (i % 4)));
    }
    return p - ret;
}
