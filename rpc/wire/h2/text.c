#include "rpc/wire/h2/text_internal.h"

#include <tern/base.h>

// ---- grpc-timeout --------------------------------------------------------

enum { MAX_DIGITS = 8, MAX_VALUE = 99999999 };

// From the smallest, with how many microseconds each has; nanoseconds only come.
static const struct unit {
    char     name;
    uint64_t us;
} units[] = {
    { 'u', 1 },
    { 'm', 1000 },
    { 'S', 1000 * 1000 },
    { 'M', 60 * 1000 * 1000 },
    { 'H', UINT64_C(3600) * 1000 * 1000 },
};

static size_t put_digits(char *dst, uint64_t value)
{
    char   digits[MAX_DIGITS];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < n; i++)
        dst[i] = digits[n - 1 - i];
    return n;
}

size_t terni_timeout_put(char *dst, uint64_t timeout_us)
{
    const struct unit *unit = units, *last = &units[TERN_COUNT_OF(units) - 1];
    uint64_t           value = timeout_us;
    size_t             n;

    while (value > MAX_VALUE && unit < last) {
        unit++;
        value = timeout_us / unit->us + (timeout_us % unit->us != 0);
    }
    n = put_digits(dst, value < MAX_VALUE ? value : MAX_VALUE);
    dst[n] = unit->name;
    return n + 1;
}

static uint64_t to_us(uint64_t value, char name)
{
    if (name == 'n')
        return value / 1000;
    for (size_t i = 0; i < TERN_COUNT_OF(units); i++)
        if (units[i].name == name)
            return value * units[i].us;
    return UINT64_MAX;
}

bool terni_timeout_get(const char *text, size_t len, uint64_t *ret_timeout_us)
{
    uint64_t value = 0, us;

    if (len < 2 || len > MAX_DIGITS + 1)
        return false;
    for (size_t i = 0; i < len - 1; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    us = to_us(value, text[len - 1]);
    if (us == UINT64_MAX)
        return false;
    *ret_timeout_us = us ? us : 1;
    return true;
}

// ---- grpc-message --------------------------------------------------------

static bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '%'; }

char *terni_percent_put(char *dst, const char *text, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)text[i];

        if (is_plain(text[i])) {
            *dst++ = text[i];
            continue;
        }
        *dst++ = '%';
        *dst++ = hex[byte >> 4];
        *dst++ = hex[byte & 15];
    }
    return dst;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t terni_percent_decode(char *text, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        int high = text[i] == '%' && i + 2 < len ? hex_value(text[i + 1]) : -1;
        int low = high < 0 ? -1 : hex_value(text[i + 2]);

        text[n++] = low < 0 ? text[i] : (char)(high << 4 | low);
        i += low < 0 ? 0 : 2;
    }
    return n;
}

// ---- -bin ----------------------------------------------------------------

char *terni_base64_put(char *dst, const uint8_t *bytes, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        size_t   n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16 | (n > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                        (n > 2 ? bytes[i + 2] : 0);

        for (size_t k = 0; k <= n; k++)
            *dst++ = alphabet[bits >> (18 - 6 * k) & 63];
    }
    return dst;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

static size_t without_padding(const char *text, size_t len)
{
    for (int i = 0; i < 2 && len > 0 && text[len - 1] == '='; i++)
        len--;
    return len;
}

bool terni_base64_decode(char *text, size_t len, size_t *ret_len)
{
    uint32_t bits = 0, n_bits = 0;
    size_t   n = 0;

    len = without_padding(text, len);
    if (len % 4 == 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        int value = base64_value(text[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        n_bits += 6;
        if (n_bits >= 8)
            text[n++] = (char)(uint8_t)(bits >> (n_bits -= 8));
    }
    *ret_len = n;
    return true;
}
