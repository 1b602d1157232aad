// tests/sim/memory.h: the allocator of a run: always at the same addresses, so that what hangs on one is the same in each
// replay; never the same address twice in a run, so that whoever uses what is freed finds nothing good there; and all is
// gone with the run. Knows nothing of what it is used for.
//
// Lifetime:  memory_plug once, before anything is allocated; memory_start for each run. What is allocated before the first
//            start stays for good.
// Threads:   one.
// Invariant: fresh memory is 0xa5, freed memory 0x5a (for ASan it is poison), and a write behind either end is found when it is
//            freed, or at the end of the run.
#ifndef TESTS_SIM_MEMORY_H
#define TESTS_SIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

void memory_plug(void);
void memory_start(void);
// Remembers who allocates, from now on; slow.
void memory_trace(bool is_traced);

// mmap and munmap of the stacks of fibers, which are kept for the next run.
void *memory_map(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
int   memory_unmap(void *addr, size_t len);

size_t   memory_n_live(void);
uint64_t memory_n_allocations(void);
// Whose memory is left, and what was written where nothing is to be; how much of either.
size_t memory_check(FILE *out);

#endif
