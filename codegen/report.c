#include "codegen/report.h"

#include <stdarg.h>
#include <stdio.h>

static void print_place(gen_text *t, gen_place at)
{
    if (at.line)
        gen_text_print(t, "%s:%d:%d: ", at.file, at.line, at.column);
    else
        gen_text_print(t, "%s: ", at.file);
}

void gen_error(gen_report *r, gen_place at, const char *fmt, ...)
{
    va_list args;

    if (r->errors.len)
        gen_text_append(&r->errors, "\n", 1);
    print_place(&r->errors, at);
    va_start(args, fmt);
    gen_text_vprint(&r->errors, fmt, args);
    va_end(args);
}

void gen_note(gen_place at, const char *fmt, ...)
{
    gen_text line = { 0 };
    va_list  args;

    print_place(&line, at);
    gen_text_print(&line, "note: ");
    va_start(args, fmt);
    gen_text_vprint(&line, fmt, args);
    va_end(args);
    fprintf(stderr, "%s\n", line.data);
}
