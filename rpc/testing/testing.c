#include <tern/testing.h>

#include <stdio.h>

#include <tern/fiber.h>
#include <tern/log.h>
#include <tern/mem.h>
#include <tern/offload.h>

#include "proto/tern/testing.tern.h"
#include "rpc/testing/claim_internal.h"

struct tern_testing {
    tern_testing_opts opts;
    char              name[64];
    tern_poller      *poller;
    tern_server      *server;
    tern_channel     *channel;
    bool              is_started, is_running;
};

// ---- what is called by hand ----------------------------------------------

static tern_code run(tern_ctx *ctx, const tern_testing_errand *errand, tern_testing_nothing *reply)
{
    tern_testing_fn *fn = (tern_testing_fn *)(uintptr_t)errand->fn;

    (void)reply;
    return fn(ctx, (void *)(uintptr_t)errand->arg);
}

tern_status tern_testing_call_sized(tern_testing *t, const tern_call_opts *opts,
                                    tern_testing_fn *fn, void *arg, uint64_t sizes)
{
    TERN_AUTO(tern_testing_nothing) *reply = NULL;
    const tern_testing_errand *errand =
        TERN_TESTING_ERRAND(.fn = (uintptr_t)fn, .arg = (uintptr_t)arg);

    return tern_stub_unary_sized(tern_testing_channel(t), &tern_testing_handler_methods[0], errand,
                                 opts, &reply, sizes);
}

// ---- the beginning -------------------------------------------------------

// `sizes`, but that of the struct at `place` is ours.
static uint64_t with_size(uint64_t sizes, unsigned place, size_t size)
{
    return (sizes & ~((uint64_t)0xffff << 16 * place)) | (uint64_t)size << 16 * place;
}

// A name of this process alone, and so is the address of what has it.
static void write_address(const tern_testing *t, const char *scheme, char text[80])
{
    snprintf(text, 80, "%s%s", scheme, t->name);
}

static bool make_server(tern_testing *t, uint64_t sizes)
{
    const tern_filter_source claims = terni_claim_source(t->opts.identity);
    tern_server_opts         opts;
    char                     address[80];

    if (tern_opts_read(&opts, sizeof opts, t->opts.server, tern_size_at(sizes, 0)) < 0)
        return false;
    sizes = with_size(sizes, 0, sizeof opts);
    if (t->opts.identity) {
        opts.filters = &claims;
        sizes = with_size(sizes, 2, sizeof claims);
    }
    write_address(t, t->opts.identity ? "tls+inproc:" : "inproc:", address);
    t->server = tern_listen_sized(address, &opts, sizes);
    tern_testing_handler_register(t->server, &(tern_testing_handler_handlers){ .call = run }, NULL);
    return true;
}

// Also where all callers are somebody: that is said at the server's end, and the bytes are the same.
static bool make_channel(tern_testing *t, uint64_t sizes)
{
    tern_channel_opts opts;
    char              address[80];

    if (tern_opts_read(&opts, sizeof opts, t->opts.channel, tern_size_at(sizes, 0)) < 0)
        return false;
    opts.poller = t->poller;
    write_address(t, t->opts.is_grpc ? "grpc+inproc:" : "inproc:", address);
    t->channel = tern_connect_sized(address, &opts, with_size(sizes, 0, sizeof opts));
    return true;
}

tern_testing *tern_testing_new_sized(const tern_testing_opts *opts, uint64_t sizes,
                                     uint64_t server_sizes, uint64_t channel_sizes)
{
    tern_testing *t = tern_mem_zalloc(sizeof *t);

    if (!t)
        return NULL;
    snprintf(t->name, sizeof t->name, "tern-testing-%p", (void *)t);
    if (tern_opts_read(&t->opts, sizeof t->opts, opts, tern_size_at(sizes, 0)) == 0 &&
        (t->poller = tern_poller_new(NULL)) && make_server(t, server_sizes) &&
        make_channel(t, channel_sizes))
        return t;
    tern_log(TERN_LOG_ERROR, "no server for a test: no memory, or options of a newer libtern");
    tern_testing_free(t);
    return NULL;
}

tern_server *tern_testing_server(tern_testing *t) { return t->server; }

tern_poller *tern_testing_poller(tern_testing *t) { return t->poller; }

tern_channel *tern_testing_channel(tern_testing *t)
{
    if (!t->is_started)
        t->is_running = tern_report(tern_server_start(t->server, &t->poller, 1)) == 0;
    t->is_started = true;
    return t->channel;
}

// ---- the end -------------------------------------------------------------

static int wait_for_server(void *server) { return (int)tern_server_wait(server).code; }

static void stop(void *server)
{
    tern_server_stop(server);
    (void)!tern_offload(wait_for_server, server);
}

// Somebody has to drive the poller while the server ends: who joins a fiber does.
static void drive_until_stopped(tern_testing *t)
{
    tern_fiber *fiber;

    if (t->is_running && tern_fiber_spawn(t->poller, stop, t->server, NULL, &fiber) == 0)
        (void)!tern_fiber_join(fiber);
}

void tern_testing_free(tern_testing *t)
{
    if (!t)
        return;
    tern_channel_free(t->channel);
    drive_until_stopped(t);
    tern_server_free(t->server);
    tern_poller_free(t->poller);
    tern_mem_free(t);
}
