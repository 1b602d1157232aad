#include "transport/base/seldom_internal.h"

#include <tern/conn.h>

#include <errno.h>

#include "transport/net/conn_core_internal.h"
#include "transport/net/conn_filtering_internal.h"
#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"
#include "transport/poller/operator_internal.h"

tern_poller *tern_conn_poller(const tern_conn *c) { return c->poller; }

int tern_conn_fd(const tern_conn *c) { return c->op.fd; }

void *tern_conn_arg(const tern_conn *c) { return c->arg; }

// What the kernel works on may have left, and it is not asked any more when the connection has gone. So may
// what a filter was given.
tern_conn_stats tern_conn_get_stats(const tern_conn *c)
{
    const terni_conn_filtering *f = c->filtering;
    size_t n_in_flight = !f && terni_operator_is_sending(&c->op) ? c->offered : 0;

    return (tern_conn_stats){ .read_bytes = c->read_bytes,
                              .written_bytes = f ? f->text.gone : c->taken_bytes,
                              .offered_bytes = c->taken_bytes + n_in_flight };
}

static size_t unsent_on_detour(const tern_conn *c)
{
    return terni_conn_untaken(c) + (c->filtering ? terni_conn_filtering_unsent(c->filtering) : 0);
}

size_t tern_conn_unsent(const tern_conn *c)
{
    return TERN_UNLIKELY(c->has_detour) ? unsent_on_detour(c) : c->out.len;
}

size_t tern_conn_memory(const tern_conn *c)
{
    size_t n = tern_linkbuf_memory(&c->in) + tern_linkbuf_memory(&c->out);

    if (c->filtering)
        n += tern_linkbuf_memory(&c->filtering->in) + tern_linkbuf_memory(&c->filtering->out);
    return n;
}

uint64_t tern_conn_position(const tern_conn *c) { return c->taken_bytes + c->out.len; }

tern_conn_filter *tern_conn_get_filter(const tern_conn *c)
{
    return c->filtering ? c->filtering->filter : NULL;
}

const tern_identity *tern_conn_identity(const tern_conn *c)
{
    tern_conn_filter *filter = tern_conn_get_filter(c);

    return filter && filter->is_established && filter->ops->identity ? filter->ops->identity(filter)
                                                                     : NULL;
}

const char *tern_conn_why(const tern_conn *c) { return c->filtering ? c->filtering->why : NULL; }

uint64_t tern_conn_heard_ns(const tern_conn *c) { return c->heard_ns; }

int tern_conn_peer_address(const tern_conn *c, tern_sockaddr *ret_address)
{
    return terni_socket_peer(c->op.fd, ret_address);
}

int tern_conn_local_address(const tern_conn *c, tern_sockaddr *ret_address)
{
    return terni_socket_name(c->op.fd, ret_address);
}

int tern_conn_peer_cred(const tern_conn *c, struct ucred *ret_cred)
{
    struct ucred cred;
    socklen_t    len = sizeof cred;

    if (terni_socket_family(c->op.fd) != AF_UNIX)
        return -EOPNOTSUPP;
    if (terni_sys_table.getsockopt(c->op.fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
        return -errno;
    *ret_cred = cred;
    return 0;
}
