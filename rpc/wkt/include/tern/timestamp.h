// tern/timestamp.h: google.protobuf.Timestamp and struct timespec. Knows nothing of time zones or calendars.
//
// Lifetime:  a Timestamp holds nothing: it may be copied, and lie anywhere.
// Threads:   none.
// Invariant: what is set here is between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z, and its nanos
//            count forward from the second, also before 1970.
//
//   google_protobuf_timestamp now;
//   tern_timestamp_set_now(&now);
//   library_loan *loan = LIBRARY_LOAN(.since = &now);
//   ...
//   struct timespec since;
//   if (tern_timestamp_to_timespec(loan->since, &since) < 0)
//       return tern_fail(ctx, TERN_INVALID_ARGUMENT, "since when?");
#ifndef TERN_TIMESTAMP_H
#define TERN_TIMESTAMP_H

#include <time.h>

#include <tern/base.h>
#include <tern/pb/google/protobuf/timestamp.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_MIN_TIMESTAMP_S (-62135596800)
#define TERN_MAX_TIMESTAMP_S 253402300799

// 0; -EINVAL: NULL (the field is not set), or its nanos are none; -ERANGE: not one of the years above, or of time_t's.
TERN_API TERN_NODISCARD int tern_timestamp_to_timespec(const google_protobuf_timestamp *t,
                                                       struct timespec                 *ret_ts);

// Initialises the message. 0; -EINVAL: tv_nsec is not in [0, 10^9); -ERANGE: not one of the years above.
TERN_API TERN_NODISCARD int tern_timestamp_from_timespec(struct timespec            ts,
                                                         google_protobuf_timestamp *ret_t);

// The same of the wall clock.
TERN_API void tern_timestamp_set_now(google_protobuf_timestamp *ret_t);

#ifdef __cplusplus
}
#endif

#endif
