#include "tests/rpc/links/process.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

process process_start(process_body *body, const char *arg)
{
    process p = { 0 };
    int     fds[2];

    assert_int_equal(pipe(fds), 0);
    if ((p.pid = fork()) == 0) {
        close(fds[0]);
        body(arg, fds[1]);
        _exit(1);
    }
    close(fds[1]);
    assert_true(read(fds[0], p.word, sizeof p.word - 1) > 0);
    close(fds[0]);
    return p;
}

void process_say(int fd, const char *word) { (void)!write(fd, word, strlen(word)); }

void process_end(const process *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
}

void process_stop(const process *p)
{
    int status;

    kill(p->pid, SIGSTOP);
    assert_int_equal(waitpid(p->pid, &status, WUNTRACED), p->pid);
    assert_true(WIFSTOPPED(status));
}

void process_serve(const char *arg, int fd)
{
    static node n;

    snprintf(n.address, sizeof n.address, "%s", arg);
    node_start(&n);
    process_say(fd, n.address);
    for (;;)
        pause();
}
