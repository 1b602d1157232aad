#include "rpc/session/target_internal.h"

#include <errno.h>
#include <string.h>

#include "rpc/wire/native/native_internal.h"

typedef struct scheme scheme;
struct scheme {
    const char       *prefix;
    const terni_wire *wire;
    bool              is_tls;
};

static const scheme schemes[] = {
    { "tcp:", &terni_wire_native, false },
    { "unix:", &terni_wire_native, false },
    { "fd:", &terni_wire_native, false },
};

static const scheme *find_scheme(const char *text)
{
    for (size_t i = 0; i < TERN_COUNT_OF(schemes); i++)
        if (strncmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
            return &schemes[i];
    return NULL;
}

int terni_target_parse(const char *text, const char **ret_why, terni_target *ret_target)
{
    const scheme *s = find_scheme(text);
    terni_target  target = { .wire = s ? s->wire : NULL, .is_tls = s && s->is_tls };
    int           err = tern_address_parse(text, ret_why, &target.address);

    if (err < 0)
        return err;
    TERN_ASSERT(s);  // every scheme of a socket address is in the table
    *ret_target = target;
    return 0;
}

bool terni_target_equals(const terni_target *a, const terni_target *b)
{
    const tern_address *x = &a->address, *y = &b->address;

    if (a->wire != b->wire || a->is_tls != b->is_tls || x->kind != y->kind)
        return false;
    return x->port == y->port && x->fd == y->fd && strcmp(x->host, y->host) == 0;
}
