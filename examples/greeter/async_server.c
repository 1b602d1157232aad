#include "greeter.tern.h"

static void say_hello(demo_greeter_say_hello_call *call, const demo_hello_request *req)
{
    demo_greeter_say_hello_reply(call, DEMO_HELLO_REPLY(.message = tern_printf(call->ctx, "hello, %s", req->name)));
}

struct ticks {
    uint32_t i;
};

static void watch_ready(demo_greeter_watch_out *out)
{
    struct ticks *t = out->state;
    if (t->i == out->req->count)
        demo_greeter_watch_finish(out, TERN_OK);
    else
        demo_greeter_watch_push(out, DEMO_HELLO_REPLY(.message = tern_tmpf(out->ctx, "%u: hello, %s", t->i++, out->req->name)));
}

int main(void)
{
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:7000", NULL);
    demo_greeter_register(srv, &(demo_greeter_handlers){
        .say_hello_async = say_hello,
        .watch_async = { .ready = watch_ready, .state_size = sizeof(struct ticks) },
    }, NULL);
    return tern_serve(srv);
}
