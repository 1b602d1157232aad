#ifndef LOW_LEFT_INTERNAL_H
#define LOW_LEFT_INTERNAL_H

#include "low/pair_internal.h"

struct planted_left {
    struct planted_pair pair;
};

int planted_left(void);

#endif
