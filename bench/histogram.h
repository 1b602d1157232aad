// bench/histogram.h: how often which value occurred, in constant space. Log-linear, as HdrHistogram:
// every power of two is cut into 128 equal buckets, so a percentile is within 0.8 % of the true
// value, from 0 to 2^40 (as nanoseconds: 18 minutes; larger ones count as that). Knows no units.
//
// Lifetime:  embedded; all zero is empty, there is nothing to free.
// Threads:   none. One owner at a time.
// Invariant: n_values is the sum of all counts.
//
//   static struct histogram latency;
//   histogram_record(&latency, 17300);
//   double p99_us = histogram_percentile(&latency, 99) / 1e3;
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_BUCKET_BITS = 7,
    HISTOGRAM_MAX_BITS = 40,
    HISTOGRAM_N_BUCKETS = (HISTOGRAM_MAX_BITS - HISTOGRAM_BUCKET_BITS + 1) << HISTOGRAM_BUCKET_BITS,
};

struct histogram {
    uint64_t n_values;
    uint64_t max;
    uint64_t counts[HISTOGRAM_N_BUCKETS];
};

#ifdef __cplusplus
extern "C" {
#endif

void histogram_record(struct histogram *h, uint64_t value);

// The value that `percent` of all values do not exceed: its bucket's middle. 0 when empty.
double histogram_percentile(const struct histogram *h, double percent);

#ifdef __cplusplus
}
#endif

#endif
