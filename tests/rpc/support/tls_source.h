// tests/rpc/support/tls_source.h: TLS for all that a test connects and listens on, with a certificate that the test has made.
//
// Lifetime:  made once, and kept for good.
// Threads:   any.
#ifndef TESTS_RPC_SUPPORT_TLS_SOURCE_H
#define TESTS_RPC_SUPPORT_TLS_SOURCE_H

#include <tern/filter_source.h>

// For this machine's names, under which tests know their servers.
const tern_filter_source *tls_source(void);

#endif
