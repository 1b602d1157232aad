// tests/fuzz/native_fuzz.h: arbitrary bytes into a native engine whose core answers, cancels, hoards and
// lets go. The recording core asserts the contract of events; here: that memory stays bounded.
#ifndef TESTS_FUZZ_NATIVE_FUZZ_H
#define TESTS_FUZZ_NATIVE_FUZZ_H

#include "rpc/wire/wire_internal.h"

// The first byte says how the core behaves and how the rest is cut.
void native_fuzz_run(terni_role role, const uint8_t *data, size_t size);

#endif
