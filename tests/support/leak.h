// tests/support/leak.h: nothing may be left over: neither memory of the library nor descriptors, and
// every system call is the kernel's again. Knows nothing of what is tested.
//
// Lifetime:  a mark is a value. The fixture below keeps one of its own.
// Threads:   join yours before the check.
//
//   static void test_x(void **state) { ... }
//   ... { TERN_TEST(test_x), TERN_TEST_IN(test_y, make_fixture, drop_fixture) }
#ifndef TESTS_SUPPORT_LEAK_H
#define TESTS_SUPPORT_LEAK_H

#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/fail_malloc.h"

// A cmocka test that fails if it leaks memory or a descriptor, or closes one that is not its own.
// After it the table of system calls is the kernel's, so no fake needs to be taken out.
#define TERN_TEST(fn) cmocka_unit_test_setup_teardown(fn, tern_leak_setup, tern_leak_teardown)

// The same around a fixture: what `setup` takes `teardown` must give back.
#define TERN_TEST_IN(fn, setup, teardown)                                                          \
    cmocka_unit_test_prestate_setup_teardown(fn, tern_leak_setup_fixture, tern_leak_teardown,      \
                                             (&(leak_fixture){ setup, teardown }))

typedef struct leak_fixture leak_fixture;
struct leak_fixture {
    CMFixtureFunction setup, teardown;
};

int tern_leak_setup(void **state);
int tern_leak_setup_fixture(void **state);  // *state: the leak_fixture
int tern_leak_teardown(void **state);

enum { LEAK_MAX_FDS = 4096 };

typedef struct leak_mark leak_mark;
struct leak_mark {
    uint64_t serial;
    uint64_t open_fds[LEAK_MAX_FDS / 64];
};

// What is there now; and what is there that was not, or the reverse: each is described to `out`.
// Returns how many. Needs fail_malloc_start.
leak_mark leak_mark_take(void);
size_t    leak_check(const leak_mark *mark, FILE *out);

// One run of a test that has to survive whatever allocation fails. It gives back all it took, and may
// insist on success only if !fail_malloc_has_failed().
typedef void leak_body(void *arg);

// Runs `body` with its first allocation failing, with its second, and so on until it allocates no
// more; checks after each run that nothing leaked. Returns how many allocations it failed.
unsigned for_each_failed_allocation(leak_body *body, void *arg);

#endif
