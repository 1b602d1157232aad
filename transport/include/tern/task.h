// tern/task.h: one piece of work to run later, embedded in what it works on. Knows nothing of the
// loop that runs it.
//
// Lifetime:  the memory is the owner's; it is free again when `run` is entered.
// Threads:   see the queue that it is put on.
// Invariant: on at most one queue at a time.
#ifndef TERN_TASK_H
#define TERN_TASK_H

#include <tern/base.h>

typedef struct tern_task tern_task;

// Runs on the poller that the task was given to. Once per hand-over. May hand over the same task
// again, free it, and start or close anything on this poller.
typedef void tern_task_fn(tern_task *task);

struct tern_task {
    tern_task    *next;
    tern_task_fn *run;
};

#endif
