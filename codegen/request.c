#include "codegen/request.h"

#include <assert.h>
#include <string.h>

#include "codegen/memory.h"
#include "codegen/name.h"
#include "codegen/naming.h"
#include "codegen/wellformed.h"

// Field numbers of descriptor.proto, the steps of a path.
enum {
    REQUEST_PROTO_FILE = 15,  // of plugin.proto
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    FILE_SERVICE = 6,
    FILE_EXTENSION = 7,
    FILE_SYNTAX = 12,
    MESSAGE_FIELD = 2,
    MESSAGE_NESTED = 3,
    MESSAGE_ENUM = 4,
    MESSAGE_EXTENSION = 6,
    MESSAGE_ONEOF = 8,
    ENUM_VALUE = 2,
    SERVICE_METHOD = 2,
};

// Field numbers of proto/tern/options.proto.
enum {
    OPTION_INLINE = 51820,
    OPTION_OFFLOAD = 51821,
    OPTION_TEXT = 51822,
    OPTION_FILE_TEXT = 51823,
    OPTION_PREFIX = 51824,
};

// Names in descriptors start with a dot; ours do not.
struct named_type {
    gen_message *message;
    gen_enum    *enumeration;
};

static const char *join(const char *scope, const char *name)
{
    return scope && *scope ? gen_format("%s.%s", scope, name) : name;
}

static void define_type(gen_schema *s, const char *full_name, struct named_type type)
{
    struct named_type *entry = gen_alloc(1, sizeof *entry);

    *entry = type;
    gen_map_set(&s->types, full_name, entry);
}

// ---- options of our own --------------------------------------------------

// A custom option reaches us as a field that descriptor.proto does not know.
static bool has_true_option(const ProtobufCMessage *options, uint32_t number)
{
    bool value = false;

    for (size_t i = 0; options && i < options->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *f = &options->unknown_fields[i];

        if (f->tag == number && f->wire_type == PROTOBUF_C_WIRE_TYPE_VARINT)
            value = f->len == 1 && f->data[0] == 1;
    }
    return value;
}

// NULL without it.
static const char *string_option(const ProtobufCMessage *options, uint32_t number)
{
    const char *value = NULL;

    for (size_t i = 0; i < options->n_unknown_fields; i++) {
        gen_bytes in = { options->unknown_fields[i].data, options->unknown_fields[i].len };

        if (options->unknown_fields[i].tag == number && gen_wire_take_bytes(&in))
            value = gen_strndup((const char *)in.data, in.len);
    }
    return value;
}

static bool is_identifier(const char *s)
{
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
               strlen(s) &&
           !(*s >= '0' && *s <= '9');
}

// ---- declarations --------------------------------------------------------

static void add_enum(gen_schema *s, gen_file *file, const char *scope, const gen_path *path,
                     const google_protobuf_enum_descriptor_proto *proto)
{
    gen_enum *e = *GEN_PUSH(file->enums, file->n_enums) = gen_alloc(1, sizeof *e);

    e->proto = proto;
    e->file = file;
    e->full_name = join(scope, proto->name);
    e->doc = gen_source_find(file->source, path);
    e->n_values = proto->n_value;
    e->values = gen_alloc(e->n_values, sizeof *e->values);
    for (size_t i = 0; i < e->n_values; i++) {
        gen_path at = { path, ENUM_VALUE, (int32_t)i };

        e->values[i].proto = proto->value[i];
        e->values[i].doc = gen_source_find(file->source, &at);
        e->values[i].is_deprecated =
            proto->value[i]->options && proto->value[i]->options->deprecated;
    }
    define_type(s, e->full_name, (struct named_type){ .enumeration = e });
}

static bool is_message(const google_protobuf_field_descriptor_proto *f)
{
    return f->type == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_MESSAGE ||
           f->type == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_GROUP;
}

static bool is_packable(const google_protobuf_field_descriptor_proto *f)
{
    return f->type != GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_STRING &&
           f->type != GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_BYTES && !is_message(f);
}

static bool is_string(const google_protobuf_field_descriptor_proto *f)
{
    return f->type == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_STRING;
}

static gen_presence presence_of(const gen_message                            *m,
                                const google_protobuf_field_descriptor_proto *f)
{
    if (f->label == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_LABEL_REPEATED)
        return GEN_REPEATED;
    if (f->label == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_LABEL_REQUIRED)
        return GEN_REQUIRED;
    if (f->has_oneof_index && !f->proto3_optional)
        return GEN_ONEOF;
    if (f->proto3_optional || is_message(f) || m->extension)
        return GEN_OPTIONAL;
    // An entry of a map without a key or a value means zero, in proto2 as well.
    return m->file->is_proto3 || m->is_map_entry ? GEN_IMPLICIT : GEN_OPTIONAL;
}

static void add_field(gen_message *m, gen_field *f, const gen_path *path,
                      const google_protobuf_field_descriptor_proto *proto)
{
    const google_protobuf_field_options *options = proto->options;

    f->proto = proto;
    f->doc = gen_source_find(m->file->source, path);
    f->presence = presence_of(m, proto);
    f->oneof = proto->has_oneof_index && !m->extension ? &m->oneofs[proto->oneof_index] : NULL;
    f->is_deprecated = options && options->deprecated;
    f->is_packed = f->presence == GEN_REPEATED && is_packable(proto) &&
                   (options && options->has_packed ? options->packed : m->file->is_proto3);
    f->is_text = (m->file->is_text && is_string(proto)) ||
                 (options && has_true_option(&options->base, OPTION_TEXT));
    if (proto->proto3_optional && !m->extension)
        m->oneofs[proto->oneof_index].is_synthetic = true;
}

static void add_fields(gen_message *m, const gen_path *path)
{
    m->n_oneofs = m->proto->n_oneof_decl;
    m->oneofs = gen_alloc(m->n_oneofs, sizeof *m->oneofs);
    for (size_t i = 0; i < m->n_oneofs; i++) {
        gen_path at = { path, MESSAGE_ONEOF, (int32_t)i };

        m->oneofs[i].proto = m->proto->oneof_decl[i];
        m->oneofs[i].doc = gen_source_find(m->file->source, &at);
    }
    m->n_fields = m->proto->n_field;
    m->fields = gen_alloc(m->n_fields, sizeof *m->fields);
    for (size_t i = 0; i < m->n_fields; i++) {
        gen_path at = { path, MESSAGE_FIELD, (int32_t)i };

        add_field(m, &m->fields[i], &at, m->proto->field[i]);
    }
}

// A message of its own, with the field alone, whose bytes are those that the extension has in the
// message that it extends.
static void add_extension(gen_file *file, const gen_message *scope, const gen_path *path,
                          const google_protobuf_field_descriptor_proto *proto)
{
    gen_message *m = *GEN_PUSH(file->messages, file->n_messages) = gen_alloc(1, sizeof *m);

    m->file = file;
    m->parent = scope;
    m->extension = proto;
    m->full_name = join(scope ? scope->full_name : file->proto->package, proto->name);
    m->n_fields = 1;
    m->fields = gen_alloc(1, sizeof *m->fields);
    add_field(m, m->fields, path, proto);
    m->doc.place = m->fields[0].doc.place;
}

static bool is_message_set(const gen_message *m)
{
    return m->proto->options && m->proto->options->message_set_wire_format;
}

static void add_message(gen_schema *s, gen_file *file, const gen_message *parent,
                        const gen_path *path, const google_protobuf_descriptor_proto *proto)
{
    gen_message *m = *GEN_PUSH(file->messages, file->n_messages) = gen_alloc(1, sizeof *m);

    m->proto = proto;
    m->file = file;
    m->parent = parent;
    m->full_name = join(parent ? parent->full_name : file->proto->package, proto->name);
    m->is_map_entry = proto->options && proto->options->map_entry;
    m->is_deprecated = proto->options && proto->options->deprecated;
    m->doc = gen_source_find(file->source, path);
    define_type(s, m->full_name, (struct named_type){ .message = m });
    if (file->is_wanted && is_message_set(m))
        gen_note(m->doc.place, "`%s` is a message set: its items stay unknown fields",
                 m->full_name);

    add_fields(m, path);
    for (size_t i = 0; i < proto->n_nested_type; i++) {
        gen_path at = { path, MESSAGE_NESTED, (int32_t)i };
        add_message(s, file, m, &at, proto->nested_type[i]);
    }
    for (size_t i = 0; i < proto->n_enum_type; i++) {
        gen_path at = { path, MESSAGE_ENUM, (int32_t)i };
        add_enum(s, file, m->full_name, &at, proto->enum_type[i]);
    }
    for (size_t i = 0; i < proto->n_extension; i++) {
        gen_path at = { path, MESSAGE_EXTENSION, (int32_t)i };
        add_extension(file, m, &at, proto->extension[i]);
    }
}

static void add_method(gen_service *service, gen_method *m, const gen_path *path,
                       const google_protobuf_method_descriptor_proto *proto)
{
    const google_protobuf_method_options *options = proto->options;

    m->proto = proto;
    m->service = service;
    m->kind = proto->client_streaming
                  ? proto->server_streaming ? GEN_BIDI_STREAM : GEN_CLIENT_STREAM
              : proto->server_streaming ? GEN_SERVER_STREAM
                                        : GEN_UNARY;
    m->doc = gen_source_find(service->file->source, path);
    m->is_deprecated = options && options->deprecated;
    m->is_idempotent =
        options && options->idempotency_level !=
                       GOOGLE_PROTOBUF_METHOD_OPTIONS_IDEMPOTENCY_LEVEL_IDEMPOTENCY_UNKNOWN;
    m->is_inline = options && has_true_option(&options->base, OPTION_INLINE);
    m->is_offloaded = options && has_true_option(&options->base, OPTION_OFFLOAD);
}

static void add_service(gen_file *file, const gen_path *path,
                        const google_protobuf_service_descriptor_proto *proto)
{
    gen_service *service = *GEN_PUSH(file->services, file->n_services) =
        gen_alloc(1, sizeof *service);

    service->proto = proto;
    service->file = file;
    service->full_name = join(file->proto->package, proto->name);
    service->doc = gen_source_find(file->source, path);
    service->n_methods = proto->n_method;
    service->methods = gen_alloc(service->n_methods, sizeof *service->methods);
    for (size_t i = 0; i < service->n_methods; i++) {
        gen_path at = { path, SERVICE_METHOD, (int32_t)i };
        add_method(service, &service->methods[i], &at, proto->method[i]);
    }
}

static void add_declarations(gen_schema *s, gen_file *file)
{
    const google_protobuf_file_descriptor_proto *proto = file->proto;

    for (size_t i = 0; i < proto->n_message_type; i++) {
        gen_path at = { NULL, FILE_MESSAGE, (int32_t)i };
        add_message(s, file, NULL, &at, proto->message_type[i]);
    }
    for (size_t i = 0; i < proto->n_enum_type; i++) {
        gen_path at = { NULL, FILE_ENUM, (int32_t)i };
        add_enum(s, file, proto->package, &at, proto->enum_type[i]);
    }
    for (size_t i = 0; i < proto->n_service; i++) {
        gen_path at = { NULL, FILE_SERVICE, (int32_t)i };
        add_service(file, &at, proto->service[i]);
    }
    for (size_t i = 0; i < proto->n_extension; i++) {
        gen_path at = { NULL, FILE_EXTENSION, (int32_t)i };
        add_extension(file, NULL, &at, proto->extension[i]);
    }
}

// ---- files ---------------------------------------------------------------

static gen_file *file_named(const gen_schema *s, const char *name)
{
    for (size_t i = 0; i < s->n_files; i++)
        if (strcmp(s->files[i]->proto->name, name) == 0)
            return s->files[i];
    return NULL;
}

static void add_import(gen_file *file, gen_file *import)
{
    assert(import->index < file->index);  // `reaches` has room for those before the file
    *GEN_PUSH(file->imports, file->n_imports) = import;
    for (size_t i = 0; i <= import->index; i++)
        file->reaches[i] |= import->reaches[i];
}

static bool is_known_syntax(const char *syntax)
{
    return !syntax || !*syntax || strcmp(syntax, "proto2") == 0 || strcmp(syntax, "proto3") == 0;
}

static void add_file(gen_schema *s, const google_protobuf_file_descriptor_proto *proto,
                     gen_bytes bytes, bool is_wanted)
{
    gen_file *file = gen_alloc(1, sizeof *file);
    gen_path  syntax = { NULL, FILE_SYNTAX, GEN_PATH_NO_INDEX };

    file->proto = proto;
    file->bytes = bytes;
    file->source = gen_source_new(proto);
    file->stem = gen_name_stem(proto->name);
    file->is_proto3 = proto->syntax && strcmp(proto->syntax, "proto3") == 0;
    file->is_wanted = is_wanted;
    file->is_text = proto->options && has_true_option(&proto->options->base, OPTION_FILE_TEXT);
    file->index = s->n_files;
    file->reaches = gen_alloc(s->n_files + 1, sizeof *file->reaches);
    file->reaches[file->index] = true;
    if (!is_known_syntax(proto->syntax))
        gen_error(s->report, gen_source_find(file->source, &syntax).place,
                  "%s are not supported; say syntax = \"proto3\"", proto->syntax);
    if (proto->options)
        file->prefix = string_option(&proto->options->base, OPTION_PREFIX);
    if (file->prefix && !is_identifier(file->prefix))
        gen_error(s->report, (gen_place){ proto->name, 0, 0 },
                  "(tern.prefix) = \"%s\" is not what a name of C can begin with", file->prefix);
    for (size_t i = 0; i < proto->n_dependency; i++) {
        gen_file *import = file_named(s, proto->dependency[i]);

        if (import)
            add_import(file, import);
        else
            gen_error(s->report, (gen_place){ proto->name, 0, 0 },
                      "the request lacks the import `%s`", proto->dependency[i]);
    }
    *GEN_PUSH(s->files, s->n_files) = file;
    add_declarations(s, file);
}

// ---- references ----------------------------------------------------------

static struct named_type resolve(const gen_schema *s, gen_place at, const char *name)
{
    const struct named_type *type = gen_map_get(&s->types, name + (*name == '.'));

    if (type)
        return *type;
    gen_error(s->report, at, "the request lacks the type `%s`", name);
    return (struct named_type){ 0 };
}

static void refuse_kind(const gen_schema *s, gen_place at, const char *name)
{
    if (!gen_report_has_errors(s->report))
        gen_error(s->report, at, "`%s` is of another kind than the request says", name);
}

static bool is_of_its_kind(const gen_field *f)
{
    return f->proto->type == GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_ENUM
               ? f->enumeration != NULL
               : f->message != NULL;
}

// The option stands at the map, the strings are in its entries.
static void pass_text_on(const gen_schema *s, gen_field *f, gen_message *entry)
{
    size_t n_strings = is_string(f->proto);

    for (size_t i = 0; entry && entry->is_map_entry && i < entry->n_fields; i++) {
        if (!is_string(entry->fields[i].proto))
            continue;
        entry->fields[i].is_text = true;
        n_strings++;
    }
    if (n_strings == 0)
        gen_error(s->report, f->doc.place, "`%s` has no string that (tern.text) could be for",
                  f->proto->name);
}

static void resolve_fields(const gen_schema *s, gen_message *m)
{
    for (size_t i = 0; i < m->n_fields; i++) {
        gen_field        *f = &m->fields[i];
        struct named_type type = { 0 };

        if (f->proto->type_name && *f->proto->type_name)
            type = resolve(s, f->doc.place, f->proto->type_name);
        f->message = type.message;
        f->enumeration = type.enumeration;
        if (f->proto->type_name && !is_of_its_kind(f))
            refuse_kind(s, f->doc.place, f->proto->type_name);
        if (f->is_text)
            pass_text_on(s, f, type.message);
    }
}

// protoc makes an entry for a field of the message around it, whose fields are resolved by now.
static bool is_entry_of_a_field(const gen_message *entry)
{
    for (size_t i = 0; i < entry->parent->n_fields; i++)
        if (entry->parent->fields[i].message == entry)
            return true;
    return false;
}

static void resolve_methods(const gen_schema *s, gen_service *service)
{
    for (size_t i = 0; i < service->n_methods; i++) {
        gen_method *m = &service->methods[i];

        m->input = resolve(s, m->doc.place, m->proto->input_type).message;
        m->output = resolve(s, m->doc.place, m->proto->output_type).message;
        if (!m->input || !m->output)
            refuse_kind(s, m->doc.place, m->proto->name);
    }
}

static void resolve_extendee(const gen_schema *s, gen_message *m)
{
    const char *name = m->extension->extendee;

    m->extendee = resolve(s, m->fields[0].doc.place, name ? name : "").message;
    if (!m->extendee)
        refuse_kind(s, m->fields[0].doc.place, m->extension->name);
}

// A message set has each of its items in a group, which is not how an extension is read or written: there is no code
// for those of them.
static void leave_out_items(gen_file *file)
{
    size_t n = 0;

    for (size_t i = 0; i < file->n_messages; i++) {
        gen_message *m = file->messages[i];

        if (!m->extension || !m->extendee || !is_message_set(m->extendee))
            file->messages[n++] = m;
        else if (file->is_wanted)
            gen_note(m->fields[0].doc.place, "`%s` extends a message set: there is no code for it",
                     m->extension->name);
    }
    file->n_messages = n;
}

static void resolve_file(const gen_schema *s, gen_file *file)
{
    for (size_t i = 0; i < file->n_messages; i++) {
        gen_message *m = file->messages[i];

        resolve_fields(s, m);
        if (m->extension)
            resolve_extendee(s, m);
        if (m->is_map_entry && !is_entry_of_a_field(m))
            gen_error(s->report, m->doc.place, "`%s` is a map's entry, and no field is the map",
                      m->full_name);
    }
    leave_out_items(file);
    for (size_t i = 0; i < file->n_services; i++)
        resolve_methods(s, file->services[i]);
}

static bool is_asked_for(const google_protobuf_compiler_code_generator_request *request,
                         const char                                            *name)
{
    for (size_t i = 0; i < request->n_file_to_generate; i++)
        if (strcmp(name, request->file_to_generate[i]) == 0)
            return true;
    return false;
}

static gen_bytes next_file(gen_bytes *in)
{
    gen_wire_field f;

    while (gen_wire_next(in, &f))
        if (f.number == REQUEST_PROTO_FILE)
            return f.value;
    return (gen_bytes){ 0 };
}

google_protobuf_compiler_code_generator_request *gen_request_read(gen_bytes in)
{
    const ProtobufCMessageDescriptor *type =
        &google_protobuf_compiler_code_generator_request_descriptor;
    gen_text plain = { 0 };

    if (!gen_wire_without_groups(&plain, in, type))
        return NULL;
    return (google_protobuf_compiler_code_generator_request *)protobuf_c_message_unpack(
        type, NULL, plain.len, (const uint8_t *)plain.data);
}

gen_schema *gen_request_link(const google_protobuf_compiler_code_generator_request *request,
                             gen_bytes in, bool is_protobuf_c, gen_report *report)
{
    gen_schema *s = gen_alloc(1, sizeof *s);

    s->report = report;
    s->is_protobuf_c = is_protobuf_c;
    for (size_t i = 0; i < request->n_proto_file; i++) {
        const google_protobuf_file_descriptor_proto *file = request->proto_file[i];
        gen_bytes                                    bytes = next_file(&in);

        if (gen_wellformed_file(file))
            add_file(s, file, bytes, is_asked_for(request, file->name));
        else
            gen_error(report, (gen_place){ file->name ? file->name : "", 0, 0 },
                      "the request is malformed; was it protoc that wrote it?");
    }
    for (size_t i = 0; !gen_report_has_errors(report) && i < s->n_files; i++)
        resolve_file(s, s->files[i]);
    if (!gen_report_has_errors(report))
        gen_naming_apply(s);
    return s;
}
