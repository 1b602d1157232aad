#include <tern/duration.h>

#include <errno.h>
#include <stdbool.h>

enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000, MS_PER_S = 1000 };

// 0, or what is wrong with it.
static int check(const google_protobuf_duration *d)
{
    if (!d || d->nanos <= -NS_PER_S || d->nanos >= NS_PER_S)
        return -EINVAL;
    if ((d->seconds < 0 && d->nanos > 0) || (d->seconds > 0 && d->nanos < 0))
        return -EINVAL;
    return d->seconds < -TERN_MAX_DURATION_S || d->seconds > TERN_MAX_DURATION_S ? -ERANGE : 0;
}

int tern_duration_to_timespec(const google_protobuf_duration *d, struct timespec *ret_ts)
{
    int     err = check(d);
    int64_t seconds;

    if (err < 0)
        return err;
    seconds = d->seconds - (d->nanos < 0);
    if ((time_t)seconds != seconds)
        return -ERANGE;
    *ret_ts = (struct timespec){ .tv_sec = (time_t)seconds,
                                 .tv_nsec = d->nanos < 0 ? d->nanos + NS_PER_S : d->nanos };
    return 0;
}

int tern_duration_to_ms(const google_protobuf_duration *d, int64_t *ret_ms)
{
    const int32_t almost = NS_PER_MS - 1;
    int           err = check(d);

    if (err < 0)
        return err;
    *ret_ms = d->seconds * MS_PER_S + (d->nanos + (d->nanos < 0 ? -almost : almost)) / NS_PER_MS;
    return 0;
}

// Of parts with the same sign.
static int set(int64_t seconds, int32_t nanos, google_protobuf_duration *ret_d)
{
    google_protobuf_duration d;
    int                      err;

    google_protobuf_duration_init(&d);
    d.seconds = seconds;
    d.nanos = nanos;
    if ((err = check(&d)) == 0)
        *ret_d = d;
    return err;
}

int tern_duration_from_timespec(struct timespec ts, google_protobuf_duration *ret_d)
{
    bool is_before =
        ts.tv_sec < 0 && ts.tv_nsec > 0;  // the second that its nanoseconds count back from

    if (ts.tv_nsec < 0 || ts.tv_nsec >= NS_PER_S)
        return -EINVAL;
    return set(ts.tv_sec + is_before, (int32_t)(ts.tv_nsec - is_before * NS_PER_S), ret_d);
}

int tern_duration_from_ms(int64_t ms, google_protobuf_duration *ret_d)
{
    return set(ms / MS_PER_S, (int32_t)(ms % MS_PER_S) * NS_PER_MS, ret_d);
}
