#include <tern/log.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>

#include "transport/base/sys_internal.h"

enum { MAX_LINE = 1024 };

#define NS_PER_S UINT64_C(1000000000)

static void log_to_stderr(tern_log_level level, const char *line, void *unused)
{
    static const char *const names[] = { "error", "warning", "info", "debug" };

    (void)unused;
    TERN_ASSERT((unsigned)level < TERN_COUNT_OF(names));
    fprintf(stderr, "tern: %s: %s\n", names[level], line);
}

int tern_log_max_level = TERN_LOG_WARNING;

typedef struct sink sink;
struct sink {
    tern_log_fn *fn;
    void        *arg;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sink            current = { .fn = log_to_stderr };  // under it, as the sites are

void tern_log_set(tern_log_fn *fn, void *arg, tern_log_level level)
{
    pthread_mutex_lock(&lock);
    current = fn ? (sink){ fn, arg } : (sink){ .fn = log_to_stderr };
    pthread_mutex_unlock(&lock);
    __atomic_store_n(&tern_log_max_level, (int)level, __ATOMIC_RELAXED);
}

// Returns false for a line to hold back; otherwise where it goes, and how many were held back before it.
static bool admit(tern_log_site *site, sink *ret_to, unsigned *ret_n_held_back)
{
    unsigned long second = (unsigned long)(terni_sys_table.now_ns() / NS_PER_S);
    bool          is_admitted;

    pthread_mutex_lock(&lock);
    if (site->second != second) {
        site->second = second;
        site->n_lines = 0;
    }
    TERN_DEBUG_ASSERT(site->n_lines <= TERN_LOG_BURST);
    is_admitted = site->n_lines < TERN_LOG_BURST;
    if (is_admitted) {
        site->n_lines++;
        *ret_to = current;
        *ret_n_held_back = site->n_held_back;
        site->n_held_back = 0;
    } else {
        site->n_held_back++;
    }
    pthread_mutex_unlock(&lock);
    return is_admitted;
}

void tern_log_write(tern_log_site *site, tern_log_level level, const char *fmt, ...)
{
    char     line[MAX_LINE];
    unsigned n_held_back = 0;
    sink     to;
    va_list  args;
    int      n;

    if (!admit(site, &to, &n_held_back))
        return;
    va_start(args, fmt);
    n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (n_held_back && n >= 0 && (size_t)n < sizeof line)
        snprintf(line + n, sizeof line - (size_t)n, " (and %u more like this)", n_held_back);
    to.fn(level, line, to.arg);
}
