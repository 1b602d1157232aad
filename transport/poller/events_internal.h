// transport/poller/events_internal.h: where a backend says what has happened: to an operator, or to the
// poller as a whole. Knows nothing of how it was heard of, nor of what is done about it.
//
// Threads:   the poller's, but for terni_events_wake.
#ifndef TRANSPORT_POLLER_EVENTS_INTERNAL_H
#define TRANSPORT_POLLER_EVENTS_INTERNAL_H

#include <stdint.h>

#include <tern/poller.h>

// To the operator of `key`, in epoll's bits: it gets its turn, or is gone and the event is dropped.
void terni_events_happened(tern_poller *p, uint64_t key, uint32_t epoll_bits);
// A batch of `n` has come.
void terni_events_count(tern_poller *p, int n);

// Makes the next wait, or a foreign loop's, return. Any thread, also a signal handler.
void terni_events_wake(tern_poller *p);

#endif
