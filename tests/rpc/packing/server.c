// The press on a port of the kernel's choice, which it prints. Serves until its standard input ends.
#include "tests/rpc/packing/press.h"

#include <stdio.h>

int main(void)
{
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:0", NULL);

    press_add(srv, NULL);
    if (tern_report(tern_server_start(srv, NULL, 0)))
        return 1;
    puts(tern_server_address(srv));
    fflush(stdout);
    while (getchar() != EOF)
        ;
    tern_server_stop(srv);
    return tern_report(tern_server_wait(srv));
}
