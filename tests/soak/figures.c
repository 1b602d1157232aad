#include "tests/soak/figures.h"

#include <dirent.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <tern/base.h>
#include <tern/mem.h>

static struct {
    atomic_size_t n_live, live_bytes;
} mem;

static void count(const void *p, bool is_new)
{
    if (!p)
        return;
    mem.n_live += is_new ? 1 : (size_t)-1;
    mem.live_bytes += is_new ? malloc_usable_size((void *)p) : -malloc_usable_size((void *)p);
}

static void *counted_alloc(size_t size, void *unused)
{
    void *p = malloc(size);

    (void)unused;
    count(p, true);
    return p;
}

static void *counted_realloc(void *ptr, size_t size, void *unused)
{
    void *p;

    (void)unused;
    count(ptr, false);
    p = realloc(ptr, size);
    count(p ? p : ptr, true);
    return p;
}

static void counted_free(void *ptr, void *unused)
{
    (void)unused;
    count(ptr, false);
    free(ptr);
}

void figures_install(void)
{
    tern_mem_set(&(tern_mem){ counted_alloc, counted_realloc, counted_free, NULL });
}

size_t figures_n_live(void) { return mem.n_live; }

static int n_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int  n = -3;  // ., .. and the folder itself

    TERN_ASSERT(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

// Without what is shared: files and programs.
static long rss_kib(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long  n_resident = 0, n_shared = 0;

    TERN_ASSERT(f && fscanf(f, "%*d %ld %ld", &n_resident, &n_shared) == 2);
    fclose(f);
    return (n_resident - n_shared) * (sysconf(_SC_PAGESIZE) / 1024);
}

static double cpu_s(void)
{
    struct rusage u;

    TERN_ASSERT(getrusage(RUSAGE_SELF, &u) == 0);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

void figures_say(const char *more)
{
    malloc_trim(0);  // what is left is in use
    printf(
        "figures {%s\"n_live\": %zu, \"live_bytes\": %zu, \"rss_kib\": %ld, \"n_fds\": %d, \"cpu_s\": %.2f}\n",
        more, (size_t)mem.n_live, (size_t)mem.live_bytes, rss_kib(), n_fds(), cpu_s());
    fflush(stdout);
}
