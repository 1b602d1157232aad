#include "tests/rpc/server/desk.h"

#include "tests/rpc/support/warm_up.h"

static void add_desk(tern_server *srv, void *arg)
{
    const desk *d = arg;

    desk_desk_register(srv, d->handlers, d->service_opts);
}

void desk_start(desk *d, host_scheme scheme, const tern_server_opts *opts,
                const desk_desk_handlers *handlers, const tern_service_opts *service_opts)
{
    *d = (desk){ .host = { .scheme = scheme, .add_services = add_desk, .arg = d },
                 .handlers = handlers,
                 .service_opts = service_opts };
    if (opts)
        d->host.opts = *opts;
    host_start(&d->host);
    d->channel = host_connect(d->host.address, NULL);
}

void desk_stop(desk *d)
{
    tern_channel_free(d->channel);
    host_end(&d->host);
}

int desk_warm_up(void **state)
{
    (void)state;
    warm_up(&desk_desk_service);
    return 0;
}
