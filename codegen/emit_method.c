#include "codegen/emit_method.h"

#include "codegen/memory.h"

const char *gen_method_name(const gen_method *m, const char *suffix)
{
    return gen_format("%s_%s", m->c_name, suffix);
}

const char *gen_pointer(const char *type, const char *name)
{
    return gen_format("%s *%s", type, name);
}

const char *gen_const_pointer(const char *type, const char *name)
{
    return gen_format("const %s *%s", type, name);
}

void gen_emit_alias(gen_printer *p, const gen_method *m, const char *result, const char *suffix,
                    gen_list params, const char *stub)
{
    gen_prototype(p, result, gen_method_name(m, suffix), params,
                  gen_format("TERN_STUB(%s);", stub));
}
