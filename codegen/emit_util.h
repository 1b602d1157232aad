// codegen/emit_util.h: what every section of the output has. Knows nothing of what stands in them.
#ifndef CODEGEN_EMIT_UTIL_H
#define CODEGEN_EMIT_UTIL_H

#include "codegen/printer.h"
#include "codegen/source.h"

// The comments of an element, as `//` lines above it.
void gen_emit_doc(gen_printer *p, gen_doc doc);
// A line that separates two parts of a file.
void gen_emit_rule(gen_printer *p, const char *title);

#endif
