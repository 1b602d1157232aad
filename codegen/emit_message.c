#include "codegen/emit.h"

#include <assert.h>
#include <string.h>

#include "codegen/emit_util.h"
#include "codegen/field_type.h"
#include "codegen/memory.h"

#define TYPE(name) GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_##name

// ---- the struct ----------------------------------------------------------

static void emit_member_doc(gen_printer *p, gen_doc doc)
{
    if (!doc.leading && !doc.trailing)
        return;
    gen_columns_end(p);  // a comment ends a block of aligned declarations
    gen_emit_doc(p, doc);
}

static void emit_default_doc(gen_printer *p, const gen_field *f)
{
    const char *text = f->proto->default_value;
    gen_text    quoted = { 0 };

    gen_columns_end(p);
    if (f->proto->type == TYPE(STRING) || f->proto->type == TYPE(BYTES))
        gen_text_quote(&quoted, (const uint8_t *)text, strlen(text));
    gen_comment(p, gen_format("Reads as %s when absent.", quoted.data ? quoted.data : text));
}

static void emit_member(gen_printer *p, const gen_field *f)
{
    const char *stars;
    const char *type = gen_field_c_type(f, &stars);

    emit_member_doc(p, f->doc);
    if (f->proto->default_value && f->presence == GEN_OPTIONAL)
        emit_default_doc(p, f);
    if (f->presence == GEN_REPEATED)
        gen_column(p, "size_t", "%s", f->quantifier);
    else if (f->quantifier && f->presence == GEN_OPTIONAL)
        gen_column(p, "protobuf_c_boolean", "%s", f->quantifier);
    gen_column(p, type, "%s%s%s", stars, f->c_name,
               // A map's look-up carries the warning, so that it may itself use the member.
               f->is_deprecated && !f->get_name ? " __attribute__((deprecated))" : "");
}

static void emit_union(gen_printer *p, const gen_message *m, const gen_oneof *o)
{
    emit_member_doc(p, o->doc);
    gen_column(p, o->case_type, "%s", o->case_member);
    gen_columns_end(p);
    gen_open(p, "union {");
    for (size_t i = 0; i < m->n_fields; i++)
        if (m->fields[i].oneof == o)
            emit_member(p, &m->fields[i]);
    gen_columns_end(p);
    gen_close(p, "};");
}

static const gen_field *first_of(const gen_message *m, const gen_oneof *o)
{
    const gen_field *f = m->fields;

    while (f->oneof != o) {
        f++;
        assert(f < m->fields + m->n_fields);  // wellformed: a oneof has a field
    }
    return f;
}

// The field whose entries `m` describes.
static const gen_field *map_of(const gen_message *m)
{
    const gen_field *f = m->parent->fields;

    while (f->message != m) {
        f++;
        assert(f < m->parent->fields + m->parent->n_fields);  // request: an entry has its map
    }
    return f;
}

static void emit_struct(gen_printer *p, const gen_message *m)
{
    gen_emit_doc(p, m->doc);
    if (m->is_map_entry)
        gen_comment(p, gen_format("One entry of %s.%s.", m->parent->c_name, map_of(m)->c_name));
    if (m->extension)
        gen_comment(p, gen_format("Extends %s.", m->extendee->full_name));
    gen_open(p, "struct %s {", m->c_name);
    gen_column(p, "ProtobufCMessage", "base");
    for (size_t i = 0; i < m->n_fields; i++) {
        const gen_field *f = &m->fields[i];

        if (!f->oneof || f->oneof->is_synthetic)
            emit_member(p, f);
        else if (f == first_of(m, f->oneof))
            emit_union(p, m, f->oneof);
    }
    gen_columns_end(p);
    gen_close(p, "};");
}

// ---- around the struct ---------------------------------------------------

static void emit_case_enum(gen_printer *p, const gen_message *m, const gen_oneof *o)
{
    gen_open(p, "typedef enum %s {", o->case_type);
    gen_line(p, "%s = 0,", o->not_set);
    for (size_t i = 0; i < m->n_fields; i++)
        if (m->fields[i].oneof == o)
            gen_line(p, "%s = %d,", m->fields[i].case_name, m->fields[i].proto->number);
    gen_close(p, "} %s;", o->case_type);
    gen_blank(p);
}

static void emit_map_get(gen_printer *p, const gen_message *m, const gen_field *f)
{
    const gen_message *entry = f->message;
    const char        *stars, *key = gen_field_c_type(&entry->fields[0], &stars);
    const char        *by = *stars ? "key" : "&key";
    const char        *result = gen_format("static inline const %s *", entry->c_name);

    gen_blank(p);
    gen_comment(p, gen_format("The entry of `%s` under `key`, or NULL.", f->c_name));
    gen_prototype(
        p, f->is_deprecated ? gen_format("__attribute__((deprecated)) %s", result) : result,
        f->get_name,
        GEN_LIST(gen_format("const %s *m", m->c_name), gen_format("%s %skey", key, stars)), "");
    gen_open(p, "{");
    gen_line(p, "return (const %s *)tern_message_find(m->%s, m->%s, %s);", entry->c_name, f->c_name,
             f->quantifier, by);
    gen_close(p, "}");
}

static bool starts_empty(const gen_field *f)
{
    return f->presence == GEN_IMPLICIT && gen_field_is_c_string(f);
}

static bool has_strings(const gen_message *m, bool are_deprecated)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (starts_empty(&m->fields[i]) && (!are_deprecated || m->fields[i].is_deprecated))
            return true;
    return false;
}

// A literal names no member that its user may name: the compiler would complain of two.
static void emit_empty_strings(gen_printer *p, const gen_message *m)
{
    gen_prototype(p, gen_format("static inline %s *", m->c_name),
                  gen_format("%s_literal_", m->c_name), GEN_LIST(gen_format("%s *m", m->c_name)),
                  "");
    gen_open(p, "{");
    for (size_t i = 0; i < m->n_fields; i++) {
        const char *name = m->fields[i].c_name;

        if (!starts_empty(&m->fields[i]))
            continue;
        gen_line(p, "if (!m->%s)", name);
        gen_line(p, "    m->%s = protobuf_c_empty_string;", name);
    }
    gen_line(p, "return m;");
    gen_close(p, "}");
}

static void emit_literal(gen_printer *p, const gen_message *m)
{
    bool is_deprecated = has_strings(m, true);

    if (is_deprecated) {
        gen_line(p, "#pragma GCC diagnostic push");
        gen_line(p, "#pragma GCC diagnostic ignored \"-Wdeprecated-declarations\"");
    }
    emit_empty_strings(p, m);
    if (is_deprecated)
        gen_line(p, "#pragma GCC diagnostic pop");
}

void gen_emit_message(gen_printer *p, const gen_message *m)
{
    for (size_t i = 0; i < m->n_oneofs; i++)
        if (!m->oneofs[i].is_synthetic)
            emit_case_enum(p, m, &m->oneofs[i]);
    emit_struct(p, m);
    gen_line(p, "TERN_MESSAGE(%s);", m->c_name);
    if (m->extension)
        gen_line(p, "TERN_EXTENSION(%s, %s);", m->c_name, m->extendee->c_name);
    if (has_strings(m, false))
        emit_literal(p, m);
}

// Map look-ups name entry types, which come after the message itself.
void gen_emit_message_maps(gen_printer *p, const gen_message *m)
{
    for (size_t i = 0; i < m->n_fields; i++)
        if (m->fields[i].get_name)
            emit_map_get(p, m, &m->fields[i]);
}

// ---- the constructor -----------------------------------------------------

void gen_emit_message_macro(gen_printer *p, const gen_message *m)
{
    const char *literal = has_strings(m, false) ? "TERN_INITIAL" : "TERN_LITERAL";

    gen_macro(p, gen_format("%s(...)", m->macro),
              gen_format("%s(%s, __VA_ARGS__)", literal, m->c_name));
}
