// rpc/base/text_internal.h: a text that grows, for people. Knows nothing of what it says.
//
// Lifetime:  embedded, zeroed; terni_text_done.
// Threads:   none. One owner at a time.
// Failure:   without memory, or beyond TERNI_MAX_TEXT, what comes is left out, and is_cut says so.
#ifndef RPC_BASE_TEXT_INTERNAL_H
#define RPC_BASE_TEXT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

enum { TERNI_MAX_TEXT = 16 * 1024 * 1024 };

typedef struct terni_text terni_text;
struct terni_text {
    char  *at;  // ends with a NUL; NULL while it is empty
    size_t len, cap;
    bool   is_cut;
};

TERN_PRINTF(2, 3) void terni_text_add(terni_text *t, const char *fmt, ...);
// "1.234 s", or "-" for what is not known.
void terni_text_add_span(terni_text *t, uint64_t from_ns, uint64_t to_ns);
void terni_text_done(terni_text *t);

#endif
