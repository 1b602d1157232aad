// tests/rpc/links/numbers.h: the numbers of a connection's streams, which only its engine knows.
#ifndef TESTS_RPC_LINKS_NUMBERS_H
#define TESTS_RPC_LINKS_NUMBERS_H

#include "rpc/wire/wire_internal.h"

typedef struct numbers numbers;
struct numbers {
    // Only one more call can be made.
    void (*use_up)(terni_engine *e);
    bool (*are_few)(const terni_engine *e);
};

extern const numbers numbers_native, numbers_h2;

#endif
