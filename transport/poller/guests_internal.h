// transport/poller/guests_internal.h: those who have to know when a poller is freed (tern_poller_join, _part). Knows
// nothing of what they do then.
//
// Lifetime:  the poller's.
// Threads:   the poller's.
#ifndef TRANSPORT_POLLER_GUESTS_INTERNAL_H
#define TRANSPORT_POLLER_GUESTS_INTERNAL_H

#include <tern/poller.h>

// Tells each, once. Those that come meanwhile, too.
void terni_guests_leave(tern_poller *p);

#endif
