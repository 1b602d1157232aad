// A process to be looked at: two handlers are parked, one in a function that it calls, and the third ends it.
#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

#include "atlas.tern.h"

enum { N_CALLS = 3 };

static __attribute__((noinline)) tern_code sail(uint64_t hours)
{
    int err = tern_fiber_sleep(hours * 3600 * TERN_NS_PER_S);

    return err ? TERN_CANCELLED : TERN_OK;
}

static tern_code find(tern_ctx *ctx, const demo_question *question, demo_place *place)
{
    (void)ctx;
    if (strcmp(question->name, "last") == 0)
        abort();
    place->name = "South Pole";
    return sail(strcmp(question->name, "far") == 0 ? 2 : 1);
}

int main(void)
{
    static const char *const names[N_CALLS] = { "near", "far", "last" };
    demo_place              *places[N_CALLS];
    tern_call               *calls[N_CALLS];
    tern_server  *srv = tern_listen("tcp://127.0.0.1:0", &(tern_server_opts){ .n_pollers = 1 });
    tern_channel *ch;

    demo_atlas_register(srv, &(demo_atlas_handlers){ .find = find }, NULL);
    if (tern_report(tern_server_start(srv, NULL, 0)))
        return 1;
    ch = tern_connect(tern_server_address(srv), NULL);
    for (int i = 0; i < N_CALLS; i++)
        calls[i] = demo_atlas_find_begin(ch, DEMO_QUESTION(.name = names[i]),
                                         &(tern_call_opts){ .timeout_ms = 100000 }, &places[i]);
    return tern_report(tern_wait_all(calls, N_CALLS));
}
