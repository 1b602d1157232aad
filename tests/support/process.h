// tests/support/process.h: a child process, for what cannot be done to a thread: to be killed or stopped at
// any point, or to end as a program does. Knows nothing of what it runs.
//
// Lifetime:  process_start, then one of process_kill, process_end, process_wait. If the test dies, it dies.
// Threads:   start one in a test that has a single thread.
//
//   process p = process_start(serve, &h);
//   process_hear(&p, line, sizeof line);      // what serve has said with process_say
//   process_kill(&p);
#ifndef TESTS_SUPPORT_PROCESS_H
#define TESTS_SUPPORT_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

typedef struct process process;
struct process {
    pid_t pid;
    int   lines;  // that it says
};

// Runs in the child, whose exit code it returns. `out` is for process_say.
typedef int process_body(void *arg, int out);

process process_start(process_body *body, void *arg);

// In the child: a line, without its end.
void process_say(int out, const char *line);
// The next one; fails if none comes within half a minute, or if the child has ended.
void process_hear(const process *p, char *line, size_t size);

void process_freeze(const process *p);  // SIGSTOP; returns when it has stopped
void process_kill(process *p);          // kill -9
int  process_end(process *p);           // SIGTERM, then as process_wait
// How it ended: its exit code, or minus the signal that killed it.
int process_wait(process *p);

#endif
