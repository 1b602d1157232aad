// The two files of a .proto, section by section.
#include "codegen/emit.h"

#include <string.h>

#include <tern/version.h>

#include "codegen/emit_util.h"
#include "codegen/memory.h"
#include "codegen/name.h"

static void emit_banner(gen_printer *p, const gen_file *file, const char *extension)
{
    const char *stem = strrchr(file->stem, '/');
    const char *name = strrchr(file->proto->name, '/');

    gen_comment(p, gen_format("%s.tern.%s: made from %s by protoc-gen-tern " TERN_VERSION
                              "; changes belong into the .proto.",
                              stem ? stem + 1 : file->stem, extension,
                              name ? name + 1 : file->proto->name));
}

static bool is_services_only(const gen_schema *s) { return s->is_protobuf_c; }

// ---- the header ----------------------------------------------------------

static bool has_extensions(const gen_file *file)
{
    for (size_t i = 0; i < file->n_messages; i++)
        if (file->messages[i]->extension)
            return true;
    return false;
}

// What brings options only needs no header.
static void emit_well_known_includes(gen_printer *p, const gen_file *file)
{
    for (size_t i = 0; i < file->n_imports; i++)
        if (gen_file_includes(file, file->imports[i]) && gen_file_is_well_known(file->imports[i]))
            gen_line(p, "#include <tern/pb/%s.tern.h>", file->imports[i]->stem);
}

static void emit_own_includes(gen_printer *p, const gen_file *file)
{
    for (size_t i = 0, n = 0; i < file->n_imports; i++) {
        if (!gen_file_includes(file, file->imports[i]) || gen_file_is_well_known(file->imports[i]))
            continue;
        if (n++ == 0)
            gen_blank(p);
        gen_line(p, "#include \"%s.tern.h\"", file->imports[i]->stem);
    }
}

static void emit_includes(gen_printer *p, const gen_schema *s, const gen_file *file)
{
    gen_line(p, "#include <protobuf-c/protobuf-c.h>");
    if (!is_services_only(s) && has_extensions(file))
        gen_line(p, "#include <tern/extension.h>");
    gen_line(p, "#include <tern/message.h>");
    if (!is_services_only(s))
        emit_well_known_includes(p, file);
    if (file->n_services)
        gen_line(p, "#include <tern/stub.h>");
    if (!is_services_only(s)) {
        emit_own_includes(p, file);
        return;
    }
    gen_blank(p);
    gen_line(p, "#include \"%s.pb-c.h\"", file->stem);
}

static void emit_enums(gen_printer *p, const gen_file *file)
{
    for (size_t i = 0; i < file->n_enums; i++) {
        gen_emit_enum(p, file->enums[i]);
        gen_blank(p);
    }
}

static void emit_messages(gen_printer *p, const gen_file *file)
{
    if (!file->n_messages)
        return;
    for (size_t i = 0; i < file->n_messages; i++)
        gen_column(p, gen_format("typedef struct %s", file->messages[i]->c_name), "%s",
                   file->messages[i]->c_name);
    gen_columns_end(p);
    gen_blank(p);
    for (size_t i = 0; i < file->n_messages; i++) {
        gen_emit_message(p, file->messages[i]);
        gen_blank(p);
    }
    for (size_t i = 0; i < file->n_messages; i++)
        gen_emit_message_maps(p, file->messages[i]);
    gen_blank(p);
}

static bool has_optional_numbers(const gen_file *file)
{
    for (size_t i = 0; i < file->n_messages; i++)
        for (size_t k = 0; k < file->messages[i]->n_fields; k++) {
            const gen_field *f = &file->messages[i]->fields[k];

            if (f->presence == GEN_OPTIONAL && f->quantifier)
                return true;
        }
    return false;
}

// Replies that a call gives have to be freed by our rules, whoever declared their type.
static void emit_foreign_messages(gen_printer *p, const gen_file *file)
{
    gen_map done = { 0 };

    for (size_t i = 0; i < file->n_services; i++)
        for (size_t k = 0; k < file->services[i]->n_methods; k++) {
            const gen_message *m = file->services[i]->methods[k].output;

            if (gen_map_get(&done, m->c_name))
                continue;
            gen_map_set(&done, m->c_name, m);
            gen_line(p, "#ifndef TERN_MESSAGE_%s", m->c_name);
            gen_line(p, "#define TERN_MESSAGE_%s", m->c_name);
            gen_line(p, "TERN_FOREIGN_MESSAGE(%s, %s);", m->c_name, m->descriptor);
            gen_line(p, "#endif");
        }
}

static void emit_macros(gen_printer *p, const gen_file *file)
{
    if (!file->n_messages)
        return;
    gen_comment(p, "Pointers to messages with the given fields set: X(.name = \"a\", .count = 1).");
    if (has_optional_numbers(file))
        gen_comment(p,
                    "A member with a has_ beside it counts only when that is set as well; what is "
                    "left out is\nabsent, and reads as its default once it has been sent.");
    for (size_t i = 0; i < file->n_messages; i++)
        gen_emit_message_macro(p, file->messages[i]);
    gen_macros_end(p);
}

char *gen_emit_header(const gen_schema *s, const gen_file *file)
{
    gen_printer p = { 0 };
    const char *guard = gen_format("%s_TERN_H", gen_name_upper(gen_name_identifier(file->stem)));

    emit_banner(&p, file, "h");
    gen_line(&p, "#ifndef %s", guard);
    gen_line(&p, "#define %s", guard);
    gen_blank(&p);
    emit_includes(&p, s, file);
    gen_blank(&p);
    gen_line(&p, "#ifdef __cplusplus\nextern \"C\" {\n#endif");
    gen_blank(&p);
    gen_line(&p, "extern const tern_proto_file %s;", file->c_name);
    gen_blank(&p);
    if (!is_services_only(s)) {
        emit_enums(&p, file);
        emit_messages(&p, file);
        emit_macros(&p, file);
    } else {
        emit_foreign_messages(&p, file);
    }
    for (size_t i = 0; i < file->n_services; i++)
        gen_emit_service(&p, file->services[i]);
    gen_blank(&p);
    gen_line(&p, "#ifdef __cplusplus\n}\n#endif");
    gen_blank(&p);
    gen_line(&p, "#endif");
    return gen_finish(&p);
}

// ---- the source ----------------------------------------------------------

static bool has_deprecated(const gen_file *file)
{
    for (size_t i = 0; i < file->n_messages; i++)
        for (size_t k = 0; k < file->messages[i]->n_fields; k++)
            if (file->messages[i]->fields[k].is_deprecated)
                return true;
    return false;
}

static bool has_infinity(const gen_file *file)
{
    for (size_t i = 0; i < file->n_messages; i++)
        for (size_t k = 0; k < file->messages[i]->n_fields; k++) {
            const char *value = file->messages[i]->fields[k].proto->default_value;

            if (value && (strstr(value, "inf") || strstr(value, "nan")))
                return true;
        }
    return false;
}

static void emit_preamble(gen_printer *p, const gen_file *file)
{
    const char *slash = strrchr(file->stem, '/');

    emit_banner(p, file, "c");
    gen_comment(p, "Tables, a row a line.\nclang-format off");
    gen_line(p, "#include \"%s.tern.h\"", slash ? slash + 1 : file->stem);
    gen_blank(p);
    if (has_infinity(file)) {
        gen_line(p, "#include <math.h>");
        gen_blank(p);
    }
    if (has_deprecated(file)) {
        gen_comment(p, "The tables name every field, also those that callers should not.");
        gen_line(p, "#pragma GCC diagnostic ignored \"-Wdeprecated-declarations\"");
        gen_blank(p);
    }
}

char *gen_emit_source(const gen_schema *s, const gen_options *options, const gen_file *file)
{
    gen_printer p = { 0 };

    emit_preamble(&p, file);
    for (size_t i = 0; !is_services_only(s) && i < file->n_enums; i++) {
        gen_emit_rule(&p, file->enums[i]->full_name);
        gen_emit_enum_tables(&p, file->enums[i]);
    }
    for (size_t i = 0; !is_services_only(s) && i < file->n_messages; i++) {
        gen_emit_rule(&p, file->messages[i]->full_name);
        gen_emit_message_tables(&p, file->messages[i]);
    }
    for (size_t i = 0; i < file->n_services; i++) {
        gen_emit_rule(&p, file->services[i]->full_name);
        gen_emit_service_tables(&p, file->services[i]);
    }
    gen_emit_rule(&p, file->proto->name);
    gen_emit_proto_file(&p, options, file);
    return gen_finish(&p);
}
