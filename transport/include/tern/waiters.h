// tern/waiters.h: the waiters of a mutex, condition, queue or wait group, as these embed them. Nothing
// for users but its size.
//
// Lifetime:  embedded; all zeroes is an empty list.
#ifndef TERN_WAITERS_H
#define TERN_WAITERS_H

typedef struct terni_sleeper terni_sleeper;

typedef struct tern_waiters tern_waiters;
struct tern_waiters {
    int            lock_;
    terni_sleeper *head_, *tail_;
};

#endif
