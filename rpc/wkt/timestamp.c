#include <tern/timestamp.h>

#include <errno.h>
#include <stdbool.h>

enum { NS_PER_S = 1000000000 };

static bool is_in_range(int64_t seconds)
{
    return seconds >= TERN_MIN_TIMESTAMP_S && seconds <= TERN_MAX_TIMESTAMP_S;
}

int tern_timestamp_to_timespec(const google_protobuf_timestamp *t, struct timespec *ret_ts)
{
    if (!t || t->nanos < 0 || t->nanos >= NS_PER_S)
        return -EINVAL;
    if (!is_in_range(t->seconds) || (time_t)t->seconds != t->seconds)
        return -ERANGE;
    *ret_ts = (struct timespec){ .tv_sec = (time_t)t->seconds, .tv_nsec = t->nanos };
    return 0;
}

int tern_timestamp_from_timespec(struct timespec ts, google_protobuf_timestamp *ret_t)
{
    if (ts.tv_nsec < 0 || ts.tv_nsec >= NS_PER_S)
        return -EINVAL;
    if (!is_in_range(ts.tv_sec))
        return -ERANGE;
    google_protobuf_timestamp_init(ret_t);
    ret_t->seconds = ts.tv_sec;
    ret_t->nanos = (int32_t)ts.tv_nsec;
    return 0;
}

void tern_timestamp_set_now(google_protobuf_timestamp *ret_t)
{
    struct timespec now;
    int             err;

    clock_gettime(CLOCK_REALTIME, &now);
    err = tern_timestamp_from_timespec(now, ret_t);
    TERN_ASSERT(err == 0);  // a clock in the year 10,000 is wrong
}
