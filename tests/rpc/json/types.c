#include "tests/rpc/json/types.h"

#include <string.h>

const ProtobufCMessageDescriptor *const json_types[] = {
    &json_scalars_descriptor,
    &json_optionals_descriptor,
    &json_lists_descriptor,
    &json_maps_descriptor,
    &json_choice_descriptor,
    &json_known_descriptor,
    &json_names_descriptor,
    &json_texts_descriptor,
    &json_deep_descriptor,
    &json_old_older_descriptor,
    &json_old_required_descriptor,
    &google_protobuf_any_descriptor,
    &google_protobuf_duration_descriptor,
    &google_protobuf_empty_descriptor,
    &google_protobuf_field_mask_descriptor,
    &google_protobuf_struct_descriptor,
    &google_protobuf_value_descriptor,
    &google_protobuf_list_value_descriptor,
    &google_protobuf_timestamp_descriptor,
    &google_protobuf_int32_value_descriptor,
    &google_protobuf_string_value_descriptor,
};
const size_t json_n_types = TERN_COUNT_OF(json_types);

const tern_extension *const json_extensions[] = {
    &json_old_nick_extension,
    &json_old_lucky_extension,
    &json_old_inner_extension,
    &json_old_scope_level_extension,
};
const size_t json_n_extensions = TERN_COUNT_OF(json_extensions);

const ProtobufCMessageDescriptor *json_type(const char *full_name)
{
    for (size_t i = 0; i < json_n_types; i++)
        if (strcmp(json_types[i]->name, full_name) == 0)
            return json_types[i];
    return NULL;
}
