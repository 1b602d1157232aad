// server ADDRESS: a program that only answers them. Says where it listens when it does.
#include <stdio.h>

#include "atlas.tern.h"

static tern_code find(tern_ctx *ctx, const demo_question *question, demo_place *place)
{
    (void)ctx;
    place->name = question->name;
    return TERN_OK;
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_server) *srv = tern_listen(argc > 1 ? argv[1] : "", NULL);

    demo_atlas_register(srv, &(demo_atlas_handlers){ .find = find }, NULL);
    if (tern_report(tern_server_start(srv, NULL, 0)))
        return 1;
    puts(tern_server_address(srv));
    fflush(stdout);
    return tern_report(tern_server_wait(srv));
}
