// rpc/session/protocol_internal.h: what a peer may turn out to speak on a server's port, told by its first
// bytes. Not all are RPC wires: some are only understood well enough to be refused in their own words.
//
// Lifetime:  static tables.
// Threads:   any: read-only.
#ifndef RPC_SESSION_PROTOCOL_INTERNAL_H
#define RPC_SESSION_PROTOCOL_INTERNAL_H

#include "rpc/wire/wire_internal.h"

typedef struct terni_session terni_session;  // session_internal.h

typedef struct terni_protocol terni_protocol;
struct terni_protocol {
    const char *name;
    // What the first bytes say; at most TERNI_MAX_SNIFF of them.
    terni_sniff (*sniff)(const uint8_t *bytes, size_t len);
    // Takes the session over: terni_session_speak or terni_session_refuse.
    void (*start)(terni_session *s);
};

// All that a server speaks, ended by NULL. The first that is sure wins.
extern const terni_protocol *const terni_protocols[];

// Raises the limits to what every wire needs: once, before a session has them.
void terni_protocols_raise_limits(terni_wire_limits *limits);

#endif
