#include <tern/field_mask.h>

#include <string.h>

static const ProtobufCFieldDescriptor *field_named(const ProtobufCMessageDescriptor *type,
                                                   const char *name, size_t len)
{
    for (unsigned i = 0; i < type->n_fields; i++)
        if (strncmp(type->fields[i].name, name, len) == 0 && !type->fields[i].name[len])
            return &type->fields[i];
    return NULL;
}

// The message that a path may lead through, or NULL.
static const ProtobufCMessageDescriptor *inside(const ProtobufCFieldDescriptor *field)
{
    const bool is_message =
        field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED;

    return is_message ? field->descriptor : NULL;
}

static bool leads_to_a_field(const char *path, const ProtobufCMessageDescriptor *type)
{
    while (type) {
        const size_t                    len = strcspn(path, ".");
        const ProtobufCFieldDescriptor *field = field_named(type, path, len);

        if (!field || !path[len])
            return field;
        type = inside(field);
        path += len + 1;
    }
    return false;
}

bool tern_field_mask_is_valid(const google_protobuf_field_mask *mask,
                              const ProtobufCMessageDescriptor *type)
{
    for (size_t i = 0; mask && i < mask->n_paths; i++)
        if (!leads_to_a_field(mask->paths[i], type))
            return false;
    return true;
}

static bool is_or_is_above(const char *upper, const char *path)
{
    const size_t len = strlen(upper);

    return len > 0 && strncmp(upper, path, len) == 0 && (path[len] == '\0' || path[len] == '.');
}

bool tern_field_mask_contains(const google_protobuf_field_mask *mask, const char *path)
{
    for (size_t i = 0; mask && i < mask->n_paths; i++)
        if (is_or_is_above(mask->paths[i], path))
            return true;
    return false;
}
