// tern/identity.h: who is at the other end of a connection, and how what goes over it is protected, as far as the
// connection's filter (<tern/conn_filter.h>) has found out. Knows nothing of certificates, nor of who may do what.
//
// Lifetime:  a filter's own; until the connection's `closed` has returned. tern_ctx_identity and
//            tern_call_info.identity are copies.
// Threads:   read-only.
// Invariant: no string is NULL: what is not known is "". Without `is_verified` nobody has vouched for what stands
//            behind it.
//
//   const tern_identity *peer = tern_ctx_identity(ctx);
//   if (!peer || !peer->is_verified || strcmp(peer->spiffe_id, "spiffe://prod/billing") != 0)
//       return tern_fail(ctx, TERN_PERMISSION_DENIED, "billing alone may do this");
#ifndef TERN_IDENTITY_H
#define TERN_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a certificate says its owner is called: its subject alternative names.
typedef enum tern_name_kind {
    TERN_NAME_DNS,
    TERN_NAME_URI,
    TERN_NAME_EMAIL,
    TERN_NAME_IP,  // "10.0.0.1", "2001:db8::1"
} tern_name_kind;

typedef struct tern_name tern_name;
struct tern_name {
    tern_name_kind kind;
    const char    *text;
};

typedef struct tern_identity tern_identity;
struct tern_identity {
    size_t      size;         // of this struct where it was made: it may grow
    const char *protocol;     // "TLSv1.3"
    const char *cipher;       // "TLS_AES_128_GCM_SHA256"
    const char *alpn;         // "h2", "tern/1"
    const char *server_name;  // whom the client has asked for
    bool        is_resumed;   // without certificates being shown again
    // The peer has shown a certificate that somebody whom we trust has signed, and that it has the key of. Of a
    // server's, that it is for the host that was asked for, too.
    bool             is_verified;
    const char      *subject;    // "CN=ada,O=Tern", as RFC 2253 writes it
    const char      *issuer;     // the same, of who has signed it
    const char      *spiffe_id;  // "spiffe://...": the one URI, if it is one
    const tern_name *names;
    size_t           n_names;
};

#ifdef __cplusplus
}
#endif

#endif
