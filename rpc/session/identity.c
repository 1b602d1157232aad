#include "rpc/base/seldom_internal.h"

#include "rpc/session/identity_internal.h"

#include <string.h>

#include <tern/mem.h>

enum { N_STRINGS = 7 };

// The strings of `id`, in their places.
static void list_strings(tern_identity *id, const char **all[N_STRINGS])
{
    const char **const list[N_STRINGS] = { &id->protocol,    &id->cipher,  &id->alpn,
                                           &id->server_name, &id->subject, &id->issuer,
                                           &id->spiffe_id };

    memcpy(all, list, sizeof list);
}

static size_t bytes_of(tern_identity *id)
{
    const char **all[N_STRINGS];
    size_t       n = 0;

    list_strings(id, all);
    for (size_t i = 0; i < N_STRINGS; i++)
        n += *all[i] ? strlen(*all[i]) + 1 : 1;
    for (size_t i = 0; i < id->n_names; i++)
        n += strlen(id->names[i].text) + 1;
    return n;
}

// What is not there is "".
static const char *put(char **pos, const char *text)
{
    char  *copy = *pos;
    size_t len = text ? strlen(text) : 0;

    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    *pos += len + 1;
    return copy;
}

static void fill(tern_identity *copy, tern_name *names, const tern_identity *from)
{
    char        *pos = (char *)(names + from->n_names);
    const char **all[N_STRINGS];

    *copy = *from;
    copy->size = sizeof *copy;
    copy->names = names;
    list_strings(copy, all);
    for (size_t i = 0; i < N_STRINGS; i++)
        *all[i] = put(&pos, *all[i]);
    for (size_t i = 0; i < from->n_names; i++)
        names[i] = (tern_name){ from->names[i].kind, put(&pos, from->names[i].text) };
}

static tern_identity known_of(const tern_identity *from)
{
    tern_identity known = { .size = 0 };

    memcpy(&known, from, from->size < sizeof known ? from->size : sizeof known);
    return known;
}

size_t terni_identity_len(const tern_identity *from)
{
    tern_identity known = known_of(from);

    return sizeof known + known.n_names * sizeof(tern_name) + bytes_of(&known);
}

tern_identity *terni_identity_put(const tern_identity *from, void *room)
{
    tern_identity  known = known_of(from);
    tern_identity *copy = room;

    fill(copy, (tern_name *)(copy + 1), &known);
    return copy;
}

tern_identity *terni_identity_copy(const tern_identity *from)
{
    void *room = tern_mem_alloc(terni_identity_len(from));

    return room ? terni_identity_put(from, room) : NULL;
}
