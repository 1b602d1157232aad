// tests/sim/kernel.h: a machine whose system calls are functions of the seed: descriptors, epoll, eventfds, a clock, and a
// network (net.h). What a call does beside what it has to is up to chance.h. Knows nothing of who calls it.
//
// Lifetime:  from kernel_start, which replaces terni_sys_table, to kernel_end.
// Threads:   one. Nothing ever waits: epoll_wait says that nothing has happened.
// Invariant: no call does what Linux could not do: whoever is told EAGAIN, or moves less than there is, hears of the rest
//            by an edge.
#ifndef TESTS_SIM_KERNEL_H
#define TESTS_SIM_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

void kernel_start(void);
void kernel_end(void);

// ---- time ----------------------------------------------------------------

uint64_t kernel_now_ns(void);
// When something happens next without anybody calling; TERN_NEVER: nothing does.
uint64_t kernel_next_ns(void);
// The clock goes on to `now_ns`, and what was to come by then has come.
void kernel_pass(uint64_t now_ns);

// ---- processes -----------------------------------------------------------

// Whose the calls are from now on. A number, and a name for people.
void     kernel_run_as(unsigned process, const char *name);
unsigned kernel_n_open(void);  // descriptors, of all
void     kernel_list_open(FILE *out);
// Its connections break, all at once.
void kernel_break_all(unsigned process);
// Whether epoll_wait would have something to say.
bool kernel_has_events(int epfd);

// ---- for people ----------------------------------------------------------

extern bool sim_is_verbose;

// One line with the time and who it is, where somebody wants to read it.
#define SIM_SAY(...) (sim_is_verbose ? kernel_say(__VA_ARGS__) : (void)0)
void kernel_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// Of all that was called and said so far: two runs that are alike have the same.
uint64_t kernel_digest(void);
void     kernel_note(uint64_t fact);
uint64_t kernel_n_calls(void);

#endif
