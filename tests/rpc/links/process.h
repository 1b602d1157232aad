// tests/rpc/links/process.h: a child process, for what cannot be done to a thread: to be killed, or stopped,
// at any point.
//
//   process p = process_start(serve, address);   // in a test with a single thread
//   process_stop(&p);
//   process_end(&p);
#ifndef TESTS_RPC_LINKS_PROCESS_H
#define TESTS_RPC_LINKS_PROCESS_H

#include <signal.h>
#include <sys/types.h>

#include "tests/rpc/links/node.h"

typedef struct process process;
struct process {
    pid_t pid;
    char  word[TERN_MAX_ADDRESS];  // that it had to say
};

// Runs `body` in a child, and returns when it has said its word with process_say.
typedef void process_body(const char *arg, int pipe);
process      process_start(process_body *body, const char *arg);
void         process_say(int pipe, const char *word);
void         process_end(const process *p);   // kill -9
void         process_stop(const process *p);  // SIGSTOP; returns when it has stopped

// A body: a node at the address `arg` ("": a free port), which is its word.
void process_serve(const char *arg, int pipe);

#endif
