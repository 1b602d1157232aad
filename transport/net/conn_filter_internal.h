// transport/net/conn_filter_internal.h: how a connection comes to have a filter.
#ifndef TRANSPORT_NET_CONN_FILTER_INTERNAL_H
#define TRANSPORT_NET_CONN_FILTER_INTERNAL_H

#include <tern/conn_filter.h>
#include <tern/operator.h>

// Takes `filter`, also on failure: 0 or -ENOMEM. `*ret_ops` are the connection's then.
TERN_NODISCARD int terni_conn_filter_start(tern_conn *c, tern_conn_filter *filter,
                                           const tern_operator_ops **ret_ops);

#endif
