// tests/support/trace.h: where the program was: a few return addresses, and their names when somebody
// reads them. Knows nothing of what is traced.
//
// Lifetime:  a value.
// Threads:   any.
#ifndef TESTS_SUPPORT_TRACE_H
#define TESTS_SUPPORT_TRACE_H

#include <stdio.h>

enum { TRACE_DEPTH = 6 };

typedef struct trace trace;
struct trace {
    int   depth;
    void *frames[TRACE_DEPTH];
};

// From the caller's caller outwards.
trace trace_take(void);

// One line, innermost first. Asks addr2line for names; without it the addresses stand alone.
void trace_print(const trace *t, FILE *out);

#endif
