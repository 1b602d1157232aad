// tern/parkers.h: the waiters of a mutex, condition, queue or wait group, as these embed them. Nothing
// for users but its size.
//
// Lifetime:  embedded; all zeroes is an empty list.
#ifndef TERN_PARKERS_H
#define TERN_PARKERS_H

typedef struct terni_parker terni_parker;

typedef struct tern_parkers tern_parkers;
struct tern_parkers {
    int           lock_;
    terni_parker *head_, *tail_;
};

#endif
