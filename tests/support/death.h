// tests/support/death.h: what must end the program.
//
// Threads:   in a test that has a single thread.
//
//   assert_int_equal(dies(take_forbidden_arrow, &call), library_has_debug_asserts());
#ifndef TESTS_SUPPORT_DEATH_H
#define TESTS_SUPPORT_DEATH_H

#include <stdbool.h>

// Runs `fn` in a child process. True if it was aborted there; what it said on stderr is dropped.
bool dies(void (*fn)(void *arg), void *arg);

// TERN_DEBUG_ASSERT is something in the library that is tested, which does without in -c opt.
bool library_has_debug_asserts(void);

#endif
