#include "tests/rpc/fakes/journal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char   text[4096];
static size_t len;

void journal_clear(void)
{
    len = 0;
    text[0] = '\0';
}

void journal_say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    len += (size_t)vsnprintf(text + len, sizeof text - len, fmt, args);
    va_end(args);
    TERN_ASSERT(len < sizeof text);
}

const char *journal_take(void)
{
    static char copy[sizeof text];

    memcpy(copy, text, len + 1);
    journal_clear();
    return copy;
}
