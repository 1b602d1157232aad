// rpc/tls/settings_internal.h: a copy of the options, which a reload reads again.
//
// Lifetime:  terni_tls_settings_init / terni_tls_settings_done.
// Threads:   read-only once it is made.
#ifndef RPC_TLS_SETTINGS_INTERNAL_H
#define RPC_TLS_SETTINGS_INTERNAL_H

#include <tern/tls.h>

typedef struct terni_tls_settings terni_tls_settings;
struct terni_tls_settings {
    tern_tls_opts  opts;   // its strings are ours
    tern_tls_pair *pairs;  // all of them: the one of `opts` comes first
    size_t         n_pairs;
};

// TERN_OK, or what is wrong with them; then there is nothing to be done with it.
tern_status terni_tls_settings_init(terni_tls_settings *s, const tern_tls_opts *given,
                                    uint64_t sizes);
void        terni_tls_settings_done(terni_tls_settings *s);

#endif
