#include "rpc/base/seldom_internal.h"

#include "rpc/session/target_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/wire/h2/h2_internal.h"
#include "rpc/wire/native/native_internal.h"

typedef struct scheme scheme;
struct scheme {
    const char       *prefix;
    const char       *socket;  // what the address of its socket begins with instead
    const terni_wire *wire;
    bool              is_tls;
};

// The first that fits. gRPC has its own way to write addresses, which may stand alone or behind grpc://.
static const scheme schemes[] = {
    { "tcp:", "tcp:", &terni_wire_native, false },
    { "unix:", "unix:", &terni_wire_native, false },
    { "fd:", "fd:", &terni_wire_native, false },
    { "tls:", "tcp:", &terni_wire_native, true },
    { "dns:///", "tcp://", &terni_wire_h2, false },
    { "ipv4:", "tcp://", &terni_wire_h2, false },
    { "ipv6:", "tcp://", &terni_wire_h2, false },
    { "grpc://dns:///", "tcp://", &terni_wire_h2, false },
    { "grpc://ipv4:", "tcp://", &terni_wire_h2, false },
    { "grpc://ipv6:", "tcp://", &terni_wire_h2, false },
    { "grpc://unix:", "unix:", &terni_wire_h2, false },
    { "grpc+unix:", "unix:", &terni_wire_h2, false },
    { "grpc+fd:", "fd:", &terni_wire_h2, false },
    { "grpc:", "tcp:", &terni_wire_h2, false },
    { "grpcs://dns:///", "tcp://", &terni_wire_h2, true },
    { "grpcs:", "tcp:", &terni_wire_h2, true },
};

static const scheme *find_scheme(const char *text)
{
    for (size_t i = 0; i < TERN_COUNT_OF(schemes); i++)
        if (strncmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
            return &schemes[i];
    return NULL;
}

// One that is too long stays as it is, and is refused as any socket's address with such a scheme.
const char *terni_target_socket(const char *text, char room[TERN_MAX_ADDRESS], bool *ret_is_tls)
{
    const scheme *s = find_scheme(text);
    int           len;

    *ret_is_tls = s && s->is_tls;
    if (!s)
        return text;
    len = snprintf(room, TERN_MAX_ADDRESS, "%s%s", s->socket, text + strlen(s->prefix));
    return len < TERN_MAX_ADDRESS ? room : text;
}

// As HTTP writes whom a request is for.
static void set_authority(terni_target *t)
{
    const tern_address *a = &t->address;
    bool                is_v6 = strchr(a->host, ':') != NULL;

    if (a->kind == TERN_ADDRESS_TCP)
        snprintf(t->authority, sizeof t->authority, is_v6 ? "[%s]:%u" : "%s:%u", a->host, a->port);
    else
        snprintf(t->authority, sizeof t->authority, "localhost");
}

int terni_target_parse(const char *text, const char **ret_why, terni_target *ret_target)
{
    const scheme *s = find_scheme(text);
    terni_target  target = { .wire = s ? s->wire : NULL };
    char          room[TERN_MAX_ADDRESS];
    const char   *socket = terni_target_socket(text, room, &target.is_tls);
    int           err;

    if (!s) {
        *ret_why =
            *text ? "expected tcp://HOST:PORT, unix:PATH or fd:N, or for gRPC grpc://HOST:PORT "
                    "or grpc+unix:PATH"
                  : "the address is empty";
        return -EINVAL;
    }
    if ((err = tern_address_parse(socket, ret_why, &target.address)) < 0)
        return err;
    set_authority(&target);
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
