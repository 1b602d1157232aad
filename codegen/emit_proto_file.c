// The .proto itself, serialised, for reflection; and those of its imports that have no generated code of
// their own, as files that bring options only have not.
#include "codegen/emit.h"

#include <string.h>

#include "codegen/memory.h"

// ---- which files ---------------------------------------------------------

typedef struct gen_file_list gen_file_list;
struct gen_file_list {
    const gen_file **files;
    size_t           n;
};

// What libtern has itself: every file with options of its own needs the first, and it is large.
static bool is_in_library(const gen_file *file)
{
    return strcmp(file->proto->name, "google/protobuf/descriptor.proto") == 0 ||
           strcmp(file->proto->name, "tern/options.proto") == 0;
}

// The header of this file includes that of the other, so the other's source is there as well.
static bool is_generated(const gen_options *options, const gen_file *file, const gen_file *import)
{
    return !options->is_protobuf_c && gen_file_includes(file, import);
}

static bool is_listed(const gen_file_list *list, const gen_file *file)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->files[i] == file)
            return true;
    return false;
}

// `file` and all that it imports. A file that this one does not import itself may have code elsewhere, or
// not: a copy of it does no harm.
static void list_embedded(gen_file_list *list, const gen_file *file)
{
    if (is_listed(list, file) || is_in_library(file))
        return;
    *GEN_PUSH(list->files, list->n) = file;
    for (size_t i = 0; i < file->n_imports; i++)
        list_embedded(list, file->imports[i]);
}

static void list_imports(const gen_options *options, const gen_file *file,
                         gen_file_list *ret_generated, gen_file_list *ret_embedded)
{
    for (size_t i = 0; i < file->n_imports; i++) {
        const gen_file *import = file->imports[i];

        if (is_generated(options, file, import))
            *GEN_PUSH(ret_generated->files, ret_generated->n) = import;
        else
            list_embedded(ret_embedded, import);
    }
}

// ---- bytes ---------------------------------------------------------------

// As protoc has sent it, whatever is in its options, but without where things stand in the source.
static gen_text serialise(const gen_file *file)
{
    enum { SOURCE_CODE_INFO = 9 };
    gen_bytes      in = file->bytes;
    gen_wire_field f;
    gen_text       bytes = { 0 };

    while (gen_wire_next(&in, &f))
        if (f.number != SOURCE_CODE_INFO)
            gen_text_append(&bytes, (const char *)f.whole.data, f.whole.len);
    return bytes;
}

static void emit_bytes(gen_printer *p, const char *name, const gen_file *file)
{
    enum { PER_LINE = 16 };
    const gen_text bytes = serialise(file);

    gen_open(p, "static const uint8_t %s[] = {", name);
    for (size_t i = 0; i < bytes.len; i += PER_LINE) {
        gen_text line = { 0 };

        for (size_t k = i; k < bytes.len && k < i + PER_LINE; k++)
            gen_text_print(&line, "%s0x%02x%s", k > i ? " " : "", (uint8_t)bytes.data[k],
                           k + 1 < bytes.len ? "," : "");
        gen_line(p, "%s", line.data);
    }
    gen_close(p, "};");
}

// ---- tables --------------------------------------------------------------

static void emit_embedded(gen_printer *p, const gen_file_list *embedded)
{
    if (!embedded->n)
        return;
    gen_comment(p, "Imports without code of their own.");
    for (size_t i = 0; i < embedded->n; i++)
        emit_bytes(p, gen_format("bytes_%zu", i), embedded->files[i]);
    gen_open(p, "static const tern_proto_file embedded[] = {");
    for (size_t i = 0; i < embedded->n; i++)
        gen_line(p, "{ .name = \"%s\", .bytes = bytes_%zu, .len = sizeof bytes_%zu },",
                 embedded->files[i]->proto->name, i, i);
    gen_close(p, "};");
}

static void emit_imports(gen_printer *p, const gen_file_list *generated,
                         const gen_file_list *embedded)
{
    if (!generated->n && !embedded->n)
        return;
    gen_open(p, "static const tern_proto_file *const imports[] = {");
    for (size_t i = 0; i < generated->n; i++)
        gen_line(p, "&%s,", generated->files[i]->c_name);
    for (size_t i = 0; i < embedded->n; i++)
        gen_line(p, "&embedded[%zu],", i);
    gen_close(p, "};");
}

void gen_emit_proto_file(gen_printer *p, const gen_options *options, const gen_file *file)
{
    gen_file_list generated = { 0 }, embedded = { 0 };

    if (options->embeds_descriptors) {
        list_imports(options, file, &generated, &embedded);
        emit_bytes(p, "bytes", file);
        emit_embedded(p, &embedded);
        emit_imports(p, &generated, &embedded);
    }
    gen_open(p, "const tern_proto_file %s = {", file->c_name);
    gen_line(p, ".name = \"%s\",", file->proto->name);
    if (options->embeds_descriptors) {
        gen_line(p, ".bytes = bytes,");
        gen_line(p, ".len = sizeof bytes,");
    }
    if (generated.n + embedded.n) {
        gen_line(p, ".imports = imports,");
        gen_line(p, ".n_imports = %zu,", generated.n + embedded.n);
    }
    gen_close(p, "};");
}
