// tern/log.h: one line to whoever runs the program. Knows nothing of what is logged.
//
// Threads:   any; the function set must be thread-safe.
// Invariant: no line is written more than TERN_LOG_BURST times a second for each place in the source,
//            so a storm of errors cannot become a storm of lines; what was held back is counted in the
//            next line.
//
//   tern_log_set(NULL, NULL, TERN_LOG_DEBUG);    // everything, to stderr
#ifndef TERN_LOG_H
#define TERN_LOG_H

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tern_log_level {
    TERN_LOG_ERROR,
    TERN_LOG_WARNING,
    TERN_LOG_INFO,
    TERN_LOG_DEBUG,
} tern_log_level;

enum { TERN_LOG_BURST = 5 };

// Runs on any thread. `line` has no newline and is borrowed for the call.
typedef void tern_log_fn(tern_log_level level, const char *line, void *arg);

// NULL restores stderr. The default level is TERN_LOG_WARNING. A line that another thread is just writing
// may still go where they went before.
TERN_API void tern_log_set(tern_log_fn *fn, void *arg, tern_log_level level);

// What a place in the source remembers to stay quiet.
typedef struct tern_log_site tern_log_site;
struct tern_log_site {
    unsigned long second;
    unsigned      n_lines;
    unsigned      n_held_back;
};

TERN_API void tern_log_write(tern_log_site *site, tern_log_level level, const char *fmt, ...)
    TERN_PRINTF(3, 4);
TERN_API extern int tern_log_max_level;

#define tern_log(level, ...)                                                                       \
    do {                                                                                           \
        static tern_log_site tern_log_site_;                                                       \
        if ((int)(level) <= __atomic_load_n(&tern_log_max_level, __ATOMIC_RELAXED))                \
            tern_log_write(&tern_log_site_, level, __VA_ARGS__);                                   \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
