// rpc/session/target_internal.h: what a client's address asks for: a socket address, and what is spoken there.
//
// Lifetime:  a value.
// Threads:   none.
#ifndef RPC_SESSION_TARGET_INTERNAL_H
#define RPC_SESSION_TARGET_INTERNAL_H

#include <stdbool.h>

#include <tern/address.h>

#include "rpc/wire/wire_internal.h"

typedef struct terni_target terni_target;
struct terni_target {
    const terni_wire *wire;
    bool              is_tls;
    tern_address      address;
    char              authority[TERN_MAX_HOST + 16];  // whom calls are for: "example.org:50051"
};

// Where the socket of `text` is, as a listener understands it: `text` itself, or what it is without wire and TLS,
// in `room`.
const char *terni_target_socket(const char *text, char room[TERN_MAX_ADDRESS], bool *ret_is_tls);

// 0, or -EINVAL with `*ret_why`, the rest of a sentence about `text`.
TERN_NODISCARD int terni_target_parse(const char *text, const char **ret_why,
                                      terni_target *ret_target);
bool               terni_target_equals(const terni_target *a, const terni_target *b);

#endif
