// rpc/session/filter_source_internal.h: a channel's and a server's copy of what makes filters for their connections.
//
// Lifetime:  terni_filter_source_read / terni_filter_source_done.
// Threads:   read-only once it is set.
#ifndef RPC_SESSION_FILTER_SOURCE_INTERNAL_H
#define RPC_SESSION_FILTER_SOURCE_INTERNAL_H

#include <tern/filter_source.h>

// Out of the options of a program, `given_size` bytes or NULL: then there is no `make`. TERN_OK, or what is
// wrong with them; then there is none either.
tern_status terni_filter_source_read(tern_filter_source       *ret_source,
                                     const tern_filter_source *given, size_t given_size);
// Lets go of it: there is no `make` any more.
void terni_filter_source_done(tern_filter_source *source);

// Asks one that has a `make`: `host` is a client's, NULL a server's.
tern_status terni_filter_source_ask(const tern_filter_source *source, const char *host,
                                    const char *alpn, tern_conn_filter **ret_filter);

#endif
