#include "tests/rpc/calls/fixture.h"

#include <stdio.h>
#include <string.h>

#include <tern/fiber.h>

#include "tests/rpc/support/warm_up.h"

fixture the_server;

// ---- the service ---------------------------------------------------------

void begin_to_hang(void)
{
    atomic_fetch_add(&the_server.n_hanging, 1);
    fake_clock_advance(atomic_load(&the_server.hang_ms) * TERN_NS_PER_MS);
}

static tern_code hang(tern_ctx *ctx)
{
    tern_code code;

    begin_to_hang();
    while ((code = tern_ctx_check(ctx)) == TERN_OK)
        (void)!tern_fiber_sleep(60 * TERN_NS_PER_S);
    atomic_store(&the_server.last_code, (unsigned)code);
    atomic_fetch_add(&the_server.n_cancelled, 1);
    return code;
}

static tern_metadata text_entry(const char *key, const char *value)
{
    return (tern_metadata){ key, value, strlen(value) };
}

static void add_metadata(tern_ctx *ctx)
{
    const tern_metadata *asked = tern_ctx_metadata(ctx, "asked");
    tern_metadata        first = text_entry("first", "1"), last = text_entry("last", "9");
    tern_metadata        binary = { "some-bin", "a\0b", 3 };

    tern_ctx_add_initial(ctx, &first);
    tern_ctx_add_initial(ctx, &binary);
    tern_ctx_add_trailing(ctx, &last);
    if (asked) {
        tern_metadata back = { "asked", asked->value, asked->len };

        tern_ctx_add_trailing(ctx, &back);
    }
}

static tern_code do_as_told(tern_ctx *ctx, const test_ask *req)
{
    if (req->add_metadata)
        add_metadata(ctx);
    if (req->hang)
        return hang(ctx);
    if (!req->code)
        return TERN_OK;
    tern_fail_details(ctx, "details", 7);
    return tern_fail(ctx, (tern_code)req->code, "%s", req->text);
}

static tern_code echo(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    atomic_fetch_add(&the_server.n_echoes, 1);
    if (req->relay)
        return the_server.relay(ctx, req, reply);
    reply->text = tern_printf(ctx, "%s", req->text);
    return do_as_told(ctx, req);
}

static tern_code count(tern_ctx *ctx, const test_ask *req, test_probe_count_out *out)
{
    tern_code code = TERN_OK;

    if (req->add_metadata)
        add_metadata(ctx);
    for (uint32_t i = 0; i < req->count && code == TERN_OK; i++)
        code = test_probe_count_send(out, TEST_ANSWER(.text = tern_tmpf(ctx, "%u", i)));
    return code
               ? code
               : do_as_told(ctx, TEST_ASK(.hang = req->hang, .code = req->code, .text = req->text));
}

static tern_code sum(tern_ctx *ctx, test_probe_sum_in *in, test_answer *reply)
{
    const test_ask *req;
    unsigned        n = 0;

    while ((req = test_probe_sum_next(in)))
        n += req->count;
    reply->text = tern_printf(ctx, "%u", n);
    return tern_ctx_check(ctx);
}

static tern_code chat(tern_ctx *ctx, test_probe_chat_io *io)
{
    const test_ask *req;
    tern_code       code = TERN_OK;

    while (code == TERN_OK && (req = test_probe_chat_io_next(io)))
        code =
            req->hang || req->code
                ? do_as_told(ctx, req)
                : test_probe_chat_io_send(io, TEST_ANSWER(.text = tern_tmpf(ctx, "%s", req->text)));
    return code;
}

static tern_code spoil(tern_ctx *ctx, const test_ask *req, test_probe_spoil_out *out)
{
    static uint8_t bytes[] = { 0xff, 0xfe };
    tern_code      code = TERN_OK;

    for (uint32_t i = 0; i < req->count && code == TERN_OK; i++)
        code = test_probe_spoil_send(out, TEST_RAW(.text = { sizeof bytes, bytes }));
    return code ? code : do_as_told(ctx, TEST_ASK(.hang = req->hang));
}

// ---- the server ----------------------------------------------------------

void fixture_add_probe(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(
        srv,
        &(test_probe_handlers){
            .echo = echo, .count = count, .sum = sum, .chat = chat, .spoil = spoil },
        NULL);
}

// Plans are made once and kept for good: no test is to blame for them.
int fixture_warm_up(void **state)
{
    (void)state;
    warm_up(&test_probe_service);
    return 0;
}

int fixture_setup(void **state)
{
    (void)state;
    fake_clock_start_running();
    the_server = (fixture){ .host = { .opts.grace_ms = 1000, .add_services = fixture_add_probe } };
    host_start(&the_server.host);
    return 0;
}

int fixture_teardown(void **state)
{
    (void)state;
    host_end(&the_server.host);
    return 0;
}

tern_channel *connect_to_server(tern_poller *poller)
{
    return host_connect(the_server.host.address, &(tern_channel_opts){ .poller = poller });
}

// ---- clients -------------------------------------------------------------

void run_on_fiber(void (*fn)(void *arg), void *arg)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);

    TERN_ASSERT(tern_fiber_spawn(p, fn, arg, NULL, NULL) == 0);
    TERN_ASSERT(tern_poller_run_until_idle(p) == 0);
}

void run_on_thread(void (*fn)(void *arg), void *arg) { fn(arg); }
