// tests/sim/audit.h: what has to be true of every connection after every round of its poller, and what has to be true of it
// when nothing is under way. Looks into the sessions, and changes nothing.
#ifndef TESTS_SIM_AUDIT_H
#define TESTS_SIM_AUDIT_H

#include <tern/poller.h>

void audit_round(tern_poller *p);
// No call is in progress, and all that was sent has come.
void audit_calm(tern_poller *p);

#endif
