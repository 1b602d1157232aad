// codegen/text.h: a growing string. Knows nothing of lines or indentation.
//
// Lifetime:  zero-initialised; `data` is NULL or ends with a NUL that `len` does not count.
#ifndef CODEGEN_TEXT_H
#define CODEGEN_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gen_text gen_text;
struct gen_text {
    char  *data;
    size_t len, capacity;
};

void gen_text_append(gen_text *t, const char *s, size_t len);
void gen_text_repeat(gen_text *t, char c, size_t n);
void gen_text_print(gen_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void gen_text_vprint(gen_text *t, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

// `len` bytes as a C string literal, quotes included.
void gen_text_quote(gen_text *t, const uint8_t *bytes, size_t len);

#endif
