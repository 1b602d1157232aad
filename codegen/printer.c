#include "codegen/printer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "codegen/memory.h"

enum { INDENT = 4 };

struct gen_row {
    const char *type, *name;
};

static void indent(gen_printer *p) { gen_text_repeat(&p->out, ' ', (size_t)p->depth * INDENT); }

static void vline(gen_printer *p, const char *fmt, va_list args)
{
    if (*fmt && *fmt != '#')
        indent(p);
    gen_text_vprint(&p->out, fmt, args);
    gen_text_append(&p->out, "\n", 1);
}

void gen_line(gen_printer *p, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vline(p, fmt, args);
    va_end(args);
}

void gen_blank(gen_printer *p)
{
    const gen_text *out = &p->out;

    if (out->len >= 2 && strcmp(out->data + out->len - 2, "\n\n") != 0)
        gen_text_append(&p->out, "\n", 1);
}

void gen_open(gen_printer *p, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vline(p, fmt, args);
    va_end(args);
    p->depth++;
}

void gen_close(gen_printer *p, const char *fmt, ...)
{
    va_list args;

    assert(p->depth > 0);
    p->depth--;
    va_start(args, fmt);
    vline(p, fmt, args);
    va_end(args);
}

char *gen_finish(const gen_printer *p)
{
    assert(p->depth == 0 && p->n_rows == 0);
    return p->out.data;
}

// ---- comments ------------------------------------------------------------

static bool continues_line(const char *s, size_t len)
{
    return (len >= 1 && s[len - 1] == '\\') || (len >= 3 && memcmp(s + len - 3, "?\?/", 3) == 0);
}

static void comment_line(gen_printer *p, const char *s, size_t len)
{
    while (len > 0 && strchr(" \t\r", s[len - 1]))
        len--;
    indent(p);
    gen_text_append(&p->out, "//", 2);
    if (len > 0 && *s != ' ')
        gen_text_append(&p->out, " ", 1);
    for (size_t i = 0; i < len; i++)  // a control character has no business in a comment
        gen_text_append(&p->out, (unsigned char)s[i] < ' ' ? " " : s + i, 1);
    if (continues_line(s, len))  // the compiler would read on
        gen_text_append(&p->out, " |", 2);
    gen_text_append(&p->out, "\n", 1);
}

void gen_comment(gen_printer *p, const char *text)
{
    if (!text)
        return;
    while (*text) {
        size_t len = strcspn(text, "\n");

        // The newline that ends the text starts no line of its own.
        comment_line(p, text, len);
        text += len + (text[len] == '\n');
    }
}

// ---- columns -------------------------------------------------------------

void gen_column(gen_printer *p, const char *type, const char *fmt, ...)
{
    gen_row *row = GEN_PUSH(p->rows, p->n_rows);
    gen_text name = { 0 };
    va_list  args;

    va_start(args, fmt);
    gen_text_vprint(&name, fmt, args);
    va_end(args);
    row->type = type;
    row->name = name.data;
}

static size_t width_before_name(const gen_row *row)
{
    return strlen(row->type) + 1 + strspn(row->name, "*");
}

// Where the names start, or 0: they would end beyond the line, so that columns help nobody.
static size_t names_column(const gen_printer *p)
{
    size_t column = 0, widest = 0;

    for (size_t i = 0; i < p->n_rows; i++) {
        size_t before = width_before_name(&p->rows[i]), name = strlen(p->rows[i].name);

        column = before > column ? before : column;
        widest = name > widest ? name : widest;
    }
    return column + widest < GEN_COLUMNS ? column : 0;
}

void gen_columns_end(gen_printer *p)
{
    size_t column = names_column(p);

    for (size_t i = 0; i < p->n_rows; i++) {
        const gen_row *row = &p->rows[i];
        size_t         pad = column ? column - width_before_name(row) : 0;

        gen_line(p, "%s %*s%s;", row->type, (int)pad, "", row->name);
    }
    p->n_rows = 0;
    p->rows = NULL;
}

// ---- wrapping ------------------------------------------------------------

void gen_wrapped(gen_printer *p, const char *head, gen_list list, const char *tail)
{
    size_t start = (size_t)p->depth * INDENT + strlen(head);
    size_t at = start;

    indent(p);
    gen_text_print(&p->out, "%s", head);
    for (size_t i = 0; i < list.n; i++) {
        bool   is_last = i + 1 == list.n;
        size_t len = strlen(list.items[i]) + (is_last ? strlen(tail) : 1);

        if (at > start && at + 1 + len > GEN_COLUMNS) {
            gen_text_append(&p->out, "\n", 1);
            gen_text_repeat(&p->out, ' ', start);
            at = start;
        } else if (at > start) {
            gen_text_append(&p->out, " ", 1);
            at++;
        }
        gen_text_print(&p->out, "%s%s", list.items[i], is_last ? "" : ",");
        at += len;
    }
    gen_text_print(&p->out, "%s\n", tail);
}

// ---- macros --------------------------------------------------------------

void gen_macro(gen_printer *p, const char *left, const char *right)
{
    *GEN_PUSH(p->rows, p->n_rows) = (gen_row){ gen_format("#define %s", left), right };
}

// Where the bodies start, or 0: the longest would end beyond the line.
static size_t bodies_column(const gen_printer *p)
{
    size_t column = 0, widest = 0;

    for (size_t i = 0; i < p->n_rows; i++) {
        size_t left = strlen(p->rows[i].type), right = strlen(p->rows[i].name);

        column = left > column ? left : column;
        widest = right > widest ? right : widest;
    }
    return column + 1 + widest <= GEN_COLUMNS ? column : 0;
}

void gen_macros_end(gen_printer *p)
{
    size_t column = bodies_column(p);

    for (size_t i = 0; i < p->n_rows; i++) {
        const gen_row *row = &p->rows[i];
        int            left = (int)strlen(row->type);

        if (column || (size_t)left + 1 + strlen(row->name) <= GEN_COLUMNS)
            gen_line(p, "%s %*s%s", row->type, column ? (int)column - left : 0, "", row->name);
        else
            gen_line(p, "%s%*s\\\n    %s", row->type,
                     left < GEN_COLUMNS - 2 ? GEN_COLUMNS - 1 - left : 1, "", row->name);
    }
    p->n_rows = 0;
    p->rows = NULL;
}
