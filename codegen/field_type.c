#include "codegen/field_type.h"

#include <assert.h>

#define TYPE(name) GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_##name

bool gen_field_is_c_string(const gen_field *f)
{
    return f->proto->type == TYPE(STRING) && !f->is_text;
}

static const char *c_type(const gen_field *f)
{
    switch (f->proto->type) {
    case TYPE(DOUBLE):
        return "double";
    case TYPE(FLOAT):
        return "float";
    case TYPE(INT64):
    case TYPE(SFIXED64):
    case TYPE(SINT64):
        return "int64_t";
    case TYPE(UINT64):
    case TYPE(FIXED64):
        return "uint64_t";
    case TYPE(INT32):
    case TYPE(SFIXED32):
    case TYPE(SINT32):
        return "int32_t";
    case TYPE(UINT32):
    case TYPE(FIXED32):
        return "uint32_t";
    case TYPE(BOOL):
        return "protobuf_c_boolean";
    case TYPE(STRING):
        return f->is_text ? "tern_text" : "const char";
    case TYPE(BYTES):
        return "ProtobufCBinaryData";
    case TYPE(ENUM):
        assert(f->enumeration);
        return f->enumeration->c_name;
    case TYPE(MESSAGE):
    case TYPE(GROUP):
        assert(f->message);
        return f->message->c_name;
    }
    return "int";
}

const char *gen_field_c_type(const gen_field *f, const char **ret_stars)
{
    static const char *const stars[] = { "", "*", "**" };
    bool                     is_pointer = gen_field_is_c_string(f) || f->message != NULL;

    *ret_stars = stars[is_pointer + (f->presence == GEN_REPEATED)];
    return c_type(f);
}
