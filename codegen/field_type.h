// codegen/field_type.h: the type of a field as C has it. Knows nothing of how it is printed.
#ifndef CODEGEN_FIELD_TYPE_H
#define CODEGEN_FIELD_TYPE_H

#include "codegen/schema.h"

// "const char", and in `ret_stars` the stars that belong to the name.
const char *gen_field_c_type(const gen_field *f, const char **ret_stars);
// True of a string that is no tern_text.
bool gen_field_is_c_string(const gen_field *f);

#endif
