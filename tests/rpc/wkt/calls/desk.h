// tests/rpc/wkt/calls/desk.h: the service of desk.proto: fails with details of all kinds. For a test, and for a program that
// others call.
#ifndef TESTS_RPC_WKT_CALLS_DESK_H
#define TESTS_RPC_WKT_CALLS_DESK_H

#include <stdint.h>

#include <tern/server.h>

// What is done around the refusal "fragile", before with the order's code, and after it with 0.
extern void (*desk_brace)(int32_t code);

void desk_register(tern_server *srv, void *unused);

#endif
