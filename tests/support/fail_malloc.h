// tests/support/fail_malloc.h: the allocator behind tern_mem in tests. It knows what is live and who
// asked for it, and fails on demand. Knows nothing of descriptors or of tests (see leak.h).
//
// Lifetime:  one per process; plugged in by the first fail_malloc_start, for good.
// Threads:   any. Which allocation is the i-th is the scheduler's choice when several allocate.
// Invariant: code that relies on luck fails: fresh memory is 0xa5, freed memory 0x5a, realloc always
//            moves, and a write past either end aborts at free.
//
//   uint64_t before = fail_malloc_serial();
//   fail_malloc_at(3, 1);  // the third allocation from here fails
//   ...
//   assert_int_equal(fail_malloc_report(before, stderr), 0);
#ifndef TESTS_SUPPORT_FAIL_MALLOC_H
#define TESTS_SUPPORT_FAIL_MALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void fail_malloc_start(void);

// The `nth` allocation from now on (1: the next) fails, and those after it until `n_times` have.
// UINT64_MAX: all of them. fail_malloc_at(0, 0) ends it. A realloc counts as an allocation.
void fail_malloc_at(uint64_t nth, uint64_t n_times);
bool fail_malloc_has_failed(void);  // since the last fail_malloc_at

// The number of the last allocation: what is made later is "since" it.
uint64_t fail_malloc_serial(void);
size_t   fail_malloc_n_live(uint64_t since);
size_t   fail_malloc_live_bytes(uint64_t since);

// Prints every live allocation made since: its size and who called the allocator. If an allocation
// was made to fail since the last fail_malloc_at, prints also where. Returns how many are live.
size_t fail_malloc_report(uint64_t since, FILE *out);

#endif
