// rpc/json/powers_internal.h: the powers of ten, as exactly as 128 bits are. Knows nothing of text.
//
// Threads:   any; constant.
#ifndef RPC_JSON_POWERS_INTERNAL_H
#define RPC_JSON_POWERS_INTERNAL_H

#include <stdint.h>

#include <tern/base.h>

enum {
    TERNI_JSON_MIN_POWER = -342,  // below, 64 bits of digits are no double any more
    TERNI_JSON_MAX_POWER = 324,
};

// The first 128 bits of 10^e, cut off; the top one is set.
typedef struct terni_json_power terni_json_power;
struct terni_json_power {
    uint64_t high, low;
};
extern const terni_json_power terni_json_powers[TERNI_JSON_MAX_POWER - TERNI_JSON_MIN_POWER + 1];

static inline const terni_json_power *terni_json_power_of(int exponent)
{
    TERN_DEBUG_ASSERT(exponent >= TERNI_JSON_MIN_POWER && exponent <= TERNI_JSON_MAX_POWER);
    return &terni_json_powers[exponent - TERNI_JSON_MIN_POWER];
}

// floor(log2(10^e)), in the range of the table.
static inline int terni_json_power_log2(int e) { return (e * 1741647) >> 19; }

#endif
