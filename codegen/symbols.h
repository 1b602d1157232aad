// codegen/symbols.h: which C names are taken, and by what. Knows that a name is in the way only
// where the header that declares it is seen.
//
// Lifetime:  zero-initialised; borrows files and strings.
#ifndef CODEGEN_SYMBOLS_H
#define CODEGEN_SYMBOLS_H

#include "codegen/schema.h"

typedef struct gen_symbol gen_symbol;
struct gen_symbol {
    const char     *name;
    const gen_file *file;
    const char     *owner;  // demo.HelloRequest
    gen_place       place;
    gen_symbol     *next;  // another file's symbol of the same name
};

typedef struct gen_symbols gen_symbols;
struct gen_symbols {
    gen_map      by_name;
    gen_symbol **shared;  // the names with more than one owner
    size_t       n_shared;
};

// The symbol called `name` that `file` sees, or NULL.
const gen_symbol *gen_symbols_find(const gen_symbols *s, const gen_file *file, const char *name);
void              gen_symbols_add(gen_symbols *s, gen_symbol symbol);

// Two files that do not see each other may have chosen the same name. Reports it where a third one
// includes both.
void gen_symbols_check(const gen_symbols *s, const gen_file *file, gen_report *report);

#endif
