// Default values: what an absent field of a message reads as.
#include "codegen/emit.h"

#include <string.h>

#include "codegen/field_type.h"
#include "codegen/memory.h"

#define TYPE(name) GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_##name

static const char *floating(const char *text, const char *suffix)
{
    if (strcmp(text, "inf") == 0)
        return "INFINITY";
    if (strcmp(text, "-inf") == 0)
        return "-INFINITY";
    if (strcmp(text, "nan") == 0 || strcmp(text, "-nan") == 0)
        return "NAN";
    return gen_format("%s%s%s", text, strpbrk(text, ".e") ? "" : ".0", suffix);
}

static const char *enum_value_named(const gen_enum *e, const char *name)
{
    for (size_t i = 0; i < e->n_values; i++)
        if (strcmp(e->values[i].proto->name, name) == 0)
            return gen_format("%d", e->values[i].proto->number);
    return "0";
}

// The number that stands in `text`, as a constant expression of the field's type.
static const char *number(const gen_field *f, const char *text)
{
    switch (f->proto->type) {
    case TYPE(DOUBLE):
        return floating(text, "");
    case TYPE(FLOAT):
        return floating(text, "f");
    case TYPE(INT64):
    case TYPE(SFIXED64):
    case TYPE(SINT64):
        return strcmp(text, "-9223372036854775808") == 0 ? "INT64_MIN"
                                                         : gen_format("INT64_C(%s)", text);
    case TYPE(INT32):
    case TYPE(SFIXED32):
    case TYPE(SINT32):
        return strcmp(text, "-2147483648") == 0 ? "INT32_MIN" : text;
    case TYPE(UINT64):
    case TYPE(FIXED64):
        return gen_format("UINT64_C(%s)", text);
    case TYPE(UINT32):
    case TYPE(FIXED32):
        return gen_format("%su", text);
    case TYPE(BOOL):
        return strcmp(text, "true") == 0 ? "1" : "0";
    case TYPE(ENUM):
        return gen_format("(%s)%s", f->enumeration->c_name, enum_value_named(f->enumeration, text));
    case TYPE(STRING):
    case TYPE(BYTES):
    case TYPE(MESSAGE):
    case TYPE(GROUP):
        break;
    }
    return "0";
}

// The text of the default in the .proto's own spelling; NULL where absent means zero.
static const char *default_text(const gen_field *f)
{
    if (f->presence != GEN_OPTIONAL && f->presence != GEN_REQUIRED)
        return NULL;
    if (f->proto->default_value)
        return f->proto->default_value;
    // An enum of proto2 need not have a zero: its first value stands in.
    if (f->enumeration && f->enumeration->n_values && f->enumeration->values[0].proto->number != 0)
        return f->enumeration->values[0].proto->name;
    return NULL;
}

const char *gen_field_default(const gen_message *m, const gen_field *f)
{
    if (!default_text(f))
        return f->presence == GEN_IMPLICIT && gen_field_is_c_string(f) ? "protobuf_c_empty_string"
                                                                       : NULL;
    if (gen_field_is_c_string(f))
        return gen_format("default_of_%s_%s", m->c_name, f->c_name);
    return gen_format("&default_of_%s_%s", m->c_name, f->c_name);
}

// ---- bytes ---------------------------------------------------------------

// The escapes that protoc writes into the default of a bytes field.
static uint8_t unescape(const char **s)
{
    static const char letters[] = "nrt", codes[] = "\n\r\t";
    const char       *letter = strchr(letters, **s);
    unsigned          octal = 0;

    if (letter && **s) {
        (*s)++;
        return (uint8_t)codes[letter - letters];
    }
    if (**s < '0' || **s > '7')
        return (uint8_t) * (*s)++;
    for (int i = 0; i < 3 && **s >= '0' && **s <= '7'; i++)
        octal = octal * 8 + (unsigned)(*(*s)++ - '0');
    return (uint8_t)octal;
}

static void emit_bytes(gen_printer *p, const char *name, const char *text)
{
    uint8_t *bytes = gen_alloc(strlen(text) + 1, 1);
    size_t   len = 0;
    gen_text quoted = { 0 };

    while (*text) {
        if (*text == '\\' && text[1]) {
            text++;
            bytes[len++] = unescape(&text);
        } else {
            bytes[len++] = (uint8_t)*text++;
        }
    }
    gen_text_quote(&quoted, bytes, len);
    gen_line(p, "static const ProtobufCBinaryData default_of_%s = { %zu, (uint8_t *)%s };", name,
             len, quoted.data);
}

void gen_emit_defaults(gen_printer *p, const gen_message *m)
{
    for (size_t i = 0; i < m->n_fields; i++) {
        const gen_field *f = &m->fields[i];
        const char      *text = default_text(f), *stars;
        const char      *name = gen_format("%s_%s", m->c_name, f->c_name);
        gen_text         quoted = { 0 };

        if (!text)
            continue;
        if (f->proto->type == TYPE(BYTES)) {
            emit_bytes(p, name, text);
        } else if (f->proto->type == TYPE(STRING)) {
            gen_text_quote(&quoted, (const uint8_t *)text, strlen(text));
            if (f->is_text)
                gen_line(p, "static const tern_text default_of_%s = { %zu, %s };", name,
                         strlen(text), quoted.data);
            else
                gen_line(p, "static const char default_of_%s[] = %s;", name, quoted.data);
        } else {
            gen_line(p, "static const %s default_of_%s = %s;", gen_field_c_type(f, &stars), name,
                     number(f, text));
        }
    }
}
