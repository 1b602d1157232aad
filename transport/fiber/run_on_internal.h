// transport/fiber/run_on_internal.h: what a plain thread wants done on a poller: a fiber of the poller does it,
// and the thread waits. If nobody drives the poller, the thread does so itself meanwhile (a private
// loop); otherwise it sleeps (a shared one).
#ifndef TRANSPORT_FIBER_RUN_ON_INTERNAL_H
#define TRANSPORT_FIBER_RUN_ON_INTERNAL_H

#include <stdbool.h>

#include <tern/fiber.h>
#include <tern/poller.h>

// Whether the caller is a fiber of `p`, and may do it itself.
bool terni_run_on_is_home(tern_poller *p);

// Runs `fn(arg)` to its end on a fiber of `p`. 0; -EDEADLK in a callback of a poller or a fiber of another
// one; -ENOMEM: it did not run.
TERN_NODISCARD int terni_run_on(tern_poller *p, tern_fiber_fn *fn, void *arg);

// The same for a function that does not wait: it runs in the loop, or at once if the caller drives `p`. 0, or
// -EDEADLK while the caller drives another poller.
TERN_NODISCARD int terni_run_on_briefly(tern_poller *p, tern_fiber_fn *fn, void *arg);

#endif
