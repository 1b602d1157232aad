// tests/rpc/tls/gate.h: a server with TLS that tells its callers who they are, and clients of it. Knows nothing of how
// certificates are made (certs.h).
//
// Lifetime:  gate_open .. gate_close, in a TERN_TEST.
// Threads:   the server has a thread of its own.
#ifndef TESTS_RPC_TLS_GATE_H
#define TESTS_RPC_TLS_GATE_H

#include <tern/tls.h>

#include "tests/rpc/certs/certs.h"
#include "tests/rpc/support/host.h"
#include "tests/rpc/tls/guard.tern.h"
#include "tests/support/leak.h"

// What all tests share; made once.
extern cert *gate_ca, *gate_server, *gate_client;
int          gate_warm_up(void **state);
int          gate_cool_down(void **state);

typedef struct gate gate;
struct gate {
    tern_tls          *tls;
    tern_filter_source filters;
    host               host;
};

// With gate_server's certificate, unless `opts` (NULL: none) brings one.
void gate_open(gate *g, const tern_tls_opts *opts);
// Without any, and out of reach of this process's allocations.
void gate_open_in_process(gate *g);
void gate_close(gate *g);

// For a host of another kind.
void gate_add_services(tern_server *srv, void *arg);

typedef enum gate_wire { GATE_NATIVE, GATE_GRPC, GATE_N_WIRES } gate_wire;

// One call with a channel of its own; `opts` NULL: one that trusts gate_ca.
tern_status gate_ask(const gate *g, gate_wire wire, const tern_tls_opts *opts,
                     guard_answer **ret_answer);
// Over each wire; fails the test unless the call does, with these words.
void          gate_expect_failure(const gate *g, const tern_tls_opts *opts, tern_code code,
                                  const char *words);
tern_channel *gate_connect(const gate *g, gate_wire wire, const tern_tls_opts *opts);

#endif
