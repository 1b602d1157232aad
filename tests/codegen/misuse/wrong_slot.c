// error: incompatible
#include "greeter.tern.h"

static tern_code watch(tern_ctx *ctx, const demo_hello_request *req, demo_greeter_watch_out *out)
{
    (void)ctx, (void)req, (void)out;
    return TERN_OK;
}

const demo_greeter_handlers handlers = { .say_hello = watch };
