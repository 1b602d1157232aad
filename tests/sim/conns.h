// tests/sim/conns.h: the connections of a poller, which only the poller's own files know.
#ifndef TESTS_SIM_CONNS_H
#define TESTS_SIM_CONNS_H

#include <tern/poller.h>

// With what each has been given as its argument.
void conns_visit(tern_poller *p, void (*visit)(void *arg));

#endif
