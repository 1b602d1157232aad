// tern/tls.h: TLS for channels and servers, by OpenSSL, in a library of its own (-ltern-tls): certificates, keys, and
// whom to trust. Knows nothing of what goes over the connections that it protects.
//
// Lifetime:  counted: tern_tls_new / tern_tls_unref. Channels and servers hold one of their own, so a program may
//            let go of its own at any time.
// Threads:   any.
// Failure:   what is wrong with a file is known when it is read, and told in one sentence that names it. What is
//            wrong with a peer is in the status of the client's call, and in the server's log.
//
//   tern_tls          *tls;
//   tern_filter_source filters;
//   tern_status        st = tern_tls_new(&(tern_tls_opts){ .cert_file = "server.pem",
//                                                          .key_file = "server.key" }, &tls);
//   if (st.code)
//       return tern_report(st);
//   filters = tern_tls_filters(tls);
//   srv = tern_listen("tls://0.0.0.0:7000", &(tern_server_opts){ .filters = &filters });
#ifndef TERN_TLS_H
#define TERN_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/filter_source.h>
#include <tern/opts.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TERN_TLS_HANDSHAKE_MS = 10 * 1000,
    TERN_TLS_MAX_HANDSHAKES = 1024,
    TERN_TLS_MAX_CHAIN = 64 * 1024,  // bytes of the certificates that a peer shows
    TERN_TLS_MAX_SESSIONS = 1024,    // that a client keeps, to be resumed: one for a host
    TERN_TLS_MAX_FILE = 16 * 1024 * 1024,
};

typedef struct tern_tls tern_tls;

// What a server wants of its clients.
typedef enum tern_tls_peer {
    TERN_TLS_PEER_NONE,     // no certificate
    TERN_TLS_PEER_REQUEST,  // one if they have it, which must be good: see tern_identity.is_verified
    TERN_TLS_PEER_REQUIRE,  // a good one, or no connection
} tern_tls_peer;

// A certificate, with those that lead from it to its root behind it, and its key; PEM. Either is a file or a text.
typedef struct tern_tls_pair tern_tls_pair;
struct tern_tls_pair {
    const char *cert_file, *key_file;
    const char *cert_pem, *key_pem;
};

// Zero is the default everywhere. All is copied.
typedef struct tern_tls_opts tern_tls_opts;
struct tern_tls_opts {
    // Who we are. A server has at least one, of this or of `pairs`; a client one where it has to show it.
    const char *cert_file, *key_file;
    const char *cert_pem, *key_pem;
    // More of them, for servers with several names or kinds of keys: the client's wish (SNI) chooses the first
    // that names it, of those whose key it understands; who names none, or an unknown one, gets the first of all.
    const tern_tls_pair *pairs;
    size_t               n_pairs;
    // Whom to trust: who has signed the peers. None: a client trusts the system's roots, a server nobody.
    const char *ca_file, *ca_pem;
    // Who is not to be trusted any more; PEM, one list for each CA that signs. None: nobody looks.
    const char   *crl_file;
    tern_tls_peer peer;         // servers: of clients
    const char   *server_name;  // clients: who the server has to be, in place of the address's host
    // Servers: who does not begin with TLS is served in plain text, on the same port. Each of its bytes is copied
    // once more than on a port without TLS.
    bool        allow_plain;
    bool        no_resumption;  // neither tickets nor sessions: every handshake is a full one
    bool        only_tls13;     // TLS 1.2 is spoken otherwise, nothing below ever is
    const char *ciphers;        // of TLS 1.2, as OpenSSL writes them. NULL: ECDHE with AEAD only
    const char *cipher_suites;  // of TLS 1.3. NULL: OpenSSL's
    uint32_t    handshake_timeout_ms;  // 0: TERN_TLS_HANDSHAKE_MS; 20 s at most
    // Of servers: those under way at once, of all that use this. A connection more is closed. 0:
    // TERN_TLS_MAX_HANDSHAKES.
    uint32_t max_handshakes;
};

// TERN_OK and `*ret_tls`, which is given; or what is wrong: TERN_INVALID_ARGUMENT, TERN_NOT_FOUND for a file that
// cannot be read, TERN_RESOURCE_EXHAUSTED.
TERN_API TERN_NODISCARD tern_status      tern_tls_new_sized(const tern_tls_opts *opts,
                                                            tern_tls **ret_tls, uint64_t sizes);
TERN_NODISCARD static inline tern_status tern_tls_new(const tern_tls_opts *opts, tern_tls **ret_tls)
{
    return tern_tls_new_sized(opts, ret_tls,
                              TERN_SIZE(0, tern_tls_opts) | TERN_SIZE(1, tern_tls_pair));
}
TERN_API tern_tls *tern_tls_ref(tern_tls *tls);
// Returns NULL, accepts NULL.
TERN_API tern_tls *tern_tls_unref(tern_tls *tls);
static inline void tern_tls_auto_(tern_tls **tls) { *tls = tern_tls_unref(*tls); }

// For tern_channel_opts.filters and tern_server_opts.filters, of any number of channels and servers.
TERN_API tern_filter_source tern_tls_filters(tern_tls *tls);

// Reads the files again. Handshakes that begin from now on use what is in them; connections that are there stay, and
// nothing is resumed that was agreed on before. If anything is wrong with them nothing changes, and the status says
// what. From any thread, also several at once.
TERN_API TERN_NODISCARD tern_status tern_tls_reload(tern_tls *tls);

// ---- what it has seen ----------------------------------------------------

typedef struct tern_tls_stats tern_tls_stats;
struct tern_tls_stats {
    uint64_t n_handshakes;  // that succeeded
    uint64_t n_resumed;     // of these
    uint64_t n_failed;
    uint64_t n_refused;    // connections: max_handshakes were under way
    uint64_t n_plain;      // connections in plain text: allow_plain
    uint64_t n_under_way;  // now
    uint64_t n_reloads;
};

TERN_API void tern_tls_get_stats_sized(const tern_tls *tls, tern_tls_stats *ret, uint64_t sizes);
static inline void tern_tls_get_stats(const tern_tls *tls, tern_tls_stats *ret)
{
    tern_tls_get_stats_sized(tls, ret, TERN_SIZE(0, tern_tls_stats));
}

#ifdef __cplusplus
}
#endif

#endif
