// codegen/report.h: what the author of a .proto is told: errors, which end the run, and notes. Each
// is one line, `file:line:column: sentence`.
#ifndef CODEGEN_REPORT_H
#define CODEGEN_REPORT_H

#include <stdbool.h>

#include "codegen/text.h"

// Where something stands in a .proto. A line of 0: nowhere in particular, only the file.
typedef struct gen_place gen_place;
struct gen_place {
    const char *file;
    int         line, column;
};

typedef struct gen_report gen_report;
struct gen_report {
    gen_text errors;
};

// Goes to protoc with the response, which prints it.
void gen_error(gen_report *r, gen_place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
// Goes to stderr at once.
void gen_note(gen_place at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline bool gen_report_has_errors(const gen_report *r) { return r->errors.len > 0; }

#endif
