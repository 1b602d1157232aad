#include "codegen/source.h"

#include <stdlib.h>

#include "codegen/memory.h"

typedef google_protobuf_source_code_info_location location;

struct gen_source {
    const char      *file;
    const location **locations;  // sorted by path
    size_t           n_locations;
};

// One key for both sides of a comparison: a path as plain numbers.
struct steps {
    const int32_t *step;
    size_t         n;
};

static int compare_steps(struct steps a, struct steps b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++)
        if (a.step[i] != b.step[i])
            return a.step[i] < b.step[i] ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

static struct steps steps_of(const location *l) { return (struct steps){ l->path, l->n_path }; }

static int by_path(const void *a, const void *b)
{
    const location *la = *(const location *const *)a, *lb = *(const location *const *)b;

    return compare_steps(steps_of(la), steps_of(lb));
}

static int find_path(const void *key, const void *element)
{
    return compare_steps(*(const struct steps *)key, steps_of(*(const location *const *)element));
}

gen_source *gen_source_new(const google_protobuf_file_descriptor_proto *file)
{
    const google_protobuf_source_code_info *info = file->source_code_info;
    gen_source                             *s = gen_alloc(1, sizeof *s);

    s->file = file->name;
    s->n_locations = info ? info->n_location : 0;
    s->locations = gen_alloc(s->n_locations, sizeof(location *));
    for (size_t i = 0; i < s->n_locations; i++)
        s->locations[i] = info->location[i];
    qsort(s->locations, s->n_locations, sizeof(location *), by_path);
    return s;
}

static struct steps flatten(const gen_path *path)
{
    size_t   n = 0;
    int32_t *step;

    for (const gen_path *p = path; p; p = p->parent)
        n += p->index == GEN_PATH_NO_INDEX ? 1 : 2;
    step = gen_alloc(n, sizeof *step);
    for (size_t i = n; path; path = path->parent) {
        if (path->index != GEN_PATH_NO_INDEX)
            step[--i] = path->index;
        step[--i] = path->field;
    }
    return (struct steps){ step, n };
}

gen_doc gen_source_find(const gen_source *s, const gen_path *path)
{
    struct steps           key = flatten(path);
    const location *const *found =
        bsearch(&key, s->locations, s->n_locations, sizeof(location *), find_path);
    gen_doc doc = { .place = { s->file, 0, 0 } };

    if (!found)
        return doc;
    if ((*found)->n_span >= 3) {  // counted from 0
        doc.place.line = (*found)->span[0] + 1;
        doc.place.column = (*found)->span[1] + 1;
    }
    doc.leading = (*found)->leading_comments;
    doc.trailing = (*found)->trailing_comments;
    return doc;
}
