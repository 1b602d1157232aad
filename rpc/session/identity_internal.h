// rpc/session/identity_internal.h: a copy of who a peer is, for those who stay longer than its connection. Knows nothing of
// filters.
//
// Lifetime:  of its own: one allocation, tern_mem_free.
// Threads:   none.
#ifndef RPC_SESSION_IDENTITY_INTERNAL_H
#define RPC_SESSION_IDENTITY_INTERNAL_H

#include <tern/identity.h>

// NULL without memory. `from` may be shorter or longer than ours: an identity that some other library has made.
tern_identity *terni_identity_copy(const tern_identity *from);

// The same in room of the caller's, with all that it points at: of so many bytes, aligned as a pointer.
size_t         terni_identity_len(const tern_identity *from);
tern_identity *terni_identity_put(const tern_identity *from, void *room);

#endif
