// rpc/client/async_failure_internal.h: the end of a call with callbacks that never was: no address, no memory.
//
// Lifetime:  of its own, until its callback has returned.
// Threads:   made on any thread, told on the poller's.
#ifndef RPC_CLIENT_ASYNC_FAILURE_INTERNAL_H
#define RPC_CLIENT_ASYNC_FAILURE_INTERNAL_H

#include <tern/stub.h>

// Of the method's kinds, those with one reply are told like a unary call.
typedef struct terni_async_failure terni_async_failure;
struct terni_async_failure {
    tern_stub_done_fn *done;                 // unary, client stream
    void (*end)(tern_status st, void *arg);  // the others
    void       *arg;
    tern_status st;
};

// Tells it later, by the poller that the call would have had. A channel without a poller, used on a thread
// that drives none, has nobody who could: then it is told at once.
void terni_async_failure_tell(tern_channel *ch, const tern_call_opts *opts,
                              const terni_async_failure *what);

#endif
