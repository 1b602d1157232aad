// bench/tern_server.c: the echo service as a user of Tern would write it: the public API only, handlers
// on fibers, and deadlines, status and metadata at work on every call.
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>
#include <tern/group.h>
#include <tern/timer.h>

#include "bench/server_tls.h"
#include "echo.tern.h"

// The reply's payload is the request's own bytes, which lie in the block that they were received in.
static tern_code echo(tern_ctx *ctx, const bench_echo_message *req, bench_echo_message *reply)
{
    (void)ctx;
    reply->id = req->id;
    reply->payload = req->payload;
    return TERN_OK;
}

static void echo_async(bench_echo_echo_call *call, const bench_echo_message *req)
{
    bench_echo_echo_reply(call, req);
}

static uint64_t hold_ns = TERN_NS_PER_MS;

static tern_code hold(tern_ctx *ctx, const bench_echo_message *req, bench_echo_message *reply)
{
    if (tern_fiber_sleep(hold_ns) < 0)
        return tern_ctx_check(ctx);
    return echo(ctx, req, reply);
}

// A call that waits in the asynchronous style, for its timer or for its caller to give up.
struct held {
    tern_timer                timer;
    bench_echo_hold_call     *call;
    const bench_echo_message *req;
};

static void on_held(tern_timer *t)
{
    struct held *h = TERN_CONTAINER_OF(t, struct held, timer);

    bench_echo_hold_reply(h->call, h->req);
}

static void on_given_up(tern_ctx *ctx, void *arg)
{
    struct held *h = arg;

    tern_timer_cancel(tern_poller_wheel(tern_poller_current()), &h->timer);
    bench_echo_hold_fail(h->call, tern_ctx_check(ctx));
}

static void hold_async(bench_echo_hold_call *call, const bench_echo_message *req)
{
    tern_poller *poller = tern_poller_current();
    struct held *h = tern_ctx_alloc(call->ctx, 1, sizeof *h);

    if (!h) {
        bench_echo_hold_fail(call, TERN_RESOURCE_EXHAUSTED);
        return;
    }
    h->call = call;
    h->req = req;
    tern_timer_init(&h->timer, on_held);
    tern_timer_set(tern_poller_wheel(poller), &h->timer, tern_poller_now_ns(poller) + hold_ns);
    tern_ctx_on_cancel(call->ctx, on_given_up, h);
}

static tern_code echo_all(tern_ctx *ctx, bench_echo_chat_io *io)
{
    const bench_echo_message *msg;
    tern_code                 code;

    while ((msg = bench_echo_chat_io_next(io)))
        if ((code = bench_echo_chat_io_send(io, msg)) != TERN_OK)
            return code;
    return tern_ctx_check(ctx);
}

// A service that nobody calls, with as many methods as asked for: to see what they cost the others.
static void register_crowd(tern_server *srv, size_t n)
{
    static tern_service crowd = { .name = "bench.Crowd" };
    tern_method        *methods = calloc(n + 1, sizeof *methods);
    void               *no_handlers = calloc(1, sizeof(void *));

    if (!methods || !no_handlers)
        err(1, "memory");
    for (size_t i = 0; i < n; i++) {
        char *path;

        if (asprintf(&path, "/bench.Crowd/M%zu", i) < 0)
            err(1, "memory");
        methods[i] = bench_echo_methods[0];
        methods[i].name = strrchr(path, '/') + 1;
        methods[i].path = path;
        methods[i].slot = methods[i].async_slot = 0;
    }
    crowd.methods = methods;
    crowd.n_methods = n;
    crowd.handlers_size = sizeof(void *);
    tern_stub_register(srv, &crowd, no_handlers, NULL);
    free(no_handlers);
}

static const bench_echo_handlers handlers = { .echo = echo, .hold = hold, .chat = echo_all };
static const bench_echo_handlers async_handlers = {
    .echo_async = echo_async,
    .hold_async = hold_async,
    .chat = echo_all,
};

struct options {
    const char  *address;
    unsigned     n_pollers;
    tern_backend backend;
    bool         is_async;
    size_t       n_crowd;
    const char  *certs;  // NULL: plain text
};

static void print_usage(FILE *out)
{
    fputs("tern_server [options]\n"
          "  --listen ADDRESS      (tcp://127.0.0.1:0)\n"
          "  --pollers N           threads that serve; 0: one per core (1)\n"
          "  --backend epoll|uring (epoll)\n"
          "  --async               unary handlers are callbacks, not fibers\n"
          "  --hold-ms N           how long Hold takes (1)\n"
          "  --tls FOLDER          of tools/certs; tern_tls_server alone can\n"
          "  --methods N           register N more methods that nobody calls (0)\n",
          out);
}

static struct options parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        { "listen", required_argument, NULL, 'l' },
        { "pollers", required_argument, NULL, 'p' },
        { "backend", required_argument, NULL, 'b' },
        { "async", no_argument, NULL, 'a' },
        { "hold-ms", required_argument, NULL, 'd' },
        { "methods", required_argument, NULL, 'm' },
        { "tls", required_argument, NULL, 't' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    struct options o = { "tcp://127.0.0.1:0", 1, TERN_BACKEND_EPOLL, false, 0, NULL };

    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'l') {
            o.address = optarg;
        } else if (c == 'p') {
            o.n_pollers = (unsigned)strtoul(optarg, NULL, 10);
        } else if (c == 'a') {
            o.is_async = true;
        } else if (c == 'm') {
            o.n_crowd = strtoul(optarg, NULL, 10);
        } else if (c == 't') {
            o.certs = optarg;
        } else if (c == 'd') {
            hold_ns = strtoul(optarg, NULL, 10) * TERN_NS_PER_MS;
        } else if (c == 'b') {
            o.backend = strcmp(optarg, "uring") == 0 ? TERN_BACKEND_URING : TERN_BACKEND_EPOLL;
        } else {
            print_usage(c == 'h' ? stdout : stderr);
            exit(c == 'h' ? 0 : 2);
        }
    }
    return o;
}

static tern_status start(tern_server *srv, tern_group *group)
{
    tern_poller *pollers[TERN_MAX_POLLERS];
    unsigned     n = tern_group_size(group);

    for (unsigned i = 0; i < n; i++)
        pollers[i] = tern_group_get(group, i);
    return tern_server_start(srv, pollers, n);
}

// tern_serve would do, but for its address, which is known only once it serves.
static int serve(tern_server *srv, tern_group *group, const sigset_t *signals)
{
    tern_status st = start(srv, group);
    int         signo;

    if (st.code != TERN_OK)
        return tern_report(st);
    printf("listening on %s\n", tern_server_address(srv));
    fflush(stdout);
    sigwait(signals, &signo);
    tern_server_stop(srv);
    return tern_report(tern_server_wait(srv));
}

int main(int argc, char **argv)
{
    const struct options  o = parse_options(argc, argv);
    const tern_group_opts group_opts = { .n_pollers = o.n_pollers, .backend = o.backend };
    tern_server *srv = o.certs ? listen_with_tls(o.address, o.certs) : tern_listen(o.address, NULL);
    tern_group  *group;
    sigset_t     signals;
    int          status;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);  // before the threads begin, which inherit it
    if (tern_group_new(&group_opts, &group) < 0)
        return 1;
    bench_echo_register(srv, o.is_async ? &async_handlers : &handlers, NULL);
    if (o.n_crowd > 0)
        register_crowd(srv, o.n_crowd);
    status = serve(srv, group, &signals);
    tern_group_free(group);
    tern_server_free(srv);
    return status;
}
