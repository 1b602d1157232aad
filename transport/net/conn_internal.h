// transport/net/conn_internal.h: the birth of a connection, for its two styles.
#ifndef TRANSPORT_NET_CONN_INTERNAL_H
#define TRANSPORT_NET_CONN_INTERNAL_H

#include <tern/conn.h>

// A zeroed connection, attached. Takes `fd`, also on failure; the memory stays the caller's.
TERN_NODISCARD int terni_conn_start(tern_conn *c, tern_poller *poller, int fd,
                                    const tern_conn_events *events, void *arg,
                                    const tern_conn_opts *opts);

#endif
