#include <stdio.h>
#include "greeter.tern.h"

static tern_code say_hello(tern_ctx *ctx, const Demo__HelloRequest *req, Demo__HelloReply *reply)
{
    reply->message = tern_printf(ctx, "hello, %s", req->name);
    return TERN_OK;
}

int main(void)
{
    TERN_AUTO(tern_channel) *ch = tern_connect("tcp://127.0.0.1:7000", NULL);
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:7000", NULL);
    TERN_AUTO(Demo__HelloReply) *reply = NULL;
    Demo__HelloRequest req = DEMO__HELLO_REQUEST__INIT;
    char name[] = "world";
    req.name = name;
    tern_status st = demo_greeter_say_hello(ch, &req, NULL, &reply);
    if (st.code)
        return tern_report(st);
    puts(reply->message);
    demo_greeter_register(srv, &(demo_greeter_handlers){ .say_hello = say_hello }, NULL);
    return tern_serve(srv);
}
