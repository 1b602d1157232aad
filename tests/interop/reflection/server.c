// A server whose services have imports of every kind, for a foreign client to find out about. Says where it listens,
// then does what it reads: "up SERVICE" or "down SERVICE" for its health; at the end of its input it stops.
#include <stdio.h>
#include <string.h>

#include <tern/reflection.h>

#include "foreign.tern.h"
#include "imports.tern.h"

static tern_code measure(tern_ctx *ctx, const app_box *req, lib_length *reply)
{
    if (!req->width)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "a box without width");
    reply->value = req->width->value;
    reply->unit = req->width->unit;
    return TERN_OK;
}

static tern_code book(tern_ctx *ctx, const lodge_stay *req, lodge_stay *reply)
{
    (void)ctx;
    reply->until = req->until;
    return TERN_OK;
}

static void obey(tern_server *srv)
{
    char line[256];

    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "up ", 3) == 0)
            tern_server_set_health(srv, line + 3, true);
        else if (strncmp(line, "down ", 5) == 0)
            tern_server_set_health(srv, line + 5, false);
    }
}

int main(void)
{
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:0", NULL);

    tern_reflection_register(srv);
    app_boxes_register(srv, &(app_boxes_handlers){ .measure = measure }, NULL);
    lodge_lodge_register(srv, &(lodge_lodge_handlers){ .book = book }, NULL);
    if (tern_report(tern_server_start(srv, NULL, 0)))
        return 1;
    puts(tern_server_address(srv));
    fflush(stdout);
    obey(srv);
    tern_server_stop(srv);
    return tern_report(tern_server_wait(srv));
}
