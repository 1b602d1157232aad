#include "bench/process.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

uint64_t process_cpu_ns(pid_t pid)
{
    struct timespec t;
    clockid_t       clock;

    if (pid == 0)
        return 0;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
        errx(1, "process %d has no CPU clock: is it running?", (int)pid);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

struct process_memory process_memory_of(pid_t pid)
{
    struct process_memory m = { 0 };
    char                  line[256];
    FILE                 *f;

    if (pid == 0)
        return m;
    snprintf(line, sizeof line, "/proc/%d/smaps_rollup", (int)pid);
    f = fopen(line, "re");
    if (!f)
        err(1, "%s", line);
    while (fgets(line, sizeof line, f)) {
        sscanf(line, "Rss: %" SCNu64, &m.rss_kib);
        sscanf(line, "Anonymous: %" SCNu64, &m.anonymous_kib);
    }
    fclose(f);
    return m;
}
