#include "tests/support/process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/base.h>

enum { HEARING_MS = 30000 };

process process_start(process_body *body, void *arg)
{
    process p;
    int     fds[2];

    TERN_ASSERT(pipe(fds) == 0);
    p.pid = fork();
    TERN_ASSERT(p.pid >= 0);
    if (p.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(fds[0]);
        _exit(body(arg, fds[1]));
    }
    close(fds[1]);
    p.lines = fds[0];
    return p;
}

void process_say(int out, const char *line)
{
    TERN_ASSERT(write(out, line, strlen(line)) == (ssize_t)strlen(line));
    TERN_ASSERT(write(out, "\n", 1) == 1);
}

static char hear_one(const process *p)
{
    struct pollfd pfd = { .fd = p->lines, .events = POLLIN };
    char          c;

    if (poll(&pfd, 1, HEARING_MS) == 1 && read(p->lines, &c, 1) == 1)
        return c;
    fprintf(stderr, "process %d says nothing more\n", p->pid);
    abort();
}

void process_hear(const process *p, char *line, size_t size)
{
    size_t n = 0;
    char   c;

    while ((c = hear_one(p)) != '\n') {
        TERN_ASSERT(n + 1 < size);
        line[n++] = c;
    }
    line[n] = '\0';
}

void process_freeze(const process *p)
{
    int status;

    kill(p->pid, SIGSTOP);
    TERN_ASSERT(waitpid(p->pid, &status, WUNTRACED) == p->pid);
    TERN_ASSERT(WIFSTOPPED(status));
}

int process_wait(process *p)
{
    int status;

    TERN_ASSERT(waitpid(p->pid, &status, 0) == p->pid);
    close(p->lines);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int process_end(process *p)
{
    kill(p->pid, SIGTERM);
    return process_wait(p);
}

void process_kill(process *p)
{
    kill(p->pid, SIGKILL);
    TERN_ASSERT(process_wait(p) == -SIGKILL);
}
