// transport/fiber/wait_slot_internal.h: the place where one fiber waits for one side of something. Knows
// nothing of what it waits for: whoever wakes it says only "look again".
//
// Lifetime:  embedded; zero is empty. The memory must stay until the waiter has left.
// Threads:   the poller's of the fiber.
// Invariant: at most one waiter; it holds the slot until it runs again, also after it was woken.
//
// Go's pollDesc has two words with four states for this: nil, ready, wait and the goroutine. Here one
// thread looks and parks, so nothing can come in between ("wait"); and what I/O leaves behind is what it
// did: bytes in a buffer, a connection in a queue ("ready"). So a wake-up that finds nobody leaves
// nothing, and a deadline or a close that comes too late has nothing to hit.
#ifndef TRANSPORT_FIBER_WAIT_SLOT_INTERNAL_H
#define TRANSPORT_FIBER_WAIT_SLOT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/fiber.h>

typedef struct terni_wait_slot terni_wait_slot;
struct terni_wait_slot {
    tern_fiber *waiter;
    bool        is_woken;
};

// In a fiber, on an empty slot: a second waiter is refused (-EBUSY) before it changes what the first one waits
// for. 0: woken, look again. -ECANCELED, -ETIMEDOUT: as for tern_fiber_park. The slot is empty again.
TERN_NODISCARD int terni_wait_slot_park(terni_wait_slot *s, const char *what, uint64_t deadline_ns);

void terni_wait_slot_wake(terni_wait_slot *s);

#endif
