#include "codegen/schema.h"

bool gen_file_has_types(const gen_file *f)
{
    if (f->n_messages || f->n_enums || f->n_services)
        return true;
    for (size_t i = 0; i < f->proto->n_public_dependency; i++)
        if (gen_file_has_types(f->imports[f->proto->public_dependency[i]]))
            return true;
    return false;
}

bool gen_file_reaches(const gen_file *f, const gen_file *other)
{
    return other->index <= f->index && f->reaches[other->index];
}
