#include <tern/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

const char *tern_code_name(tern_code code)
{
    return (unsigned)code < TERN_COUNT_OF(names) ? names[code] : names[TERN_UNKNOWN];
}

// A message that was cut must not end within a character.
static void trim_to_character(char *text, size_t size)
{
    size_t end = size - 1;

    while (end > 0 && ((unsigned char)text[end - 1] & 0xc0) == 0x80)
        end--;
    if (end > 0 && (unsigned char)text[end - 1] >= 0xc0)
        end--;
    text[end] = '\0';
}

tern_status tern_status_make(tern_code code, const char *fmt, ...)
{
    tern_status st = { .code = code };
    va_list     args;
    int         len;

    if (code == TERN_OK)
        return st;
    va_start(args, fmt);
    len = vsnprintf(st.msg, sizeof st.msg, fmt, args);
    va_end(args);
    if (len >= (int)sizeof st.msg)
        trim_to_character(st.msg, sizeof st.msg);
    return st;
}

int tern_report(tern_status st)
{
    if (st.code == TERN_OK)
        return 0;
    fprintf(stderr, "%s: %s\n", tern_code_name(st.code), st.msg);
    return 1;
}
