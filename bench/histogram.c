#include "bench/histogram.h"

#include <stddef.h>

enum { PER_OCTAVE = 1 << HISTOGRAM_BUCKET_BITS };

// Values below 128 have a bucket each. Above, the value is shifted right until its leading bit is
// bit 7: the shift names the octave and the seven bits below the leading one the bucket within it.
static size_t bucket_of(uint64_t value)
{
    unsigned shift;

    if (value < PER_OCTAVE)
        return value;
    shift = 63U - HISTOGRAM_BUCKET_BITS - (unsigned)__builtin_clzll(value);
    return ((size_t)shift << HISTOGRAM_BUCKET_BITS) + (size_t)(value >> shift);
}

static double middle_of(size_t bucket)
{
    size_t shift;

    if (bucket < PER_OCTAVE)
        return (double)bucket;
    shift = (bucket >> HISTOGRAM_BUCKET_BITS) - 1;
    return ((double)(bucket - (shift << HISTOGRAM_BUCKET_BITS)) + 0.5) * (double)(1ULL << shift);
}

void histogram_record(struct histogram *h, uint64_t value)
{
    const uint64_t limit = 1ULL << HISTOGRAM_MAX_BITS;

    if (value > h->max)
        h->max = value;
    h->counts[bucket_of(value < limit ? value : limit - 1)]++;
    h->n_values++;
}

double histogram_percentile(const struct histogram *h, double percent)
{
    const double wanted = (double)h->n_values * percent / 100;
    uint64_t     n_seen = 0;

    for (size_t i = 0; i < HISTOGRAM_N_BUCKETS; i++) {
        n_seen += h->counts[i];
        if (h->counts[i] && (double)n_seen >= wanted)
            return middle_of(i);
    }
    return 0;
}
