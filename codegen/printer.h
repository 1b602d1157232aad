// codegen/printer.h: lines of C, indented and laid out as clang-format leaves them. Knows the
// house's .clang-format (100 columns, 4 spaces, aligned declarations), nothing of protobuf.
//
// Lifetime:  zero-initialised; gen_finish gives the result.
#ifndef CODEGEN_PRINTER_H
#define CODEGEN_PRINTER_H

#include <stddef.h>

#include "codegen/text.h"

#define GEN_COLUMNS 100

// Items between parentheses: GEN_LIST("int a", "int b").
typedef struct gen_list gen_list;
struct gen_list {
    const char *const *items;
    size_t             n;
};
#define GEN_LIST(...)                                                                              \
    ((gen_list){ (const char *const[]){ __VA_ARGS__ },                                             \
                 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) })

typedef struct gen_row     gen_row;
typedef struct gen_printer gen_printer;
struct gen_printer {
    gen_text out;
    unsigned depth;
    gen_row *rows;  // of the block of declarations or macros that is being collected
    size_t   n_rows;
};

// One line. An empty format gives an empty line.
void gen_line(gen_printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// Two empty lines in a row are never wanted: gives one unless one stands there already.
void gen_blank(gen_printer *p);

// A brace: gen_open prints the line and indents, gen_close outdents and prints.
void gen_open(gen_printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void gen_close(gen_printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// `//` lines. Safe for any text: no line can end in a backslash. NULL or "" prints nothing.
void gen_comment(gen_printer *p, const char *text);

// Collects `type name;` lines; gen_columns_end prints them with the names in one column.
// Stars belong to the name: gen_column(p, "const char", "*name").
void gen_column(gen_printer *p, const char *type, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void gen_columns_end(gen_printer *p);

// `head`, whose last character is the opening parenthesis or brace, then the items, filled to the
// line's end and continued behind `head`, then `tail`.
void gen_wrapped(gen_printer *p, const char *head, gen_list list, const char *tail);

// A function's prototype: `result` with its stars ("const char *"), then `name(params)`, then what
// follows the parenthesis: ";", "" before a body, or an attribute with its semicolon, which goes to a
// line of its own where it does not fit.
void gen_prototype(gen_printer *p, const char *result, const char *name, gen_list params,
                   const char *tail);

// Collects `#define left right`; gen_macros_end prints them with the bodies in one column, or each
// on lines of its own where that would be too wide.
void gen_macro(gen_printer *p, const char *left, const char *right);
void gen_macros_end(gen_printer *p);

// The text. Every brace is closed by now, and every block that was collected is printed.
char *gen_finish(const gen_printer *p);

#endif
