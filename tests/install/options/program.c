// Somebody's program that fills in every kind of options, compiled with headers that may be older or newer than the
// library. All of them lie in front of a page that nobody may touch.
//   -DOLDER_OPTIONS: they have not got their last members. -DNEWER: they have one more, `added`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <tern/conn.h>
#include <tern/conn_io.h>
#include <tern/fiber.h>
#include <tern/group.h>
#include <tern/listener.h>
#include <tern/log.h>

#include "atlas.tern.h"

#define REQUIRE(cond) ((cond) ? (void)0 : fail(#cond, __LINE__))

static void fail(const char *what, int line)
{
    printf("line %d: %s\n", line, what);
    exit(1);
}

static void *at_the_edge(const void *bytes, size_t size)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

    REQUIRE(pages != MAP_FAILED && mprotect(pages + 4096, 4096, PROT_NONE) == 0);
    return memcpy(pages + 4096 - size, bytes, size);
}

#define EDGE(type, ...) ((type *)at_the_edge(&(type){ __VA_ARGS__ }, sizeof(type)))

#ifdef OLDER_OPTIONS
#define TWO(array) .array = array
#else
#define TWO(array) .array = array, .n_##array = 2
#endif

static tern_code find(tern_ctx *ctx, const demo_question *question, demo_place *place)
{
    (void)ctx;
    place->name = question->name;
    return TERN_OK;
}

static const demo_atlas_handlers handlers = { .find = find };

static unsigned n_sent, n_received;

static tern_code note_sent(tern_outgoing *call, void *arg)
{
    (void)call, (void)arg;
    n_sent++;
    return TERN_OK;
}

static tern_code note_received(tern_ctx *ctx, void *arg)
{
    (void)ctx, (void)arg;
    __atomic_add_fetch(&n_received, 1, __ATOMIC_RELAXED);
    return TERN_OK;
}

// ---- what this program knows works -----------------------------------------

static void try_transport(void)
{
    static const tern_conn_events events;
    tern_poller                  *p = tern_poller_new(EDGE(tern_poller_opts, .backend = 0));
    const tern_conn_opts         *opts = EDGE(tern_conn_opts, .high_water = 100);
    tern_group                   *g;
    tern_listener                *l;
    tern_conn                    *c;
    int                           fds[2];

    REQUIRE(p && socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    REQUIRE(tern_conn_new(p, fds[0], EDGE(tern_conn_events, .end = events.end), NULL, opts, &c) ==
            0);
    tern_conn_abort(c);
    REQUIRE(tern_conn_io_new(p, fds[1], opts, &c) == 0);
    tern_conn_abort(c);
    REQUIRE(tern_listener_new(p, "tcp://127.0.0.1:0", EDGE(tern_listener_opts, .v6_only = false),
                              NULL, NULL, &l) == 0);
    REQUIRE(tern_fiber_spawn(p, free, NULL, EDGE(tern_fiber_opts, .name = "a"), NULL) == 0);
    REQUIRE(tern_group_new(EDGE(tern_group_opts, .n_pollers = 1), &g) == 0);
    tern_group_free(g);
    tern_poller_free(p);
}

static void call(const char *address)
{
    tern_client_interceptor        one = { .begin = note_sent }, two[] = { one, one };
    const tern_client_interceptor *interceptors = at_the_edge(two, sizeof two);
    tern_call_info                *info = EDGE(tern_call_info, .message = NULL);
    demo_place                    *place = NULL;
    tern_channel *ch = tern_connect(address, EDGE(tern_channel_opts, .timeout_ms = 5000,
                                                  .retry = EDGE(tern_retry, .max_attempts = 2),
                                                  TWO(interceptors)));
    tern_status   st = demo_atlas_find(ch, DEMO_QUESTION(.name = "South Pole"),
                                       EDGE(tern_call_opts, .info = info), &place);

    REQUIRE(tern_report(st) == 0 && strcmp(place->name, "South Pole") == 0);
    REQUIRE(info->n_attempts == 1 && strcmp(info->message, "") == 0);
    demo_place_free(place);
    tern_call_info_done(info);
    tern_channel_free(ch);
}

static void try_calls(void)
{
    tern_server_interceptor        one = { .begin = note_received }, two[] = { one, one };
    const tern_server_interceptor *interceptors = at_the_edge(two, sizeof two);
    tern_method_limit        find_limit = { .method = "Find" }, both[] = { find_limit, find_limit };
    const tern_method_limit *limits = at_the_edge(both, sizeof both);
    tern_server             *srv =
        tern_listen("tcp://127.0.0.1:0", EDGE(tern_server_opts, .n_pollers = 1, TWO(interceptors)));

    demo_atlas_register(srv, &handlers, EDGE(tern_service_opts, TWO(limits)));
    REQUIRE(tern_report(tern_server_start(srv, NULL, 0)) == 0);
    call(tern_server_address(srv));
#ifndef OLDER_OPTIONS
    REQUIRE(n_sent == 2 && __atomic_load_n(&n_received, __ATOMIC_RELAXED) == 2);
#endif
    tern_server_free(srv);
}

// ---- what the library does not know is refused -------------------------------

#ifdef NEWER

static void refused(const char *what, tern_status st)
{
    REQUIRE(st.code == TERN_INVALID_ARGUMENT && strncmp(st.msg, what, strlen(what)) == 0);
    puts(st.msg);
}

static void refused_call(const char *what, const tern_channel_opts *opts,
                         const tern_call_opts *call)
{
    tern_channel *ch = tern_connect("tcp://127.0.0.1:1", opts);
    demo_place   *place;

    refused(what, demo_atlas_find(ch, DEMO_QUESTION(.name = ""), call, &place));
    tern_channel_free(ch);
}

static void refused_server(const char *what, const tern_server_opts *opts,
                           const tern_service_opts *service)
{
    tern_server *srv = tern_listen("tcp://127.0.0.1:0", opts);

    demo_atlas_register(srv, &handlers, service);
    refused(what, tern_server_start(srv, NULL, 0));
    tern_server_free(srv);
}

static void try_transport_of_the_future(void)
{
    const tern_conn_events events = { .added = 1 };
    tern_poller           *p = tern_poller_new(NULL);
    tern_listener         *l;
    tern_group            *g;
    tern_conn             *c;

    REQUIRE(!tern_poller_new(&(tern_poller_opts){ .added = 1 }));
    REQUIRE(tern_group_new(&(tern_group_opts){ .added = 1 }, &g) < 0);
    REQUIRE(tern_listener_new(p, "tcp://127.0.0.1:0", &(tern_listener_opts){ .added = 1 }, NULL,
                              NULL, &l) < 0);
    REQUIRE(tern_fiber_spawn(p, free, NULL, &(tern_fiber_opts){ .added = 1 }, NULL) < 0);
    REQUIRE(tern_conn_new(p, socket(AF_UNIX, SOCK_STREAM, 0), &events, NULL, NULL, &c) < 0);
    REQUIRE(tern_conn_io_new(p, socket(AF_UNIX, SOCK_STREAM, 0), &(tern_conn_opts){ .added = 1 },
                             &c) < 0);
    tern_poller_free(p);
}

static void try_the_future(void)
{
    const tern_client_interceptor outgoing[2] = { [1].added = 1 };
    const tern_server_interceptor incoming[2] = { [1].added = 1 };
    const tern_method_limit       limits[2] = { { .method = "Find" }, { .added = 1 } };

    try_transport_of_the_future();
    refused_call("tern_call_opts", NULL, &(tern_call_opts){ .added = 1 });
    refused_call("tern_channel_opts", &(tern_channel_opts){ .added = 1 }, NULL);
    refused_call("tern_retry", &(tern_channel_opts){ .retry = &(tern_retry){ .added = 1 } }, NULL);
    refused_call("tern_client_interceptor",
                 &(tern_channel_opts){ .interceptors = outgoing, .n_interceptors = 2 }, NULL);
    refused_server("tern_server_opts", &(tern_server_opts){ .added = 1 }, NULL);
    refused_server("tern_server_interceptor",
                   &(tern_server_opts){ .interceptors = incoming, .n_interceptors = 2 }, NULL);
    refused_server("tern_service_opts", NULL, &(tern_service_opts){ .added = 1 });
    refused_server("tern_method_limit", NULL,
                   &(tern_service_opts){ .limits = limits, .n_limits = 2 });
}

#else
static void try_the_future(void) {}
#endif

int main(void)
{
    try_transport();
    try_calls();
    try_the_future();
    return 0;
}
