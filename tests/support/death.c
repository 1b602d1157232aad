#include "tests/support/death.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tests/support/process.h"

typedef struct victim victim;
struct victim {
    void (*fn)(void *arg);
    void *arg;
};

static int run(void *arg, int out)
{
    const victim *v = arg;
    int           nowhere = open("/dev/null", O_WRONLY);

    (void)out;
    dup2(nowhere, STDERR_FILENO);
    signal(SIGABRT, SIG_DFL);  // cmocka has its own
    v->fn(v->arg);
    return 0;
}

bool dies(void (*fn)(void *arg), void *arg)
{
    victim  v = { fn, arg };
    process p = process_start(run, &v);

    return process_wait(&p) == -SIGABRT;
}

bool library_has_debug_asserts(void)
{
#ifdef LIBRARY_IS_RELEASED
    return false;
#else
    return true;
#endif
}
