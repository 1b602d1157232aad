// transport/poller/trim_internal.h: gives back, second by second, half of the memory that a poller keeps warm and nobody
// has needed since. Knows nothing of what is kept: pools and the lodger do.
//
// Lifetime:  the poller's.
// Threads:   the poller's.
#ifndef TRANSPORT_POLLER_TRIM_INTERNAL_H
#define TRANSPORT_POLLER_TRIM_INTERNAL_H

#include <tern/poller.h>

void terni_trim_init(tern_poller *p);
// Before the poller sleeps: there will be a trim, if there is something to give back.
void terni_trim_arm(tern_poller *p);

#endif
