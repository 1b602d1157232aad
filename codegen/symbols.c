#include "codegen/symbols.h"

#include <assert.h>

#include "codegen/memory.h"

static const gen_symbol *first_seen(const gen_symbol *symbol, const gen_file *file)
{
    while (symbol && !gen_file_reaches(file, symbol->file))
        symbol = symbol->next;
    return symbol;
}

const gen_symbol *gen_symbols_find(const gen_symbols *s, const gen_file *file, const char *name)
{
    return first_seen(gen_map_get(&s->by_name, name), file);
}

void gen_symbols_add(gen_symbols *s, gen_symbol symbol)
{
    gen_symbol *entry = gen_alloc(1, sizeof *entry);

    assert(!gen_symbols_find(s, symbol.file, symbol.name));  // whoever adds has looked
    *entry = symbol;
    entry->next = gen_map_get(&s->by_name, symbol.name);
    gen_map_set(&s->by_name, symbol.name, entry);
    if (entry->next)
        *GEN_PUSH(s->shared, s->n_shared) = entry;
}

void gen_symbols_check(const gen_symbols *s, const gen_file *file, gen_report *report)
{
    for (size_t i = 0; i < s->n_shared; i++) {
        const gen_symbol *one = first_seen(s->shared[i], file);
        const gen_symbol *other = one ? first_seen(one->next, file) : NULL;

        if (!other)
            continue;
        gen_error(report, one->place,
                  "`%s` and `%s` of %s would both be `%s` in C, and %s sees both", one->owner,
                  other->owner, other->file->proto->name, one->name, file->proto->name);
        return;
    }
}
