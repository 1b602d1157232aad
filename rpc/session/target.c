#include "rpc/session/target_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/wire/native/native_internal.h"

typedef struct scheme scheme;
struct scheme {
    const char       *prefix;
    const terni_wire *wire;
    const char       *below;  // TLS: what the socket's address begins with instead. NULL: none
};

static const scheme schemes[] = {
    { "tcp:", &terni_wire_native, NULL },
    { "unix:", &terni_wire_native, NULL },
    { "fd:", &terni_wire_native, NULL },
    { "tls:", &terni_wire_native, "tcp:" },
};

static const scheme *find_scheme(const char *text)
{
    for (size_t i = 0; i < TERN_COUNT_OF(schemes); i++)
        if (strncmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
            return &schemes[i];
    return NULL;
}

// One that is too long stays as it is, and is refused as any socket's address with TLS.
const char *terni_target_socket(const char *text, char room[TERN_MAX_ADDRESS], bool *ret_is_tls)
{
    const scheme *s = find_scheme(text);
    int           len;

    *ret_is_tls = s && s->below;
    if (!*ret_is_tls)
        return text;
    len = snprintf(room, TERN_MAX_ADDRESS, "%s%s", s->below, text + strlen(s->prefix));
    return len < TERN_MAX_ADDRESS ? room : text;
}

int terni_target_parse(const char *text, const char **ret_why, terni_target *ret_target)
{
    const scheme *s = find_scheme(text);
    terni_target  target = { .wire = s ? s->wire : NULL };
    char          room[TERN_MAX_ADDRESS];
    const char   *socket = terni_target_socket(text, room, &target.is_tls);
    int           err = tern_address_parse(socket, ret_why, &target.address);

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
