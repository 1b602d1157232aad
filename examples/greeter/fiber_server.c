#include "greeter.tern.h"

static tern_code say_hello(tern_ctx *ctx, const demo_hello_request *req, demo_hello_reply *reply)
{
    if (!*req->name)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "name is empty");
    reply->message = tern_printf(ctx, "hello, %s", req->name);
    return TERN_OK;
}

static tern_code watch(tern_ctx *ctx, const demo_hello_request *req, demo_greeter_watch_out *out)
{
    tern_code rc = TERN_OK;
    for (uint32_t i = 0; i < req->count && rc == TERN_OK; i++)
        rc = demo_greeter_watch_send(out, DEMO_HELLO_REPLY(.message = tern_tmpf(ctx, "%u: hello, %s", i, req->name)));
    return rc;
}

int main(void)
{
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:7000", NULL);
    demo_greeter_register(srv, &(demo_greeter_handlers){ .say_hello = say_hello, .watch = watch }, NULL);
    return tern_serve(srv);
}
