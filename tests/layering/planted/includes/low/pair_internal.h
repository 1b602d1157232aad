// No file is called pair.c: a node of its own.
#ifndef LOW_PAIR_INTERNAL_H
#define LOW_PAIR_INTERNAL_H

#include "low/right_internal.h"

struct planted_pair {
    struct planted_right right[2];
};

#endif
