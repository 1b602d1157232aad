// A store that any number of clients may watch.
#include "service.h"

int main(int argc, char **argv)
{
    // With a queue of so many changes, a limit for one is a limit for what a watcher may cost.
    const tern_server_opts opts = { .max_message_bytes = 1024 * 1024 };
    TERN_AUTO(tern_server) *srv = tern_listen(argc > 1 ? argv[1] : "tcp://127.0.0.1:7001", &opts);
    store *s = store_new();
    int    status;

    if (!s)
        return tern_report(tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory"));
    service_register(srv, s);
    status = tern_serve(srv);
    store_free(s);
    return status;
}
