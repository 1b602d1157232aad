// The .proto itself, serialised, for reflection.
#include "codegen/emit.h"

#include "codegen/memory.h"
#include "codegen/name.h"

// Everything but where things stand in the source.
static uint8_t *serialise(const gen_file *file, size_t *ret_len)
{
    google_protobuf_file_descriptor_proto copy = *file->proto;
    uint8_t                              *bytes;

    copy.source_code_info = NULL;
    *ret_len = protobuf_c_message_get_packed_size(&copy.base);
    bytes = gen_alloc(*ret_len, 1);
    protobuf_c_message_pack(&copy.base, bytes);
    return bytes;
}

static void emit_bytes(gen_printer *p, const uint8_t *bytes, size_t len)
{
    enum { PER_LINE = 16 };

    gen_open(p, "static const uint8_t bytes[] = {");
    for (size_t i = 0; i < len; i += PER_LINE) {
        gen_text line = { 0 };

        for (size_t k = i; k < len && k < i + PER_LINE; k++)
            gen_text_print(&line, "%s0x%02x%s", k > i ? " " : "", bytes[k], k + 1 < len ? "," : "");
        gen_line(p, "%s", line.data);
    }
    gen_close(p, "};");
}

static const char *symbol_of(const gen_file *import) { return import->c_name; }

void gen_emit_proto_file(gen_printer *p, const gen_file *file)
{
    size_t   len;
    uint8_t *bytes = serialise(file, &len);

    emit_bytes(p, bytes, len);
    if (file->n_imports) {
        gen_comment(p, "Weak: a program need not link what only reflection would read.");
        for (size_t i = 0; i < file->n_imports; i++)
            gen_line(p, "extern const tern_proto_file %s __attribute__((weak));",
                     symbol_of(file->imports[i]));
        gen_open(p, "static const tern_proto_file *const imports[] = {");
        for (size_t i = 0; i < file->n_imports; i++)
            gen_line(p, "&%s,", symbol_of(file->imports[i]));
        gen_close(p, "};");
    }
    gen_open(p, "const tern_proto_file %s = {", file->c_name);
    gen_line(p, ".name = \"%s\",", file->proto->name);
    gen_line(p, ".bytes = bytes,");
    gen_line(p, ".len = sizeof bytes,");
    if (file->n_imports) {
        gen_line(p, ".imports = imports,");
        gen_line(p, ".n_imports = %zu,", file->n_imports);
    }
    gen_close(p, "};");
}
