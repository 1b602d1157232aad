#include "rpc/base/seldom_internal.h"

#include "rpc/session/target_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/session/wires_internal.h"

enum { NATIVE = false, GRPC = true };

typedef struct scheme scheme;
struct scheme {
    const char *prefix;
    const char *socket;  // what the address of its socket begins with instead
    bool        is_grpc;
    bool        is_tls;
};

// The first that fits. gRPC has its own way to write addresses, which may stand alone or behind grpc://.
static const scheme schemes[] = {
    { "tcp:", "tcp:", NATIVE, false },         { "unix:", "unix:", NATIVE, false },
    { "fd:", "fd:", NATIVE, false },           { "inproc:", "inproc:", NATIVE, false },
    { "tls:", "tcp:", NATIVE, true },          { "tls+inproc:", "inproc:", NATIVE, true },
    { "dns:///", "tcp://", GRPC, false },      { "ipv4:", "tcp://", GRPC, false },
    { "ipv6:", "tcp://", GRPC, false },        { "grpc://dns:///", "tcp://", GRPC, false },
    { "grpc://ipv4:", "tcp://", GRPC, false }, { "grpc://ipv6:", "tcp://", GRPC, false },
    { "grpc://unix:", "unix:", GRPC, false },  { "grpc+unix:", "unix:", GRPC, false },
    { "grpc+fd:", "fd:", GRPC, false },        { "grpc+inproc:", "inproc:", GRPC, false },
    { "grpc:", "tcp:", GRPC, false },          { "grpcs://dns:///", "tcp://", GRPC, true },
    { "grpcs:", "tcp:", GRPC, true },
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

static const char *expectation(void)
{
    return terni_grpc_wire()
               ? "expected tcp://, tls://, grpc:// or grpcs://HOST:PORT, unix:PATH, grpc+unix:PATH "
                 "or fd:N"
               : "expected tcp:// or tls://HOST:PORT, unix:PATH or fd:N";
}

int terni_target_parse(const char *text, const char **ret_why, terni_target *ret_target)
{
    const scheme *s = find_scheme(text);
    terni_target  target = { .wire = s && s->is_grpc ? terni_grpc_wire() : &terni_wire_native };
    char          room[TERN_MAX_ADDRESS];
    const char   *socket = terni_target_socket(text, room, &target.is_tls);
    int           err;

    if (!s) {
        *ret_why = *text ? expectation() : "the address is empty";
        return -EINVAL;
    }
    if (!target.wire) {
        *ret_why = "this program was linked without gRPC (TERN_WITHOUT_GRPC)";
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
