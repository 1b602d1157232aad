// transport/fiber/mutex_internal.h: a lock that must be had, whatever is cancelled meanwhile.
#ifndef TRANSPORT_FIBER_MUTEX_INTERNAL_H
#define TRANSPORT_FIBER_MUTEX_INTERNAL_H

#include <tern/mutex.h>

void terni_mutex_lock_anyway(tern_mutex *m);

#endif
