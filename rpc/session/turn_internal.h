// rpc/session/turn_internal.h: a round of the poller's that somebody waits for, so that others are served meanwhile.
//
// Lifetime:  from terni_turn_wait until `came` is called, or terni_turn_forget; both free it.
// Threads:   the poller's.
//
//   s->turn = terni_turn_wait(poller, on_turn, s);
#ifndef RPC_SESSION_TURN_INTERNAL_H
#define RPC_SESSION_TURN_INTERNAL_H

#include <tern/poller.h>

typedef struct terni_turn terni_turn;

typedef void terni_turn_fn(void *owner);

// NULL without memory.
terni_turn *terni_turn_wait(tern_poller *poller, terni_turn_fn *came, void *owner);
// `came` is not called any more. Accepts NULL.
void terni_turn_forget(terni_turn *t);

#endif
