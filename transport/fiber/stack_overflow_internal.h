// transport/fiber/stack_overflow_internal.h: turns a fault in a stack's guard into a message that says what
// happened. Knows nothing of fibers: it asks a hook whose guard it was.
//
// Lifetime:  process-wide from enable to disable; an alternate signal stack per thread that called
//            enter_thread, freed when the thread ends.
// Threads:   enable and disable from any, one at a time; enter_thread by each thread that runs fibers.
// Invariant: a fault that is none of ours reaches the handler that was there before, as if we were not.
//
//   terni_stack_overflow_enable(find_running_stack);
//   if ((err = terni_stack_overflow_enter_thread()) < 0) return err;
#ifndef TRANSPORT_FIBER_STACK_OVERFLOW_INTERNAL_H
#define TRANSPORT_FIBER_STACK_OVERFLOW_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include <tern/base.h>

typedef struct terni_stack_overflow terni_stack_overflow;
struct terni_stack_overflow {
    const char *fiber_name;
    const void *stack_low;
    size_t      stack_size;
};

// Says whether `addr` lies in the guard of the stack that this thread was running on. Runs in a signal
// handler: only what is async-signal-safe.
typedef bool terni_stack_overflow_fn(const void *addr, terni_stack_overflow *ret_overflow);

// Handles SIGSEGV and SIGBUS from now on. On an overflow: one line on stderr, then the signal's
// previous handler or default action. 0 or -errno. Enabling twice changes the hook.
TERN_NODISCARD int terni_stack_overflow_enable(terni_stack_overflow_fn *find);
void               terni_stack_overflow_disable(void);

// Gives the thread an alternate signal stack, unless it has one: the handler cannot run on a stack that
// is full. Cheap to call again. 0 or -ENOMEM.
TERN_NODISCARD int terni_stack_overflow_enter_thread(void);

#endif
