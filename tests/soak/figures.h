// tests/soak/figures.h: what a process holds, as its driver asks for it: memory as the library counts it and as the
// kernel does, descriptors. Knows nothing of calls.
//
// Threads:   any, but figures_install, which comes before the library owns anything.
#ifndef TESTS_SOAK_FIGURES_H
#define TESTS_SOAK_FIGURES_H

#include <stddef.h>

enum { FIGURES_KEPT = 8 };  // allocations for the process's life: a plan of each type of message

void figures_install(void);

// One line of JSON on stdout; `more` are members of the caller's, `"x": 1, ` or "".
void figures_say(const char *more);

size_t figures_n_live(void);  // allocations of the library

#endif
