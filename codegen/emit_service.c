// A service: in the header method by method, then the table of handlers; in the source its tables.
#include "codegen/emit.h"

#include <string.h>

#include "codegen/emit_method.h"
#include "codegen/emit_util.h"
#include "codegen/memory.h"

// ---- the header ----------------------------------------------------------

// The name of a type as the service's own file would write it.
static const char *local_name(const gen_method *m, const gen_message *type)
{
    const char *package = m->service->file->proto->package;
    size_t      len = package ? strlen(package) : 0;
    bool        is_own = len && strncmp(type->full_name, package, len) == 0;

    return is_own && type->full_name[len] == '.' ? type->full_name + len + 1 : type->full_name;
}

static void emit_signature(gen_printer *p, const gen_method *m)
{
    gen_comment(p, gen_format("rpc %s(%s%s) returns (%s%s)", m->proto->name,
                              gen_client_sends(m) ? "stream " : "", local_name(m, m->input),
                              gen_client_reads(m) ? "stream " : "", local_name(m, m->output)));
}

static void emit_handlers(gen_printer *p, const gen_service *s)
{
    gen_comment(p,
                "One handler per method: a sync one, on a fiber, or an async one, on the poller.");
    gen_open(p, "typedef struct %s_handlers {", s->c_name);
    for (size_t i = 0; i < s->n_methods; i++)
        gen_emit_method_slots(p, &s->methods[i]);
    gen_close(p, "} %s_handlers;", s->c_name);
    gen_blank(p);
    gen_prototype(p, "static inline void", gen_format("%s_register", s->c_name),
                  GEN_LIST("tern_server *srv", gen_format("const %s_handlers *handlers", s->c_name),
                           "const tern_service_opts *opts"),
                  "");
    gen_open(p, "{");
    gen_line(p, "tern_stub_register(srv, &%s_service, handlers, opts);", s->c_name);
    gen_close(p, "}");
}

void gen_emit_service(gen_printer *p, const gen_service *s)
{
    gen_emit_rule(p, s->full_name);
    gen_emit_doc(p, s->doc);
    gen_column(p, "extern const tern_service", "%s_service", s->c_name);
    if (s->n_methods)
        gen_column(p, "extern const tern_method", "%s_methods[%zu]", s->c_name, s->n_methods);
    gen_columns_end(p);
    gen_blank(p);
    for (size_t i = 0; i < s->n_methods; i++) {
        emit_signature(p, &s->methods[i]);
        gen_emit_doc(p, s->methods[i].doc);
        gen_emit_method_client(p, &s->methods[i]);
        gen_blank(p);
        gen_emit_method_server(p, &s->methods[i]);
        gen_blank(p);
    }
    if (s->n_methods)  // without methods there is nothing to answer
        emit_handlers(p, s);
}

// ---- the tables ----------------------------------------------------------

static const char *flags_of(const gen_method *m)
{
    gen_text flags = { 0 };

    if (m->is_idempotent)
        gen_text_print(&flags, " | TERN_METHOD_IDEMPOTENT");
    if (m->is_inline)
        gen_text_print(&flags, " | TERN_METHOD_INLINE");
    if (m->is_offloaded)
        gen_text_print(&flags, " | TERN_METHOD_OFFLOAD");
    return flags.data ? flags.data + strlen(" | ") : NULL;
}

static void emit_row(gen_printer *p, const gen_method *m)
{
    static const char *const kinds[] = {
        [GEN_UNARY] = "TERN_UNARY",
        [GEN_CLIENT_STREAM] = "TERN_CLIENT_STREAM",
        [GEN_SERVER_STREAM] = "TERN_SERVER_STREAM",
        [GEN_BIDI_STREAM] = "TERN_BIDI_STREAM",
    };
    const char *handlers = gen_format("%s_handlers", m->service->c_name);

    gen_line(p, "{ .name = \"%s\", .path = \"/%s/%s\", .kind = %s,", m->proto->name,
             m->service->full_name, m->proto->name, kinds[m->kind]);
    if (flags_of(m))
        gen_line(p, "  .flags = %s,", flags_of(m));
    gen_line(p, "  .request = &%s, .reply = &%s,", m->input->descriptor, m->output->descriptor);
    gen_line(p, "  .slot = offsetof(%s, %s), .async_slot = offsetof(%s, %s) },", handlers, m->slot,
             handlers, m->async_slot);
}

void gen_emit_service_tables(gen_printer *p, const gen_service *s)
{
    if (s->n_methods) {
        gen_open(p, "const tern_method %s_methods[] = {", s->c_name);
        for (size_t i = 0; i < s->n_methods; i++)
            emit_row(p, &s->methods[i]);
        gen_close(p, "};");
    }
    gen_open(p, "const tern_service %s_service = {", s->c_name);
    gen_line(p, ".name = \"%s\",", s->full_name);
    gen_line(p, ".file = &%s,", s->file->c_name);
    if (s->n_methods) {
        gen_line(p, ".methods = %s_methods,", s->c_name);
        gen_line(p, ".n_methods = %zu,", s->n_methods);
        gen_line(p, ".handlers_size = sizeof(%s_handlers),", s->c_name);
    }
    gen_close(p, "};");
}
