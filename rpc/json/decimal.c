#include "rpc/json/decimal_internal.h"

#include <errno.h>

// ---- reading -------------------------------------------------------------

enum { MAX_EXPONENT = 1000000000 };  // beyond it nothing changes, whatever the digits are

static bool is_digit(const uint8_t *p, const uint8_t *end)
{
    return p < end && (uint8_t)(*p - '0') < 10;
}

// One more digit of it, `shift` powers of ten further: 0 in front of the point, -1 behind it.
static void take_digit(terni_json_decimal *d, unsigned digit, int shift)
{
    uint64_t more;

    if (!d->is_cut && !__builtin_mul_overflow(d->digits, 10, &more) &&
        !__builtin_add_overflow(more, digit, &more)) {
        d->digits = more;
        d->exponent += shift;
        return;
    }
    // Full. A zero can be left out without a loss as long as nothing else comes.
    d->exponent += shift + 1;
    d->is_cut = d->is_cut || digit != 0;
}

static const uint8_t *take_digits(terni_json_decimal *d, const uint8_t *p, const uint8_t *end,
                                  int shift)
{
    for (; is_digit(p, end); p++)
        take_digit(d, *p - '0', shift);
    return p;
}

static const uint8_t *take_exponent(terni_json_decimal *d, const uint8_t *p, const uint8_t *end)
{
    bool    is_negative = p < end && *p == '-';
    int64_t exponent = 0;

    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (!is_digit(p, end))
        return NULL;
    for (; is_digit(p, end); p++)
        if (exponent < MAX_EXPONENT)
            exponent = 10 * exponent + *p - '0';
    d->power = is_negative ? -exponent : exponent;
    d->exponent += d->power;
    return p;
}

// What is behind the digits: the exponent, and the end.
static const uint8_t *finish(terni_json_decimal *d, const uint8_t *p, const uint8_t *end)
{
    if (p < end && (*p | 0x20) == 'e' && !(p = take_exponent(d, p + 1, end)))
        return NULL;
    d->text_end = p;
    return p;
}

// Any number of digits, each looked at.
static __attribute__((noinline)) const uint8_t *read_long(const uint8_t *p, const uint8_t *end,
                                                          terni_json_decimal *d)
{
    p = take_digits(d, p, end, 0);
    if (p < end && *p == '.')
        p = take_digits(d, p + 1, end, -1);
    return finish(d, p, end);
}

// Takes eight digits at a time, as long as there are eight.
static inline const uint8_t *take_eights(uint64_t *v, const uint8_t *p, const uint8_t *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t c;

    while (end - p >= 8) {
        __builtin_memcpy(&c, p, sizeof c);
        if (((c & UINT64_C(0xf0f0f0f0f0f0f0f0)) |
             (((c + UINT64_C(0x0606060606060606)) & UINT64_C(0xf0f0f0f0f0f0f0f0)) >> 4)) !=
            UINT64_C(0x3333333333333333))
            break;
        // Pairs of them, then fours, then all.
        c -= UINT64_C(0x3030303030303030);
        c = c * 10 + (c >> 8);
        c = ((c & UINT64_C(0x000000ff000000ff)) * (100 + (UINT64_C(1000000) << 32)) +
             (c >> 16 & UINT64_C(0x000000ff000000ff)) * (1 + (UINT64_C(10000) << 32))) >>
            32;
        *v = *v * 100000000 + (uint32_t)c;
        p += 8;
    }
#else
    (void)v, (void)end;
#endif
    return p;
}

const uint8_t *terni_json_decimal_read(const uint8_t *p, const uint8_t *end,
                                       terni_json_decimal *ret)
{
    enum { SURE_DIGITS = 19 };  // that 64 bits have room for
    uint64_t       v = 0;
    const uint8_t *first, *point = NULL;
    size_t         n;

    *ret = (terni_json_decimal){ .text = p };
    ret->is_negative = p < end && *p == '-';
    first = p += ret->is_negative;
    if (!is_digit(p, end) || (*p == '0' && is_digit(p + 1, end)))
        return NULL;
    for (; is_digit(p, end); p++)
        v = 10 * v + *p - '0';
    n = (size_t)(p - first);
    if (p < end && *p == '.') {
        point = ++p;
        if (!is_digit(p, end))
            return NULL;
        for (p = take_eights(&v, p, end); is_digit(p, end); p++)
            v = 10 * v + *p - '0';
        n += (size_t)(p - point);
    }
    if (TERN_UNLIKELY(n > SURE_DIGITS))
        return read_long(first, end, ret);
    ret->digits = v;
    ret->exponent = point ? point - p : 0;
    return finish(ret, p, end);
}

// ---- whole ones ----------------------------------------------------------

int terni_json_decimal_to_magnitude(const terni_json_decimal *d, uint64_t *ret)
{
    uint64_t v = d->digits;
    int64_t  exponent = v == 0 ? 0 : d->exponent;

    for (; exponent < 0 && v % 10 == 0; exponent++)
        v /= 10;
    if (exponent < 0)
        return -EINVAL;
    if (d->is_cut)
        return d->exponent <= 0 ? -EINVAL : -ERANGE;
    for (; exponent > 0; exponent--)
        if (__builtin_mul_overflow(v, 10, &v))
            return -ERANGE;
    *ret = v;
    return 0;
}

// ---- writing -------------------------------------------------------------

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static unsigned count_digits(uint64_t v)
{
    unsigned n = 1;

    for (; v >= 10000; v /= 10000)
        n += 4;
    return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

uint8_t *terni_json_decimal_write_uint(uint8_t *p, uint64_t v)
{
    uint8_t *end = p + count_digits(v), *at = end;

    for (; v >= 100; v /= 100) {
        at -= 2;
        __builtin_memcpy(at, &pairs[v % 100 * 2], 2);
    }
    if (v >= 10)
        __builtin_memcpy(at - 2, &pairs[v * 2], 2);
    else
        at[-1] = (uint8_t)('0' + v);
    return end;
}

uint8_t *terni_json_decimal_write_int(uint8_t *p, int64_t v)
{
    if (v >= 0)
        return terni_json_decimal_write_uint(p, (uint64_t)v);
    *p++ = '-';
    return terni_json_decimal_write_uint(p, -(uint64_t)v);
}
