// codegen/emit_method.h: what the client's and the server's half of a method share when printed.
// Knows neither of them.
#ifndef CODEGEN_EMIT_METHOD_H
#define CODEGEN_EMIT_METHOD_H

#include <stdbool.h>

#include "codegen/printer.h"
#include "codegen/schema.h"

// demo_greeter_watch_<suffix>
const char *gen_method_name(const gen_method *m, const char *suffix);
// "type *name", "const type *name"
const char *gen_pointer(const char *type, const char *name);
const char *gen_const_pointer(const char *type, const char *name);

// A function of the method that is tern_stub_<stub>, with types.
void gen_emit_alias(gen_printer *p, const gen_method *m, const char *result, const char *suffix,
                    gen_list params, const char *stub);

// ---- inline bodies -------------------------------------------------------

static inline bool gen_client_sends(const gen_method *m)
{
    return m->kind == GEN_CLIENT_STREAM || m->kind == GEN_BIDI_STREAM;
}

static inline bool gen_client_reads(const gen_method *m)
{
    return m->kind == GEN_SERVER_STREAM || m->kind == GEN_BIDI_STREAM;
}

#endif
