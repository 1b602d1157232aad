// transport/net/conn_state_internal.h: how a connection ends, and what its state allows meanwhile. Knows
// nothing of where bytes come from or go to.
#ifndef TRANSPORT_NET_CONN_STATE_INTERNAL_H
#define TRANSPORT_NET_CONN_STATE_INTERNAL_H

#include <tern/conn.h>
#include <tern/operator.h>

void terni_conn_close(tern_conn *c);
void terni_conn_abort(tern_conn *c);
// The one way into CLOSED: marked, detached, the descriptor closed; the owner is told when the round is
// over. Idempotent.
void terni_conn_finish(tern_conn *c, int err);
// Something has come between: finishes with `err`, or with 0 if all is done but for the goodbyes.
void terni_conn_break(tern_conn *c, int err);
void terni_conn_on_hangup(tern_operator *op, int err);
// The filter has failed, or its input is cut off. Closes, and tells `err` then.
void terni_conn_fail(tern_conn *c, int err);
void terni_conn_free(tern_conn *c);  // one that is CLOSED, and has told so

// Of one that has been started.
bool terni_conn_is_valid(const tern_conn *c);

// Something that decides about it has changed.
void terni_conn_update_reading(tern_conn *c);
// Output has grown beyond the high-water mark, and shrunk to the low one.
void terni_conn_choke(tern_conn *c);
void terni_conn_unchoke(tern_conn *c);
// There is output; and everything that was written has been delivered to the kernel.
void terni_conn_start_output(tern_conn *c);
void terni_conn_on_output_empty(tern_conn *c);
void terni_conn_on_output_blocked(tern_operator *op);

#endif
