// Somebody's program, somewhere else: prints the version, on the loop, of the library it runs with.
#include <stdio.h>
#include <string.h>

#include <tern/poller.h>
#include <tern/version.h>

static void print_version(tern_task *task)
{
    (void)task;
    printf("tern %s\n", tern_version());
    tern_poller_stop(tern_poller_current());
}

int main(void)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    tern_task print = { .run = print_version };

    if (!poller || strcmp(tern_version(), TERN_VERSION) != 0)
        return 1;
    tern_poller_post(poller, &print);
    return tern_poller_run(poller) < 0;
}
