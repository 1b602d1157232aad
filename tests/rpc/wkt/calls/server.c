// server: the desk on a port of the kernel's choice, until stdin ends. Prints its address.
#include <stdio.h>

#include <tern/server.h>

#include "tests/rpc/wkt/calls/desk.h"

int main(void)
{
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:0", NULL);

    desk_register(srv, NULL);
    if (tern_report(tern_server_start(srv, NULL, 0)))
        return 1;
    puts(tern_server_address(srv));
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    tern_server_stop(srv);
    return tern_report(tern_server_wait(srv));
}
