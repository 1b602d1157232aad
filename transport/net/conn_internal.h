// transport/net/conn_internal.h: the birth of a connection, for its two styles.
#ifndef TRANSPORT_NET_CONN_INTERNAL_H
#define TRANSPORT_NET_CONN_INTERNAL_H

#include <tern/conn.h>

// As tern_opts_read; on failure the options that are known are read all the same, for who refuses them.
TERN_NODISCARD int terni_conn_read_opts(tern_conn_opts *ret_opts, const tern_conn_opts *given,
                                        size_t given_size);
// What a connection that cannot be made takes nevertheless.
void terni_conn_refuse(int fd, const tern_conn_opts *opts);
// A zeroed connection, attached. Takes `fd` and the filter, also on failure; the memory stays the caller's.
TERN_NODISCARD int terni_conn_start(tern_conn *c, tern_poller *poller, int fd,
                                    const tern_conn_events *events, void *arg,
                                    const tern_conn_opts *opts);

#endif
