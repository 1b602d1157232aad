// transport/poller/lodger_internal.h: what lives on a poller as long as that does, and keeps things warm between rounds: the
// fibers. The poller knows no more of them.
//
// Lifetime:  its own, until it leaves.
// Threads:   the poller's.
#ifndef TRANSPORT_POLLER_LODGER_INTERNAL_H
#define TRANSPORT_POLLER_LODGER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct terni_lodger terni_lodger;
struct terni_lodger {
    bool (*is_trimmable)(const terni_lodger *lodger);
    // Gives back half of what nobody needed since the last trim. Returns how much is still kept.
    size_t (*trim)(terni_lodger *lodger);
    // The poller is being freed: asks all that run to end. Returns how many there were; it is asked
    // again a few times, after what they left to do.
    size_t (*stop)(terni_lodger *lodger);
    // Once, behind everything else: nothing of the poller's may be used after it.
    void (*leave)(terni_lodger *lodger);
};

#endif
