// Binary floating point to the fewest decimal digits that are read as the same number, and of those to the nearest.
#include "rpc/json/decimal_internal.h"

#include <string.h>

#include "rpc/json/powers_internal.h"

// mantissa * 2^exponent.
typedef struct binary binary;
struct binary {
    uint64_t mantissa;
    int      exponent;
    bool     is_step;  // the neighbour below is only half as far away as the one above
};

// digits * 10^exponent.
typedef struct decimal decimal;
struct decimal {
    uint64_t digits;
    int      exponent;
};

// `v` times the power, 128 bits further down. The last bit tells whether anything was lost.
static uint64_t scale(uint64_t v, unsigned __int128 power)
{
    uint64_t          below = (uint64_t)(((unsigned __int128)v * (uint64_t)power) >> 64);
    unsigned __int128 product = (unsigned __int128)v * (uint64_t)(power >> 64) + below;

    return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

// The power of ten that leaves between one and two digits more than are needed: floor(log10(2^exponent)), or, on a
// step, of 3/4 of that.
static int decimal_exponent(binary b)
{
    return (b.exponent * 1262611 - (b.is_step ? 524031 : 0)) >> 22;
}

// All is counted in quarters of the last place, so that the middles between neighbours are whole.
static decimal shortest(binary b)
{
    int                     k = decimal_exponent(b);
    int                     shift = b.exponent + terni_json_power_log2(-k) + 1;
    const terni_json_power *row = terni_json_power_of(-k);
    unsigned __int128       power = ((unsigned __int128)row->high << 64 | row->low) + 1;
    bool                    is_odd = b.mantissa & 1;  // then the middles are the neighbours'
    uint64_t                middle = scale((4 * b.mantissa) << shift, power);
    uint64_t lower = scale((4 * b.mantissa - (b.is_step ? 1 : 2)) << shift, power) + is_odd;
    uint64_t upper = scale((4 * b.mantissa + 2) << shift, power) - is_odd;
    uint64_t s = middle / 4, tens = s / 10;
    bool     is_down_in, is_up_in;

    if (s >= 10) {  // with a digit less?
        is_down_in = lower <= 40 * tens;
        is_up_in = 40 * tens + 40 <= upper;
        if (is_down_in != is_up_in)
            return (decimal){ tens + is_up_in, k + 1 };
    }
    is_down_in = lower <= 4 * s;
    is_up_in = 4 * s + 4 <= upper;
    if (is_down_in != is_up_in)
        return (decimal){ s + is_up_in, k };
    return (decimal){ s + (middle > 4 * s + 2 || (middle == 4 * s + 2 && (s & 1))), k };
}

// ---- how it looks --------------------------------------------------------

enum {
    MIN_PLAIN = -6,
    MAX_PLAIN = 21
};  // places of the point, from the first digit; as JavaScript has it

static uint8_t *write_zeros(uint8_t *p, int n)
{
    memset(p, '0', (size_t)n);
    return p + n;
}

// 1.5e-7, 1e21.
static uint8_t *write_scientific(uint8_t *p, const uint8_t *digits, int n, int point)
{
    *p++ = digits[0];
    if (n > 1) {
        *p++ = '.';
        memcpy(p, digits + 1, (size_t)n - 1);
        p += n - 1;
    }
    *p++ = 'e';
    return terni_json_decimal_write_int(p, point - 1);
}

static uint8_t *write_decimal(uint8_t *p, decimal d)
{
    uint8_t digits[TERNI_JSON_MAX_NUMBER];
    int     n, point;

    for (; d.digits % 10 == 0; d.exponent++)
        d.digits /= 10;
    n = (int)(terni_json_decimal_write_uint(digits, d.digits) - digits);
    point = n + d.exponent;
    if (point < MIN_PLAIN + 1 || point > MAX_PLAIN)
        return write_scientific(p, digits, n, point);
    if (point <= 0) {
        *p++ = '0';
        *p++ = '.';
        p = write_zeros(p, -point);
        memcpy(p, digits, (size_t)n);
        return p + n;
    }
    if (point >= n) {
        memcpy(p, digits, (size_t)n);
        return write_zeros(p + n, point - n);
    }
    memcpy(p, digits, (size_t)point);
    p[point] = '.';
    memcpy(p + point + 1, digits + point, (size_t)(n - point));
    return p + n + 1;
}

// ---- both sizes ----------------------------------------------------------

static binary take_apart(uint64_t bits, int mantissa_bits, int bias)
{
    uint64_t mantissa = bits & ((UINT64_C(1) << mantissa_bits) - 1);
    int      biased = (int)(bits >> mantissa_bits);

    if (biased == 0)
        return (binary){ mantissa, 1 - bias - mantissa_bits, false };
    return (binary){ mantissa | UINT64_C(1) << mantissa_bits, biased - bias - mantissa_bits,
                     mantissa == 0 && biased > 1 };
}

// Minus zero with a point, or some would take it for an integer, which has none.
static uint8_t *write_zero(uint8_t *p, bool is_negative)
{
    *p++ = '0';
    if (is_negative) {
        *p++ = '.';
        *p++ = '0';
    }
    return p;
}

uint8_t *terni_json_decimal_write_double(uint8_t *p, double v)
{
    uint64_t bits;
    bool     is_negative;

    if (v >= -9007199254740992.0 && v <= 9007199254740992.0 && v == (double)(int64_t)v && v != 0)
        return terni_json_decimal_write_int(p, (int64_t)v);
    memcpy(&bits, &v, sizeof bits);
    is_negative = bits >> 63;
    if (is_negative)
        *p++ = '-';
    bits &= INT64_MAX;
    if (bits == 0)
        return write_zero(p, is_negative);
    return write_decimal(p, shortest(take_apart(bits, 52, 1023)));
}

uint8_t *terni_json_decimal_write_float(uint8_t *p, float v)
{
    uint32_t bits;
    bool     is_negative;

    memcpy(&bits, &v, sizeof bits);
    is_negative = bits >> 31;
    if (is_negative)
        *p++ = '-';
    bits &= INT32_MAX;
    if (bits == 0)
        return write_zero(p, is_negative);
    return write_decimal(p, shortest(take_apart(bits, 23, 127)));
}
