// rpc/session/peer_internal.h: who is at the other end of a connection, for people. Knows nothing of what is spoken
// there.
//
// Lifetime:  none.
// Threads:   the connection's poller's.
#ifndef RPC_SESSION_PEER_INTERNAL_H
#define RPC_SESSION_PEER_INTERNAL_H

#include <stdbool.h>

#include <tern/address.h>
#include <tern/conn.h>

// As one would write it in an address: "tls://..." where there is a filter. False once the socket has lost it.
bool terni_peer_address(const tern_conn *c, char text[TERN_MAX_ADDRESS]);
// To be freed. NULL: it is not known, or there is no memory.
char *terni_peer_keep(const tern_conn *c);
// Says that the connection's filter has failed, with whom (NULL: nobody knows) and why.
void terni_peer_log_failure(const tern_conn *c, const char *address);

#endif
