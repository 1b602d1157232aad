#include "tests/rpc/server/host.h"

#include "tests/rpc/support/warm_up.h"

static void *drive(void *poller)
{
    TERN_ASSERT(tern_poller_run(poller) == 0);
    return NULL;
}

void host_start(host *h, const char *address, const tern_server_opts *opts,
                const desk_desk_handlers *handlers, const tern_service_opts *service_opts)
{
    h->poller = tern_poller_new(NULL);
    h->server = tern_listen(address ? address : "tcp://127.0.0.1:0", opts);
    desk_desk_register(h->server, handlers, service_opts);
    TERN_ASSERT(tern_report(tern_server_start(h->server, &h->poller, 1)) == 0);
    h->channel = tern_connect(tern_server_address(h->server), NULL);
    TERN_ASSERT(pthread_create(&h->thread, NULL, drive, h->poller) == 0);
}

void host_stop(host *h)
{
    tern_channel_free(h->channel);
    tern_server_stop(h->server);
    TERN_ASSERT(tern_server_wait(h->server).code == TERN_OK);
    tern_poller_stop(h->poller);
    pthread_join(h->thread, NULL);
    tern_server_free(h->server);
    tern_poller_free(h->poller);
}

int host_warm_up(void **state)
{
    (void)state;
    warm_up(&desk_desk_service);
    return 0;
}
