#include "codegen/schema.h"

#include <string.h>

bool gen_file_has_types(const gen_file *f)
{
    if (f->n_enums || f->n_services)
        return true;
    for (size_t i = 0; i < f->n_messages; i++)
        if (!f->messages[i]->extension)
            return true;
    for (size_t i = 0; i < f->proto->n_public_dependency; i++)
        if (gen_file_has_types(f->imports[f->proto->public_dependency[i]]))
            return true;
    return false;
}

static bool is_used_by_message(const gen_message *m, const gen_file *import)
{
    for (size_t i = 0; i < m->n_fields; i++) {
        const gen_field *f = &m->fields[i];

        if ((f->message && f->message->file == import) ||
            (f->enumeration && f->enumeration->file == import))
            return true;
    }
    return false;
}

static bool is_used(const gen_file *f, const gen_file *import)
{
    for (size_t i = 0; i < f->n_messages; i++)
        if (is_used_by_message(f->messages[i], import))
            return true;
    for (size_t i = 0; i < f->n_services; i++)
        for (size_t k = 0; k < f->services[i]->n_methods; k++)
            if (f->services[i]->methods[k].input->file == import ||
                f->services[i]->methods[k].output->file == import)
                return true;
    return false;
}

// Who has options of its own imports descriptor.proto; hardly anyone has code for that.
bool gen_file_includes(const gen_file *f, const gen_file *import)
{
    return gen_file_has_types(import) &&
           (strcmp(import->proto->name, "google/protobuf/descriptor.proto") != 0 ||
            is_used(f, import));
}

// As rpc/wkt/BUILD lists them.
bool gen_file_is_well_known(const gen_file *f)
{
    static const char *const names[] = {
        "google/protobuf/any.proto",      "google/protobuf/duration.proto",
        "google/protobuf/empty.proto",    "google/protobuf/field_mask.proto",
        "google/protobuf/struct.proto",   "google/protobuf/timestamp.proto",
        "google/protobuf/wrappers.proto", "google/rpc/code.proto",
        "google/rpc/error_details.proto", "google/rpc/status.proto",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(f->proto->name, names[i]) == 0)
            return true;
    return false;
}

bool gen_file_reaches(const gen_file *f, const gen_file *other)
{
    return other->index <= f->index && f->reaches[other->index];
}
