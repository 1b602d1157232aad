// codegen/emit.h: one function per section of the output, in the order of the output. Each prints
// one element of the schema; none decides a name or a type.
#ifndef CODEGEN_EMIT_H
#define CODEGEN_EMIT_H

#include "codegen/options.h"
#include "codegen/printer.h"
#include "codegen/schema.h"

// The whole of <stem>.tern.h and <stem>.tern.c.
char *gen_emit_header(const gen_schema *s, const gen_file *file);
char *gen_emit_source(const gen_schema *s, const gen_options *options, const gen_file *file);

void gen_emit_enum(gen_printer *p, const gen_enum *e);
void gen_emit_enum_tables(gen_printer *p, const gen_enum *e);

void gen_emit_message(gen_printer *p, const gen_message *m);
void gen_emit_message_maps(gen_printer *p, const gen_message *m);
void gen_emit_message_macro(gen_printer *p, const gen_message *m);
void gen_emit_message_tables(gen_printer *p, const gen_message *m);
// Where the field's default stands: an expression of pointer type, or NULL if it is zero.
const char *gen_field_default(const gen_message *m, const gen_field *f);
void        gen_emit_defaults(gen_printer *p, const gen_message *m);

// Runs of consecutive numbers, protobuf-c's index of a table that is sorted by number.
void gen_emit_ranges(gen_printer *p, const char *name, const int32_t *numbers, size_t n,
                     size_t *ret_n_ranges);

void gen_emit_service(gen_printer *p, const gen_service *s);
void gen_emit_service_tables(gen_printer *p, const gen_service *s);
void gen_emit_method_client(gen_printer *p, const gen_method *m);
void gen_emit_method_server(gen_printer *p, const gen_method *m);
// The two slots of the method in its service's table of handlers.
void gen_emit_method_slots(gen_printer *p, const gen_method *m);

// The .proto itself, unless `options` would leave it out.
void gen_emit_proto_file(gen_printer *p, const gen_options *options, const gen_file *file);

#endif
