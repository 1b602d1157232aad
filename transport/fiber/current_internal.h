// transport/fiber/current_internal.h: whose turn it is on this thread. Knows nothing of how it came to be.
//
// Threads:   each has its own.
// Invariant: set while a turn of a poller's fibers is under way, so on every fiber; NULL in plain code.
#ifndef TRANSPORT_FIBER_CURRENT_INTERNAL_H
#define TRANSPORT_FIBER_CURRENT_INTERNAL_H

#include "transport/fiber/core_internal.h"

// No function may use it on both sides of a switch: fibers may come back on another thread, and a compiler
// may keep the address of a thread-local.
// initial-exec: one load instead of a call, in the shared library too.
extern __thread terni_fibers *terni_current_fibers
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

#endif
