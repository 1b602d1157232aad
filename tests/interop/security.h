// tests/interop/security.h: mutual TLS with the certificates of tools/certs, for either of gRPC's interop programs. Knows
// nothing of what they do.
//
// Lifetime:  a source, as that of tern_tls_filters, until the program ends.
// Threads:   none.
#ifndef TESTS_INTEROP_SECURITY_H
#define TESTS_INTEROP_SECURITY_H

#include <stdbool.h>

#include <tern/filter_source.h>

// `certs` is the folder. False when there is none, or no OpenSSL, or what is in it is wrong: said on stderr.
bool security_make(const char *certs, bool is_server, tern_filter_source *ret_source);

#endif
