#include "codegen/text.h"

#include <stdio.h>
#include <string.h>

#include "codegen/memory.h"

static char *reserve(gen_text *t, size_t len)
{
    if (t->len + len + 1 > t->capacity) {
        t->capacity = 2 * (t->len + len + 1);
        t->data = gen_realloc(t->data, t->capacity, 1);
    }
    return t->data + t->len;
}

void gen_text_append(gen_text *t, const char *s, size_t len)
{
    char *end = reserve(t, len);

    memcpy(end, s, len);
    end[len] = '\0';
    t->len += len;
}

void gen_text_repeat(gen_text *t, char c, size_t n)
{
    while (n-- > 0)
        gen_text_append(t, &c, 1);
}

void gen_text_vprint(gen_text *t, const char *fmt, va_list args)
{
    va_list again;
    int     len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, args);
    if (len > 0) {
        vsnprintf(reserve(t, (size_t)len), (size_t)len + 1, fmt, again);
        t->len += (size_t)len;
    }
    va_end(again);
}

void gen_text_print(gen_text *t, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    gen_text_vprint(t, fmt, args);
    va_end(args);
}

void gen_text_quote(gen_text *t, const uint8_t *bytes, size_t len)
{
    gen_text_append(t, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = bytes[i];

        if (c == '"' || c == '\\' || c == '?')  // `?` would start a trigraph
            gen_text_print(t, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            gen_text_print(t, "\\%03o", c);  // three digits: a digit that follows is no part of it
        else
            gen_text_print(t, "%c", c);
    }
    gen_text_append(t, "\"", 1);
}
