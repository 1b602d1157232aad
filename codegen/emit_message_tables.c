#include "codegen/emit.h"

#include <stdlib.h>
#include <string.h>

#include "codegen/memory.h"
#include "codegen/text.h"

static bool is_string(const gen_field *f)
{
    return f->proto->type == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_STRING;
}

static bool is_text(const gen_field *f) { return is_string(f) && f->is_text; }

static bool is_map(const gen_field *f) { return f->message && f->message->is_map_entry; }

// An entry takes any value: whether it becomes one is decided where the map is.
static bool is_closed(const gen_message *m, const gen_field *f)
{
    const gen_enum *e = is_map(f) ? f->message->fields[1].enumeration : f->enumeration;

    return e && !e->file->is_proto3 && !m->is_map_entry;
}

static const char *const labels[] = {
    [GEN_IMPLICIT] = "NONE",     [GEN_OPTIONAL] = "OPTIONAL", [GEN_REQUIRED] = "REQUIRED",
    [GEN_REPEATED] = "REPEATED", [GEN_ONEOF] = "OPTIONAL",
};

// protobuf-c's names are protobuf's own: TYPE_INT32 of descriptor.proto is PROTOBUF_C_TYPE_INT32.
static const char *type_name(const gen_field *f)
{
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(
        &google_protobuf_field_descriptor_proto_type_descriptor, (int)f->proto->type);

    if (is_text(f))
        return "BYTES";
    if (f->message)
        return "MESSAGE";
    return v ? v->name + strlen("TYPE_") : "INT32";
}

static const char *or_flag(const char *flags, const char *flag)
{
    return flags ? gen_format("%s | %s", flags, flag) : flag;
}

static const char *flags_of(const gen_field *f)
{
    const char *flags = f->is_packed ? "PROTOBUF_C_FIELD_FLAG_PACKED" : NULL;

    if (f->presence == GEN_ONEOF)
        flags = "PROTOBUF_C_FIELD_FLAG_ONEOF";
    return f->is_deprecated ? or_flag(flags, "PROTOBUF_C_FIELD_FLAG_DEPRECATED") : flags;
}

// What protobuf-c's tables have no place for.
static const char *rules_of(const gen_message *m, const gen_field *f)
{
    const char *rules = NULL;

    if (is_string(f) && !m->file->is_proto3)
        rules = or_flag(rules, "TERN_FIELD_ANY_BYTES");
    if (is_text(f))
        rules = or_flag(rules, "TERN_FIELD_TEXT");
    if (is_closed(m, f))
        rules = or_flag(rules, "TERN_FIELD_CLOSED");
    if (is_map(f))
        rules = or_flag(rules, "TERN_FIELD_MAP");
    if (f->proto->type == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_GROUP)
        rules = or_flag(rules, "TERN_FIELD_GROUP");
    return rules;
}

// What JSON calls a field of that name, as protoc has it.
static const char *json_name_of(const char *name)
{
    char *json = gen_format("%s", name), *end = json;

    for (const char *c = name; *c; c++)
        if (*c != '_')
            *end++ = c > name && c[-1] == '_' && *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c;
    *end = '\0';
    return json;
}

// What the .proto calls it in JSON instead, quoted; mostly NULL.
static const char *own_json_name(const gen_field *f)
{
    const char *given = f->proto->json_name;
    gen_text    quoted = { 0 };

    if (!given || !*given || strcmp(given, json_name_of(f->proto->name)) == 0)
        return NULL;
    gen_text_quote(&quoted, (const uint8_t *)given, strlen(given));
    return quoted.data;
}

static void emit_field(gen_printer *p, const gen_message *m, const gen_field *f)
{
    // A required field starts at its default, but for the runtime one would make it optional.
    const char *default_value = f->presence == GEN_REQUIRED ? NULL : gen_field_default(m, f);

    gen_open(p, "{");
    gen_line(p, ".name = \"%s\",", f->proto->name);
    gen_line(p, ".id = %d,", f->proto->number);
    gen_line(p, ".label = PROTOBUF_C_LABEL_%s,", labels[f->presence]);
    gen_line(p, ".type = PROTOBUF_C_TYPE_%s,", type_name(f));
    if (f->quantifier)
        gen_line(p, ".quantifier_offset = offsetof(%s, %s),", m->c_name, f->quantifier);
    gen_line(p, ".offset = offsetof(%s, %s),", m->c_name, f->c_name);
    if (f->message)
        gen_line(p, ".descriptor = &%s,", f->message->descriptor);
    if (f->enumeration)
        gen_line(p, ".descriptor = &%s_descriptor,", f->enumeration->c_name);
    if (default_value)
        gen_line(p, ".default_value = %s,", default_value);
    if (flags_of(f))
        gen_line(p, ".flags = %s,", flags_of(f));
    if (rules_of(m, f))
        gen_line(p, ".reserved_flags = %s,", rules_of(m, f));
    if (own_json_name(f))
        gen_line(p, ".reserved2 = (char *)%s,", own_json_name(f));
    gen_close(p, "},");
}

// ---- order ---------------------------------------------------------------

static int by_number(const void *a, const void *b)
{
    const gen_field *fa = *(const gen_field *const *)a, *fb = *(const gen_field *const *)b;

    return fa->proto->number < fb->proto->number ? -1 : 1;
}

static const gen_field **fields_by_number(const gen_message *m)
{
    const gen_field **fields = gen_alloc(m->n_fields, sizeof *fields);

    for (size_t i = 0; i < m->n_fields; i++)
        fields[i] = &m->fields[i];
    qsort(fields, m->n_fields, sizeof *fields, by_number);
    return fields;
}

struct name_index {
    const char *name;
    size_t      index;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct name_index *)a)->name, ((const struct name_index *)b)->name);
}

static void emit_names(gen_printer *p, const gen_message *m, const gen_field **fields)
{
    struct name_index *names = gen_alloc(m->n_fields, sizeof *names);
    const char       **items = gen_alloc(m->n_fields, sizeof *items);

    for (size_t i = 0; i < m->n_fields; i++)
        names[i] = (struct name_index){ fields[i]->proto->name, i };
    qsort(names, m->n_fields, sizeof *names, by_name);
    for (size_t i = 0; i < m->n_fields; i++)
        items[i] = gen_format("%zu", names[i].index);
    gen_wrapped(p, gen_format("static const unsigned names_of_%s[] = { ", m->c_name),
                (gen_list){ items, m->n_fields }, " };");
}

// ---- defaults ------------------------------------------------------------

static void emit_init(gen_printer *p, const gen_message *m)
{
    gen_line(p, "static void init_%s(ProtobufCMessage *m)", m->c_name);
    gen_open(p, "{");
    gen_open(p, "*(%s *)m = (%s){", m->c_name, m->c_name);
    gen_line(p, ".base = PROTOBUF_C_MESSAGE_INIT(&%s),", m->descriptor);
    for (size_t i = 0; i < m->n_fields; i++) {
        const gen_field *f = &m->fields[i];
        const char      *value = gen_field_default(m, f);

        if (value)  // the table holds the default's address, the struct its value
            gen_line(p, ".%s = %s,", f->c_name, value + (*value == '&'));
    }
    gen_close(p, "};");
    gen_close(p, "}");
}

// ---- all tables of a message ---------------------------------------------

static void emit_descriptor(gen_printer *p, const gen_message *m, size_t n_ranges)
{
    const char *package = m->file->proto->package;

    gen_open(p, "const ProtobufCMessageDescriptor %s = {", m->descriptor);
    gen_line(p, ".magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,");
    gen_line(p, ".name = \"%s\",", m->full_name);
    gen_line(p, ".short_name = \"%s\",", m->extension ? m->extension->name : m->proto->name);
    gen_line(p, ".c_name = \"%s\",", m->c_name);
    gen_line(p, ".package_name = \"%s\",", package ? package : "");
    gen_line(p, ".sizeof_message = sizeof(%s),", m->c_name);
    if (m->n_fields) {
        gen_line(p, ".n_fields = %zu,", m->n_fields);
        gen_line(p, ".fields = fields_of_%s,", m->c_name);
        gen_line(p, ".fields_sorted_by_name = names_of_%s,", m->c_name);
        gen_line(p, ".n_field_ranges = %zu,", n_ranges);
        gen_line(p, ".field_ranges = ranges_of_%s,", m->c_name);
    }
    gen_line(p, ".message_init = init_%s,", m->c_name);
    gen_close(p, "};");
}

static size_t emit_fields(gen_printer *p, const gen_message *m)
{
    const gen_field **fields = fields_by_number(m);
    int32_t          *numbers = gen_alloc(m->n_fields, sizeof *numbers);
    size_t            n_ranges;

    gen_open(p, "static const ProtobufCFieldDescriptor fields_of_%s[] = {", m->c_name);
    for (size_t i = 0; i < m->n_fields; i++) {
        emit_field(p, m, fields[i]);
        numbers[i] = fields[i]->proto->number;
    }
    gen_close(p, "};");
    emit_names(p, m, fields);
    gen_emit_ranges(p, m->c_name, numbers, m->n_fields, &n_ranges);
    return n_ranges;
}

void gen_emit_message_tables(gen_printer *p, const gen_message *m)
{
    size_t n_ranges;

    gen_emit_defaults(p, m);
    n_ranges = m->n_fields ? emit_fields(p, m) : 0;
    gen_blank(p);
    emit_init(p, m);
    gen_blank(p);
    emit_descriptor(p, m, n_ranges);
    if (!m->extension)
        return;
    gen_open(p, "const tern_extension %s_extension = {", m->c_name);
    gen_line(p, ".extendee = \"%s\",", m->extendee->full_name);
    gen_line(p, ".type = &%s,", m->descriptor);
    gen_close(p, "};");
}
