#include "codegen/wellformed.h"

#include <stddef.h>

#define TYPE(name) GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_##name

static bool is_name(const char *s) { return s && *s; }

static bool is_field(const google_protobuf_descriptor_proto       *m,
                     const google_protobuf_field_descriptor_proto *f)
{
    bool needs_name = f->type == TYPE(MESSAGE) || f->type == TYPE(GROUP) || f->type == TYPE(ENUM);

    return is_name(f->name) && f->has_number && f->has_label && f->has_type && f->type >= 1 &&
           f->type <= TYPE(SINT64) && needs_name == is_name(f->type_name) &&
           (!f->has_oneof_index ||
            (f->oneof_index >= 0 && (size_t)f->oneof_index < m->n_oneof_decl)) &&
           (!f->proto3_optional || f->has_oneof_index);
}

static bool is_enum(const google_protobuf_enum_descriptor_proto *e)
{
    for (size_t i = 0; i < e->n_value; i++)
        if (!is_name(e->value[i]->name) || !e->value[i]->has_number)
            return false;
    return is_name(e->name) && e->n_value > 0;
}

static bool has_member(const google_protobuf_descriptor_proto *m, size_t oneof)
{
    for (size_t i = 0; i < m->n_field; i++)
        if (m->field[i]->has_oneof_index && (size_t)m->field[i]->oneof_index == oneof)
            return true;
    return false;
}

static bool is_map_entry(const google_protobuf_descriptor_proto *m)
{
    return m->options && m->options->map_entry;
}

static bool is_message(const google_protobuf_descriptor_proto *m, bool is_nested)
{
    if (!is_name(m->name) || (is_map_entry(m) && (m->n_field != 2 || !is_nested)))
        return false;
    for (size_t i = 0; i < m->n_field; i++)
        if (!is_field(m, m->field[i]))
            return false;
    for (size_t i = 0; i < m->n_oneof_decl; i++)
        if (!is_name(m->oneof_decl[i]->name) || !has_member(m, i))
            return false;
    for (size_t i = 0; i < m->n_extension; i++)
        if (!is_name(m->extension[i]->name))
            return false;
    for (size_t i = 0; i < m->n_enum_type; i++)
        if (!is_enum(m->enum_type[i]))
            return false;
    for (size_t i = 0; i < m->n_nested_type; i++)
        if (!is_message(m->nested_type[i], true))
            return false;
    return true;
}

static bool is_service(const google_protobuf_service_descriptor_proto *s)
{
    for (size_t i = 0; i < s->n_method; i++)
        if (!is_name(s->method[i]->name) || !is_name(s->method[i]->input_type) ||
            !is_name(s->method[i]->output_type))
            return false;
    return is_name(s->name);
}

bool gen_wellformed_file(const google_protobuf_file_descriptor_proto *file)
{
    for (size_t i = 0; i < file->n_public_dependency; i++)
        if (file->public_dependency[i] < 0 ||
            (size_t)file->public_dependency[i] >= file->n_dependency)
            return false;
    for (size_t i = 0; i < file->n_message_type; i++)
        if (!is_message(file->message_type[i], false))
            return false;
    for (size_t i = 0; i < file->n_enum_type; i++)
        if (!is_enum(file->enum_type[i]))
            return false;
    for (size_t i = 0; i < file->n_service; i++)
        if (!is_service(file->service[i]))
            return false;
    for (size_t i = 0; i < file->n_extension; i++)
        if (!is_name(file->extension[i]->name))
            return false;
    return is_name(file->name);
}
