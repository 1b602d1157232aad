// What the others get wrong, right. Compiles.
#include "greeter.tern.h"

static tern_code say_hello(tern_ctx *ctx, const demo_hello_request *req, demo_hello_reply *reply)
{
    reply->message = tern_printf(ctx, "%s", req->name);
    return TERN_OK;
}

static tern_code watch(tern_ctx *ctx, const demo_hello_request *req, demo_greeter_watch_out *out)
{
    (void)ctx;
    return demo_greeter_watch_send(out, DEMO_HELLO_REPLY(.message = req->name));
}

void serve(tern_server *srv, tern_channel *ch);
void serve(tern_server *srv, tern_channel *ch)
{
    TERN_AUTO(demo_hello_reply) *reply = NULL;
    tern_status st = demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(.name = "a"), NULL, &reply);

    tern_report(st);
    demo_greeter_register(srv, &(demo_greeter_handlers){ .say_hello = say_hello, .watch = watch },
                          &(tern_service_opts){ .user_data = ch });
}
