// A server that is all of its program: signals, and an exit code.
#include "rpc/base/seldom_internal.h"

#include "rpc/server/server_internal.h"

#include <signal.h>
#include <unistd.h>

#include <tern/log.h>

static tern_server *serving;  // for the signal handler

static void on_signal(int signo)
{
    if (atomic_load(&serving->is_stopping))
        _exit(128 + signo);
    tern_server_stop(serving);
}

static void catch_signals(struct sigaction before[2])
{
    struct sigaction action = { .sa_handler = on_signal };

    sigaction(SIGINT, &action, &before[0]);
    sigaction(SIGTERM, &action, &before[1]);
}

static void release_signals(const struct sigaction before[2])
{
    sigaction(SIGINT, &before[0], NULL);
    sigaction(SIGTERM, &before[1], NULL);
}

int tern_serve(tern_server *srv)
{
    struct sigaction before[2];

    if (!terni_server_begin(srv, NULL, 0))
        return tern_report(srv->status);
    if (!srv->opts.no_signals) {
        serving = srv;
        catch_signals(before);
    }
    if (tern_fiber_catch_overflow(true) < 0)
        tern_log(TERN_LOG_WARNING, "a fiber that overflows its stack will not be named");
    (void)!tern_poller_run(srv->main_poller);  // an error of waiting ends it as a stop does
    terni_server_settle(srv);
    if (!srv->opts.no_signals)
        release_signals(before);
    return tern_report(srv->status);
}
