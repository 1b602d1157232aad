#include "rpc/base/seldom_internal.h"

#include "rpc/base/text_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include <tern/mem.h>
#include <tern/timer.h>

enum { FIRST_TEXT = 1024 };

static bool reserve(terni_text *t, size_t more)
{
    size_t cap = t->cap ? t->cap : FIRST_TEXT;
    char  *longer;

    while (cap - t->len <= more && cap < TERNI_MAX_TEXT)
        cap *= 2;
    if (cap - t->len <= more)
        return false;
    if (cap == t->cap)
        return true;
    if (!(longer = tern_mem_realloc(t->at, cap)))
        return false;
    t->at = longer;
    t->cap = cap;
    return true;
}

void terni_text_add(terni_text *t, const char *fmt, ...)
{
    va_list args;
    int     n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0 || t->is_cut || !reserve(t, (size_t)n)) {
        t->is_cut = true;
        return;
    }
    va_start(args, fmt);
    vsnprintf(t->at + t->len, t->cap - t->len, fmt, args);
    va_end(args);
    t->len += (size_t)n;
}

void terni_text_add_span(terni_text *t, uint64_t from_ns, uint64_t to_ns)
{
    terni_text_add(t, "%.3f s", (double)(int64_t)(to_ns - from_ns) / (double)TERN_NS_PER_S);
}

void terni_text_done(terni_text *t)
{
    tern_mem_free(t->at);
    *t = (terni_text){ .at = NULL };
}
