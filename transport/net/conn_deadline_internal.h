// transport/net/conn_deadline_internal.h: the one timer of a connection, for all of its deadlines. Knows
// nothing of what happens when one passes.
#ifndef TRANSPORT_NET_CONN_DEADLINE_INTERNAL_H
#define TRANSPORT_NET_CONN_DEADLINE_INTERNAL_H

#include <stdint.h>

#include <tern/conn.h>

// The first of all that are set, or TERN_NEVER.
uint64_t terni_conn_deadline_next(const tern_conn *c);
// One of them has changed.
void terni_conn_deadline_arm(tern_conn *c);
// Output waits: from now on, if it did not before. For who has a time for that.
void terni_conn_deadline_await_progress(tern_conn *c);

#endif
