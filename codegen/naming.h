// codegen/naming.h: gives everything in a schema its C name. Where a keyword or another name is in
// the way, the name gets a trailing `_` and the author a note.
#ifndef CODEGEN_NAMING_H
#define CODEGEN_NAMING_H

typedef struct gen_schema gen_schema;

// Files that see the same .proto choose the same names for it: a file's names depend on itself and
// on what it imports, never on the rest of the request.
void gen_naming_apply(gen_schema *s);

#endif
