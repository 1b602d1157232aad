// Decimals to binary floating point.
#include "rpc/json/decimal_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/json/powers_internal.h"

// Digits that strtod gets to see: more than any number needs to be told from the middle of two neighbours, 767.
enum { MAX_DIGITS = 800 };

typedef struct format format;
struct format {
    int mantissa_bits;  // without the one that is always set
    int bias;
};
static const format of_double = { 52, 1023 }, of_float = { 23, 127 };

// ---- the long way --------------------------------------------------------

// As `digits`e`exponent`: without a point, which strtod would want as the locale has it.
static void print_plain(const terni_json_decimal *d, char *text)
{
    int64_t exponent = d->power;
    bool    is_behind = false, is_more = false;
    size_t  n = 0;

    for (const uint8_t *p = d->text + d->is_negative; p < d->text_end && (*p | 0x20) != 'e'; p++) {
        if (*p == '.') {
            is_behind = true;
        } else if (n == MAX_DIGITS) {
            is_more |= *p != '0';
            exponent += !is_behind;
        } else {
            if (n > 0 || *p != '0')
                text[n++] = (char)*p;
            exponent -= is_behind;
        }
    }
    if (is_more)
        text[n - 1] = '1';  // all that matters this far behind: it is not nothing
    sprintf(text + n, "e%lld", (long long)exponent);
}

// ---- by the table --------------------------------------------------------

// The bits of x * 2^exponent, rounded to even; false if it is none of the plain numbers.
static bool round_to(const format *f, unsigned __int128 x, int exponent, uint64_t *ret_bits)
{
    int               top = x >> 127 ? 127 : 126, drop = top - f->mantissa_bits;
    int               biased = top + exponent + f->bias;
    unsigned __int128 half = (unsigned __int128)1 << (drop - 1), rest = x & (2 * half - 1);
    uint64_t          mantissa = (uint64_t)(x >> drop);

    if (biased < 1 || biased > 2 * f->bias)
        return false;
    mantissa += rest > half || (rest == half && (mantissa & 1));
    // One up from all ones is the next power of two: the carry goes where the exponent is.
    *ret_bits = ((uint64_t)(biased - 1) << f->mantissa_bits) + mantissa;
    return true;
}

// The same by 64 bits of the power: good for all but the last unit of the product, which mostly is far from where it
// would make a difference.
static bool look_up_roughly(const terni_json_decimal *d, const format *f, uint64_t *ret_bits)
{
    int                     shift = __builtin_clzll(d->digits), exponent = (int)d->exponent;
    const terni_json_power *power = terni_json_power_of(exponent);
    uint64_t x = (uint64_t)(((unsigned __int128)(d->digits << shift) * power->high) >> 64);
    int      top = 62 + (int)(x >> 63), drop = top - f->mantissa_bits;
    uint64_t half = UINT64_C(1) << (drop - 1), rest = x & (2 * half - 1);
    int      biased = top + terni_json_power_log2(exponent) + 1 - shift + f->bias;

    if (((rest + 1) & (half - 1)) <= 1 || biased < 1 || biased > 2 * f->bias)
        return false;
    *ret_bits = ((uint64_t)(biased - 1) << f->mantissa_bits) + (x >> drop) + (rest >= half);
    return true;
}

// 64 bits of digits by 128 of the power, of which the first 128 are good for all but the last two units, or, if
// digits were cut off, for all but one unit of them. True if that makes no difference.
static __attribute__((noinline)) bool look_up(const terni_json_decimal *d, const format *f,
                                              uint64_t *ret_bits)
{
    int                     shift = __builtin_clzll(d->digits), exponent = (int)d->exponent;
    uint64_t                w = d->digits << shift;
    const terni_json_power *power = terni_json_power_of(exponent);
    unsigned __int128       x, more = 2;
    uint64_t                above;

    x = (unsigned __int128)w * power->high + (uint64_t)(((unsigned __int128)w * power->low) >> 64);
    exponent = terni_json_power_log2(exponent) - 63 - shift;
    if (d->is_cut)
        more += (unsigned __int128)1 << (64 + shift);
    return x + more > x && round_to(f, x, exponent, ret_bits) &&
           round_to(f, x + more, exponent, &above) && above == *ret_bits;
}

static bool is_looked_up(const terni_json_decimal *d, const format *f, uint64_t *ret_bits)
{
    if (d->exponent < TERNI_JSON_MIN_POWER || d->exponent > TERNI_JSON_MAX_POWER)
        return false;
    return (!d->is_cut && look_up_roughly(d, f, ret_bits)) || look_up(d, f, ret_bits);
}

// ---- both sizes ----------------------------------------------------------

static double magnitude(const terni_json_decimal *d)
{
    static const double small[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    char                text[MAX_DIGITS + TERNI_JSON_MAX_NUMBER];
    uint64_t            bits;
    double              v;

    if (d->digits == 0)
        return 0;
    // Both are exact, so the result is rounded once, as it should be.
    if (!d->is_cut && d->digits <= UINT64_C(1) << 53 && d->exponent >= -22 && d->exponent <= 22)
        return d->exponent < 0 ? (double)d->digits / small[-d->exponent]
                               : (double)d->digits * small[d->exponent];
    if (is_looked_up(d, &of_double, &bits)) {
        memcpy(&v, &bits, sizeof v);
        return v;
    }
    print_plain(d, text);
    return strtod(text, NULL);
}

double terni_json_decimal_to_double(const terni_json_decimal *d)
{
    return copysign(magnitude(d), d->is_negative ? -1.0 : 1.0);
}

static float float_magnitude(const terni_json_decimal *d)
{
    char     text[MAX_DIGITS + TERNI_JSON_MAX_NUMBER];
    uint64_t bits;
    uint32_t half;
    float    v;

    if (d->digits == 0)
        return 0;
    if (is_looked_up(d, &of_float, &bits)) {
        half = (uint32_t)bits;
        memcpy(&v, &half, sizeof v);
        return v;
    }
    print_plain(d, text);
    return strtof(text, NULL);
}

float terni_json_decimal_to_float(const terni_json_decimal *d)
{
    return copysignf(float_magnitude(d), d->is_negative ? -1.0f : 1.0f);
}
