// rpc/json/decimal_internal.h: numbers as text and back. Whole ones, and binary floating point: read to the nearest,
// written in the fewest digits that read as the same. Whatever the locale. Knows nothing of messages.
//
// Threads:   any.
//
// The way to and from binary goes through 128 bits of the powers of ten: a product with them is off by so little
// that it decides all but one case in 2^60 or so, and for that one there is strtod. Writing is Raffaello Giulietti's
// Schubfach ("The Schubfach way to render doubles", 2021), which needs no such way out.
#ifndef RPC_JSON_DECIMAL_INTERNAL_H
#define RPC_JSON_DECIMAL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

enum { TERNI_JSON_MAX_NUMBER = 32 };  // bytes that a number is written in, at most

// A number of JSON: (-1)^is_negative * digits * 10^exponent, and a bit more if something was cut off.
typedef struct terni_json_decimal terni_json_decimal;
struct terni_json_decimal {
    uint64_t       digits;
    int64_t        exponent;
    int64_t        power;  // what stands behind the e
    bool           is_negative, is_cut;
    const uint8_t *text, *text_end;
};

// Reads what JSON's grammar calls a number, as much of it as there is. Behind it, or NULL: there is none.
const uint8_t *terni_json_decimal_read(const uint8_t *p, const uint8_t *end,
                                       terni_json_decimal *ret);

// -ERANGE: too large; -EINVAL: not whole.
TERN_NODISCARD int terni_json_decimal_to_magnitude(const terni_json_decimal *d, uint64_t *ret);

// The nearest; an infinity if it is too large.
double terni_json_decimal_to_double(const terni_json_decimal *d);
float  terni_json_decimal_to_float(const terni_json_decimal *d);

// These write up to TERNI_JSON_MAX_NUMBER bytes and return the one behind. Floating point has to be finite.
uint8_t *terni_json_decimal_write_uint(uint8_t *p, uint64_t v);
uint8_t *terni_json_decimal_write_int(uint8_t *p, int64_t v);
uint8_t *terni_json_decimal_write_double(uint8_t *p, double v);
uint8_t *terni_json_decimal_write_float(uint8_t *p, float v);

#endif
