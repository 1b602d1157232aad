#include "rpc/base/seldom_internal.h"

#include "rpc/server/catalog_internal.h"

#include <errno.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/server/own_files_internal.h"

enum { FIRST_FILES = 16 };

void terni_catalog_init(terni_catalog *c) { *c = (terni_catalog){ .files = NULL }; }

void terni_catalog_done(terni_catalog *c)
{
    tern_mem_free(c->files);
    tern_mem_free(c->imports);
    terni_catalog_init(c);
}

// ---- files ---------------------------------------------------------------

const terni_catalog_file *terni_catalog_find_file(const terni_catalog *c, terni_span name)
{
    for (size_t i = 0; i < c->n_files; i++)
        if (terni_span_is(c->files[i].name, name))
            return &c->files[i];
    return NULL;
}

static int reserve(terni_catalog *c)
{
    size_t cap = c->cap_files ? 2 * c->cap_files : FIRST_FILES;
    void  *files;

    if (c->n_files < c->cap_files)
        return 0;
    if (!(files = tern_mem_realloc(c->files, cap * sizeof *c->files)))
        return -ENOMEM;
    c->files = files;
    c->cap_files = cap;
    return 0;
}

// 1: it is new here. 0: it is not, or says nothing.
static int add_bytes(terni_catalog *c, terni_span bytes)
{
    terni_span name = terni_descriptor_name(bytes);
    size_t     n_extensions;
    int        err;

    if (!name.len || terni_catalog_find_file(c, name))
        return 0;
    if ((err = reserve(c)) < 0)
        return err;
    n_extensions = terni_descriptor_extensions(bytes, (terni_span){ NULL, 0 }, NULL, 0);
    c->n_extensions += n_extensions;
    c->files[c->n_files++] =
        (terni_catalog_file){ .name = name, .bytes = bytes, .has_extensions = n_extensions > 0 };
    return 1;
}

int terni_catalog_add(terni_catalog *c, const tern_proto_file *file)
{
    int result;

    if (!file)
        return 0;
    // A file's imports come with it: where it is known, they are.
    if ((result = add_bytes(c, (terni_span){ file->bytes, file->len })) <= 0)
        return result;
    for (size_t i = 0; i < file->n_imports; i++)
        if ((result = terni_catalog_add(c, file->imports[i])) < 0)
            return result;
    return 0;
}

static int add_own_files(terni_catalog *c)
{
    terni_span rest = terni_own_files, file;
    int        result;

    while (terni_descriptor_next_file(&rest, &file))
        if ((result = add_bytes(c, file)) < 0)
            return result;
    return 0;
}

// ---- imports -------------------------------------------------------------

static size_t count_imports(const terni_catalog *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n_files; i++) {
        terni_span rest = c->files[i].bytes, name;

        while (terni_descriptor_next_import(&rest, &name))
            n++;
    }
    return n;
}

static void link_file(terni_catalog *c, terni_catalog_file *file)
{
    terni_span rest = file->bytes, name;

    file->first_import = c->n_imports;
    while (terni_descriptor_next_import(&rest, &name)) {
        const terni_catalog_file *import = terni_catalog_find_file(c, name);

        if (import)
            c->imports[c->n_imports++] = (uint32_t)(import - c->files);
        else
            tern_log(
                TERN_LOG_WARNING,
                "reflection: %.*s imports %.*s, which is not known here: was it generated with "
                "descriptors=none?",
                (int)file->name.len, (const char *)file->name.data, (int)name.len,
                (const char *)name.data);
    }
    file->n_imports = c->n_imports - file->first_import;
}

int terni_catalog_link(terni_catalog *c)
{
    int err = add_own_files(c);

    if (err < 0)
        return err;
    TERN_ASSERT(!c->imports);
    if (!(c->imports = tern_mem_alloc((count_imports(c) + 1) * sizeof *c->imports)))
        return -ENOMEM;
    for (size_t i = 0; i < c->n_files; i++)
        link_file(c, &c->files[i]);
    return 0;
}

size_t terni_catalog_list_closure(const terni_catalog *c, const terni_catalog_file *file,
                                  uint32_t *room)
{
    uint32_t *is_listed = room + c->n_files;
    size_t    n = 0;

    TERN_ASSERT(file >= c->files && file < c->files + c->n_files);
    memset(is_listed, 0, c->n_files * sizeof *is_listed);
    room[n++] = (uint32_t)(file - c->files);
    is_listed[room[0]] = 1;
    for (size_t next = 0; next < n; next++) {
        const terni_catalog_file *f = &c->files[room[next]];

        for (size_t i = 0; i < f->n_imports; i++) {
            uint32_t import = c->imports[f->first_import + i];

            if (!is_listed[import])
                room[n++] = import;
            is_listed[import] = 1;
        }
    }
    return n;
}

// ---- what is in them -----------------------------------------------------

const terni_catalog_file *terni_catalog_find_symbol(const terni_catalog *c, terni_span symbol,
                                                    terni_element *ret_element)
{
    for (size_t i = 0; i < c->n_files; i++)
        if ((*ret_element = terni_descriptor_find(c->files[i].bytes, symbol)))
            return &c->files[i];
    return NULL;
}

const terni_catalog_file *terni_catalog_find_extension(const terni_catalog *c, terni_span type,
                                                       int32_t number, int32_t *numbers)
{
    for (size_t i = 0; i < c->n_files; i++) {
        const terni_catalog_file *f = &c->files[i];
        size_t                    n = f->has_extensions && type.len
                                          ? terni_descriptor_extensions(f->bytes, type, numbers, c->n_extensions)
                                          : 0;

        for (size_t k = 0; k < n; k++)
            if (numbers[k] == number)
                return f;
    }
    return NULL;
}

size_t terni_catalog_list_extensions(const terni_catalog *c, terni_span type, int32_t *numbers)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n_files; i++)
        if (c->files[i].has_extensions)
            n += terni_descriptor_extensions(c->files[i].bytes, type, numbers + n,
                                             c->n_extensions - n);
    return n;
}
