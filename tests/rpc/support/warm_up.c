#include "tests/rpc/support/warm_up.h"

#include "tests/rpc/support/host.h"
#include "tests/support/fail_malloc.h"

static void make_plan(const struct ProtobufCMessageDescriptor *message)
{
    char buf[1024];

    tern_message_init(message, buf);
    (void)tern_message_size(message, buf);
}

static void start_a_server(void)
{
    tern_server *srv = tern_listen("tcp://127.0.0.1:0", &(tern_server_opts){ .n_pollers = 1 });

    TERN_ASSERT(tern_server_start(srv, NULL, 0).code == TERN_OK);
    tern_server_free(srv);
}

void warm_up(const tern_service *service)
{
    fail_malloc_start();
    for (size_t i = 0; i < service->n_methods; i++) {
        make_plan(service->methods[i].request);
        make_plan(service->methods[i].reply);
    }
    start_a_server();
    (void)host_filters();
}
