// tern/duration.h: google.protobuf.Duration, struct timespec and milliseconds.
//
// Lifetime:  a Duration holds nothing: it may be copied, and lie anywhere.
// Threads:   none.
// Invariant: what is set here is at most 315,576,000,000 s, some 10,000 years, either way; seconds and nanos have the
//            same sign. A timespec's tv_nsec counts forward: -1.5 s is { -2, 500000000 } there, and -1 s with
//            -500,000,000 ns here.
//
//   google_protobuf_duration delay;
//   if (tern_duration_from_ms(1500, &delay) < 0) ...
//   ...
//   int64_t timeout_ms;
//   if (tern_duration_to_ms(req->patience, &timeout_ms) < 0)
//       timeout_ms = 1000;
#ifndef TERN_DURATION_H
#define TERN_DURATION_H

#include <stdint.h>
#include <time.h>

#include <tern/base.h>
#include <tern/pb/google/protobuf/duration.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_MAX_DURATION_S 315576000000

// 0; -EINVAL: NULL (the field is not set), or its nanos are none, or have another sign than its seconds; -ERANGE: too
// long.
TERN_API TERN_NODISCARD int tern_duration_to_timespec(const google_protobuf_duration *d,
                                                      struct timespec                *ret_ts);
// The same, rounded away from 0: who waits as long has not waited too short.
TERN_API TERN_NODISCARD int tern_duration_to_ms(const google_protobuf_duration *d, int64_t *ret_ms);

// These initialise the message. 0; -EINVAL: tv_nsec is not in [0, 10^9); -ERANGE: too long.
TERN_API TERN_NODISCARD int tern_duration_from_timespec(struct timespec           ts,
                                                        google_protobuf_duration *ret_d);
TERN_API TERN_NODISCARD int tern_duration_from_ms(int64_t ms, google_protobuf_duration *ret_d);

#ifdef __cplusplus
}
#endif

#endif
