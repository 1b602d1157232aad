#include "codegen/naming.h"

#include <stdlib.h>
#include <string.h>

#include "codegen/field_type.h"
#include "codegen/memory.h"
#include "codegen/name.h"
#include "codegen/schema.h"
#include "codegen/symbols.h"

// What is being named, for the notes and for the table of symbols.
typedef struct subject subject;
struct subject {
    gen_symbols    *symbols;
    const gen_file *file;
    const char     *owner;
    gen_place       place;
};

// The names that one element brings: its base with each suffix; NULL ends the list.
static const char *const alone[] = { "", NULL };
static const char *const message_suffixes[] = { "",       "_descriptor", "_init",       "_size",
                                                "_pack",  "_unpack",     "_unpack_why", "_clone",
                                                "_equal", "_print",      "_free",       "_auto_",
                                                NULL };
static const char *const extension_suffixes[] = {
    "",       "_descriptor", "_init",  "_size", "_pack",  "_unpack",    "_unpack_why",
    "_clone", "_equal",      "_print", "_free", "_auto_", "_extension", "_has",
    "_get",   "_set",        "_clear", NULL
};
static const char *const enum_suffixes[] = { "", "_descriptor", NULL };
static const char *const service_suffixes[] = { "_service", "_methods", "_handlers", "_register",
                                                NULL };
static const char *const method_suffixes[][20] = {
    [GEN_UNARY] = { "", "_async", "_done", "_call", "_reply", "_fail", NULL },
    [GEN_SERVER_STREAM] = { "", "_async", "_stream", "_stream_free", "_stream_auto_", "_events",
                            "_next", "_status", "_out", "_send", "_push", "_finish", "_wake",
                            NULL },
    [GEN_CLIENT_STREAM] = { "", "_async", "_stream", "_stream_free", "_stream_auto_", "_events",
                            "_send", "_close_send", "_finish", "_wake", "_in", "_next", "_reply",
                            "_fail", NULL },
    [GEN_BIDI_STREAM] = { "", "_async", "_stream", "_stream_free", "_stream_auto_", "_events",
                          "_send", "_close_send", "_next", "_wake", "_status", "_io", "_io_next",
                          "_io_send", "_io_push", "_io_finish", "_io_wake", NULL },
};

// ---- names that every file sees ------------------------------------------

static const gen_symbol *first_taken(const subject *s, const char *base,
                                     const char *const *suffixes)
{
    for (; *suffixes; suffixes++) {
        const gen_symbol *taken =
            gen_symbols_find(s->symbols, s->file, gen_format("%s%s", base, *suffixes));

        if (taken)
            return taken;
    }
    return NULL;
}

static void add_all(const subject *s, const char *base, const char *const *suffixes)
{
    for (; *suffixes; suffixes++)
        gen_symbols_add(s->symbols, (gen_symbol){ .name = gen_format("%s%s", base, *suffixes),
                                                  .file = s->file,
                                                  .owner = s->owner,
                                                  .place = s->place });
}

// Notes are for the author who can act on them: whoever generates this very file.
static void note(const subject *s, const char *name, const char *wish, const char *why)
{
    if (s->file->is_wanted)
        gen_note(s->place, "`%s` is called `%s` in C: `%s` is %s", s->owner, name, wish, why);
}

// Reserves `base` with its suffixes; with as many `_` behind it as it takes.
static const char *claim(const subject *s, const char *base, const char *const *suffixes)
{
    const char       *why = gen_name_why_not_global(base);
    const char       *name = why ? gen_format("%s_", base) : base;
    const gen_symbol *taken;

    while ((taken = first_taken(s, name, suffixes))) {
        why = gen_format("taken by `%s`", taken->owner);
        name = gen_format("%s_", name);
    }
    if (why)
        note(s, name, base, why);
    add_all(s, name, suffixes);
    return name;
}

// ---- names inside a struct -----------------------------------------------

typedef struct members members;
struct members {
    gen_map taken;  // name -> owner
};

static const char *member_taken(const members *m, const char *name, const char *prefix)
{
    const char *owner = gen_map_get(&m->taken, name);

    if (!owner && prefix)
        owner = gen_map_get(&m->taken, gen_format("%s%s", prefix, name));
    return owner ? gen_format("taken by `%s`", owner) : NULL;
}

// A member, and where `prefix` is given its companion: n_x, has_x.
static const char *claim_member(members *m, const subject *s, const char *wish, const char *prefix)
{
    const char *why = gen_name_why_not_member(wish);
    const char *name = why ? gen_format("%s_", wish) : wish;

    for (const char *taken; (taken = member_taken(m, name, prefix));) {
        why = taken;
        name = gen_format("%s_", name);
    }
    if (why)
        note(s, name, wish, why);
    gen_map_set(&m->taken, name, s->owner);
    if (prefix)
        gen_map_set(&m->taken, gen_format("%s%s", prefix, name), s->owner);
    return name;
}

// ---- enums ---------------------------------------------------------------

// RED and COLOR_RED of demo.Outer.Color are both DEMO_OUTER_COLOR_RED: what the value's name repeats
// of its scope is left out, the longest tail of it first.
static const char *without_scope(const char *scope, const char *value)
{
    for (const char *tail = scope; tail; tail = strchr(tail, '_')) {
        size_t len;

        tail += *tail == '_';
        len = strlen(tail);
        if (len > 0 && strncmp(value, tail, len) == 0 && value[len] == '_' && value[len + 1])
            return value + len + 1;
    }
    return value;
}

// The full name as C is to spell it: with the file's prefix, if it has one, in place of the package.
static char *spell(const gen_file *file, const char *full_name)
{
    const char *package = file->proto->package ? file->proto->package : "";
    const char *own = full_name + (*package ? strlen(package) + 1 : 0);

    if (!file->prefix)
        return gen_name_snake(full_name);
    return *file->prefix ? gen_format("%s_%s", file->prefix, gen_name_snake(own))
                         : gen_name_snake(own);
}

static void name_enum(subject s, gen_enum *e)
{
    const char *scope;

    s.owner = e->full_name;
    s.place = e->doc.place;
    e->c_name = claim(&s, spell(e->file, e->full_name), enum_suffixes);
    scope = gen_name_upper(spell(e->file, e->full_name));
    for (size_t i = 0; i < e->n_values; i++) {
        gen_enum_value *v = &e->values[i];
        const char     *own = without_scope(scope, gen_name_upper(gen_name_snake(v->proto->name)));

        s.owner = gen_format("%s.%s", e->full_name, v->proto->name);
        s.place = v->doc.place;
        v->c_name = claim(&s, gen_format("%s_%s", scope, own), alone);
    }
}

// ---- messages ------------------------------------------------------------

static bool needs_has(const gen_field *f)
{
    return f->presence == GEN_OPTIONAL && !gen_field_is_c_string(f) && !f->message;
}

static void name_field(members *taken, subject s, const gen_message *m, gen_field *f)
{
    const char *prefix = f->presence == GEN_REPEATED ? "n_" : needs_has(f) ? "has_" : NULL;

    s.owner = gen_format("%s.%s", m->full_name, f->proto->name);
    s.place = f->doc.place;
    f->c_name = claim_member(taken, &s, gen_name_snake(f->proto->name), prefix);
    if (prefix)
        f->quantifier = gen_format("%s%s", prefix, f->c_name);
    if (f->message && f->message->is_map_entry && f->presence == GEN_REPEATED)
        f->get_name = claim(&s, gen_format("%s_%s_get", m->c_name, f->c_name), alone);
}

static void name_oneof(members *taken, subject s, gen_message *m, gen_oneof *o)
{
    static const char *const case_suffix[] = { "_case", NULL };
    const char              *snake = gen_name_snake(o->proto->name);
    const char              *scope = gen_name_upper(gen_format("%s_%s", m->c_name, snake));

    s.owner = gen_format("%s.%s", m->full_name, o->proto->name);
    s.place = o->doc.place;
    o->case_member = claim_member(taken, &s, gen_format("%s_case", snake), NULL);
    o->case_type =
        gen_format("%s_case", claim(&s, gen_format("%s_%s", m->c_name, snake), case_suffix));
    o->not_set = claim(&s, gen_format("%s_NOT_SET", scope), alone);
    for (size_t i = 0; i < m->n_fields; i++) {
        gen_field *f = &m->fields[i];

        if (f->oneof != o)
            continue;
        s.owner = gen_format("%s.%s", m->full_name, f->proto->name);
        s.place = f->doc.place;
        f->quantifier = o->case_member;
        f->case_name = claim(
            &s, gen_format("%s_%s", scope, gen_name_upper(gen_name_snake(f->proto->name))), alone);
    }
}

static void name_message(subject s, gen_message *m)
{
    s.owner = m->full_name;
    s.place = m->doc.place;
    m->c_name = claim(&s, spell(m->file, m->full_name),
                      m->extension ? extension_suffixes : message_suffixes);
    m->macro = claim(&s, gen_name_upper(m->c_name), alone);
    m->descriptor = gen_format("%s_descriptor", m->c_name);
}

static void name_members(subject s, gen_message *m)
{
    members taken = { 0 };

    gen_map_set(&taken.taken, "base", "ProtobufCMessage");
    for (size_t i = 0; i < m->n_fields; i++)
        name_field(&taken, s, m, &m->fields[i]);
    for (size_t i = 0; i < m->n_oneofs; i++)
        if (!m->oneofs[i].is_synthetic)
            name_oneof(&taken, s, m, &m->oneofs[i]);
}

static void name_message_like_protobuf_c(gen_message *m)
{
    m->c_name = gen_name_protobuf_c_type(m->full_name);
    m->descriptor = gen_format("%s__descriptor", gen_name_protobuf_c_function(m->full_name));
}

// ---- services ------------------------------------------------------------

static void name_service(subject s, gen_service *service)
{
    members slots = { 0 };

    s.owner = service->full_name;
    s.place = service->doc.place;
    service->c_name = claim(&s, spell(service->file, service->full_name), service_suffixes);
    for (size_t i = 0; i < service->n_methods; i++) {
        gen_method *m = &service->methods[i];
        const char *snake = gen_name_snake(m->proto->name);

        s.owner = gen_format("%s.%s", service->full_name, m->proto->name);
        s.place = m->doc.place;
        m->c_name =
            claim(&s, gen_format("%s_%s", service->c_name, snake), method_suffixes[m->kind]);
        m->slot = claim_member(&slots, &s, snake, NULL);
        m->async_slot = claim_member(&slots, &s, gen_format("%s_async", snake), NULL);
    }
}

// ---- files ---------------------------------------------------------------

static void name_file(gen_schema *schema, gen_symbols *symbols, gen_file *file)
{
    subject s = { symbols, file, file->proto->name, { file->proto->name, 0, 0 } };

    file->c_name =
        claim(&s, gen_format("%s_proto_file", gen_name_identifier(file->proto->name)), alone);
    for (size_t i = 0; i < file->n_messages; i++)
        if (schema->is_protobuf_c)
            name_message_like_protobuf_c(file->messages[i]);
        else
            name_message(s, file->messages[i]);
    if (!schema->is_protobuf_c) {
        for (size_t i = 0; i < file->n_enums; i++)
            name_enum(s, file->enums[i]);
        for (size_t i = 0; i < file->n_messages; i++)
            name_members(s, file->messages[i]);
    }
    for (size_t i = 0; i < file->n_services; i++)
        name_service(s, file->services[i]);
}

void gen_naming_apply(gen_schema *s)
{
    gen_symbols symbols = { 0 };

    for (size_t i = 0; i < s->n_files; i++)
        name_file(s, &symbols, s->files[i]);
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i]->is_wanted)
            gen_symbols_check(&symbols, s->files[i], s->report);
}
