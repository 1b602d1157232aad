// rpc/json/time_internal.h: points and spans of time as google.protobuf.Timestamp and Duration have them, as text and
// back: "1972-01-01T10:00:20.021Z", "-1.5s". Knows nothing of messages.
//
// Threads:   any.
#ifndef RPC_JSON_TIME_INTERNAL_H
#define RPC_JSON_TIME_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

enum { TERNI_JSON_MAX_TIME = 40 };  // bytes of either

typedef struct terni_json_time terni_json_time;
struct terni_json_time {
    int64_t seconds;
    int32_t nanos;
};

// What is behind the text; NULL: it is out of range, which for points of time is the years 1 to 9999, for spans 10,000
// years, or the signs differ.
uint8_t *terni_json_time_write_point(uint8_t *p, terni_json_time t);
uint8_t *terni_json_time_write_span(uint8_t *p, terni_json_time t);

// False: it is none, or out of range.
TERN_NODISCARD bool terni_json_time_read_point(const uint8_t *p, size_t len, terni_json_time *ret);
TERN_NODISCARD bool terni_json_time_read_span(const uint8_t *p, size_t len, terni_json_time *ret);

#endif
