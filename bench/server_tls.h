// bench/server_tls.h: a server over TLS, in the program that has it: an OpenSSL that is only loaded would be in the other's
// memory.
//
// Lifetime:  the certificates' is the process's.
#ifndef BENCH_SERVER_TLS_H
#define BENCH_SERVER_TLS_H

#include <tern/server.h>

// `address` as tcp://HOST:PORT; `certs` is a folder of tools/certs.
tern_server *listen_with_tls(const char *address, const char *certs);

#endif
