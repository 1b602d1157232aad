// tests/fuzz/wire_fuzz.h: arbitrary bytes into an engine whose core answers, cancels, hoards and
// lets go. The recording core asserts the contract of events; here: that memory stays bounded.
#ifndef TESTS_FUZZ_WIRE_FUZZ_H
#define TESTS_FUZZ_WIRE_FUZZ_H

#include "rpc/wire/wire_internal.h"

// The first byte says how the core behaves and how the rest is cut.
void wire_fuzz_run(const terni_wire *wire, terni_role role, const uint8_t *data, size_t size);

#endif
