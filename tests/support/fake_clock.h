// tests/support/fake_clock.h: the clock of a test: it stands until it is told otherwise, or it runs and leaps
// when it is told to. Replaces terni_sys_table.now_ns. Knows nothing of timers.
//
// Lifetime:  from either start to the end of a TERN_TEST, which restores the system calls.
// Threads:   set and advance from any; start while no poller runs.
//
//   fake_clock_start(1000 * TERN_NS_PER_S);
//   ... a poller with a timer of 5 s ...
//   fake_clock_advance(5 * TERN_NS_PER_S);
//   tern_poller_step(p, 0);
#ifndef TESTS_SUPPORT_FAKE_CLOCK_H
#define TESTS_SUPPORT_FAKE_CLOCK_H

#include <stdint.h>

void     fake_clock_start(uint64_t now_ns);
void     fake_clock_set(uint64_t now_ns);  // backwards as well; one that stands
void     fake_clock_advance(uint64_t by_ns);
uint64_t fake_clock_now_ns(void);

// A poller that waits for a timer would wait in real time, for a clock that stands. From here on a
// wait with nothing to report does not sleep: it moves this clock by its timeout and returns, so
// that hours pass in no time; one with events moves it by a nanosecond. For tests with a single thread:
// with several, each wait moves the time of all. A wait without a timeout waits as ever.
void fake_clock_jump_when_idle(void);

// For tests with several threads, whose pollers nobody can step in turn: the kernel's clock, which runs, and
// on top of it all that fake_clock_advance has leapt. Pollers that wait for a timer notice a leap within a
// few milliseconds. With deadlines that no stall of the machine reaches, and leaps that pass them, a
// deadline comes exactly when the test has seen what has to be there before.
void fake_clock_start_running(void);

// Such a deadline, and such a leap.
enum { PATIENCE_MS = 20 * 1000 };

#endif
