#include "bench/measurement.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/clock.h"

void measurement_begin(struct measurement *m, pid_t server)
{
    *m = (struct measurement){
        .wall_ns = clock_ns(CLOCK_MONOTONIC),
        .server_cpu_ns = process_cpu_ns(server),
        .client_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
    };
}

void measurement_end(struct measurement *m, pid_t server)
{
    m->wall_ns = clock_ns(CLOCK_MONOTONIC) - m->wall_ns;
    m->server_cpu_ns = process_cpu_ns(server) - m->server_cpu_ns;
    m->client_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - m->client_cpu_ns;
    m->server = process_memory_of(server);  // last: the walk holds the server up
    m->client = process_memory_of(getpid());
}

static double ratio(double a, double b) { return b > 0 ? a / b : 0; }

// For a plot of the distribution.
static void print_percentiles(const struct histogram *latency)
{
    static const double percents[] = { 1,  5,  10, 20, 30, 40,   50,   60,    70,
                                       80, 90, 95, 98, 99, 99.5, 99.9, 99.95, 99.99 };
    const size_t        n = sizeof percents / sizeof percents[0];

    printf("\"percentiles_us\": [");
    for (size_t i = 0; i < n; i++)
        printf("[%g, %.2f]%s", percents[i], histogram_percentile(latency, percents[i]) / 1e3,
               i + 1 < n ? ", " : "], ");
}

void measurement_print(const struct measurement *m)
{
    const double n_calls = (double)m->latency.n_values;
    const double seconds = (double)m->wall_ns / 1e9;

    printf("{\"rps\": %.1f, ", ratio(n_calls, seconds));
    printf("\"p50_us\": %.2f, ", histogram_percentile(&m->latency, 50) / 1e3);
    printf("\"p99_us\": %.2f, ", histogram_percentile(&m->latency, 99) / 1e3);
    printf("\"p999_us\": %.2f, ", histogram_percentile(&m->latency, 99.9) / 1e3);
    printf("\"max_us\": %.2f, ", (double)m->latency.max / 1e3);
    printf("\"server_cpu_us\": %.4f, ", ratio((double)m->server_cpu_ns / 1e3, n_calls));
    printf("\"client_cpu_us\": %.4f, ", ratio((double)m->client_cpu_ns / 1e3, n_calls));
    print_percentiles(&m->latency);
    // How large the bunches are in which replies come. A slow server finds more work at each wake-up,
    // which makes its calls cheaper: compare CPU per call with this in view.
    printf("\"calls_per_read\": %.2f, ", ratio(n_calls, (double)m->n_reads));
    printf("\"server_rss_kib\": %" PRIu64 ", ", m->server.rss_kib);
    printf("\"server_anonymous_kib\": %" PRIu64 ", ", m->server.anonymous_kib);
    printf("\"client_rss_kib\": %" PRIu64 ", ", m->client.rss_kib);
    printf("\"client_anonymous_kib\": %" PRIu64 ", ", m->client.anonymous_kib);
    printf("\"requests\": %.0f, \"errors\": %" PRIu64 ", ", n_calls, m->n_errors);
    printf("\"seconds\": %.3f}\n", seconds);
}
