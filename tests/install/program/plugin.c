// A shared object that a program loads and closes again: both ends of a call are in it.
#include <string.h>

#include "atlas.tern.h"

int plugin_run(void);  // 0: the call ended well

static tern_code find(tern_ctx *ctx, const demo_question *question, demo_place *place)
{
    (void)ctx;
    place->name = question->name;
    return TERN_OK;
}

int plugin_run(void)
{
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:0", NULL);

    demo_atlas_register(srv, &(demo_atlas_handlers){ .find = find }, NULL);
    if (tern_report(tern_server_start(srv, NULL, 0)))
        return 1;
    TERN_AUTO(tern_channel) *ch = tern_connect(tern_server_address(srv), NULL);
    TERN_AUTO(demo_place) *place = NULL;
    return tern_report(demo_atlas_find(ch, DEMO_QUESTION(.name = "South Pole"), NULL, &place)) ||
           strcmp(place->name, "South Pole") != 0;
}
