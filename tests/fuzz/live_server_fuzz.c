// A peer that says anything to a server with handlers of all kinds, in both styles: recogniser, session, and all that is
// between an engine and a handler. When the peer has gone, nothing of it may be left, and an honest call is answered.
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <tern/channel.h>
#include <tern/fiber.h>
#include <tern/server.h>

#include "tests/fuzz/live.h"
#include "tests/rpc/matrix/kinds.tern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MAX_REPLIES = 200,
    PATIENCE = 400,  // rounds, of a second each
};

// ---- handlers on fibers --------------------------------------------------

static tern_code end_as_asked(tern_ctx *ctx, const kinds_item *req)
{
    while (req->hang && tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(60 * TERN_NS_PER_S);
    return req->code ? tern_fail(ctx, (tern_code)(req->code % 17), "%s", req->text)
                     : tern_ctx_check(ctx);
}

static tern_code unary(tern_ctx *ctx, const kinds_item *req, kinds_item *reply)
{
    reply->number = req->number + 1;
    reply->load = req->load;
    return end_as_asked(ctx, req);
}

static tern_code down(tern_ctx *ctx, const kinds_item *req, kinds_kinds_down_out *out)
{
    tern_code code = TERN_OK;

    for (uint32_t i = 0; i < req->n_replies % MAX_REPLIES && code == TERN_OK; i++)
        code = kinds_kinds_down_send(out, KINDS_ITEM(.number = i, .load = req->load));
    return code ? code : end_as_asked(ctx, req);
}

static tern_code up(tern_ctx *ctx, kinds_kinds_up_in *in, kinds_item *reply)
{
    for (const kinds_item *item; (item = kinds_kinds_up_next(in)); reply->number++)
        if (item->code)
            return end_as_asked(ctx, item);  // without reading the rest
    return tern_ctx_check(ctx);
}

static tern_code both(tern_ctx *ctx, kinds_kinds_both_io *io)
{
    tern_code code = TERN_OK;

    for (const kinds_item *item; code == TERN_OK && (item = kinds_kinds_both_io_next(io));)
        code =
            item->hang || item->code ? end_as_asked(ctx, item) : kinds_kinds_both_io_send(io, item);
    return code ? code : tern_ctx_check(ctx);
}

static const kinds_kinds_handlers on_fibers = {
    .unary = unary, .down = down, .up = up, .both = both
};

// ---- handlers with callbacks ---------------------------------------------

static void unary_async(kinds_kinds_unary_call *call, const kinds_item *req)
{
    if (req->code)
        kinds_kinds_unary_fail(call, (tern_code)(req->code % 17));
    else
        kinds_kinds_unary_reply(call, KINDS_ITEM(.number = req->number + 1, .load = req->load));
}

static void down_ready(kinds_kinds_down_out *out)
{
    uint32_t *n = out->state;

    if (*n >= out->req->n_replies % MAX_REPLIES)
        kinds_kinds_down_finish(out, (tern_code)(out->req->code % 17));
    else
        kinds_kinds_down_push(out, KINDS_ITEM(.number = (*n)++, .load = out->req->load));
}

static void up_message(kinds_kinds_up_in *in, const kinds_item *item)
{
    (void)item;
    ++*(uint32_t *)in->state;
}

static void up_finished(kinds_kinds_up_in *in)
{
    kinds_kinds_up_reply(in, KINDS_ITEM(.number = *(uint32_t *)in->state));
}

typedef struct echo echo;
struct echo {
    uint32_t n_in, n_out;
    bool     is_whole;
};

static void both_message(kinds_kinds_both_io *io, const kinds_item *item)
{
    (void)item;
    ((echo *)io->state)->n_in++;
    kinds_kinds_both_io_wake(io);
}

static void both_finished(kinds_kinds_both_io *io)
{
    ((echo *)io->state)->is_whole = true;
    kinds_kinds_both_io_wake(io);
}

static void both_ready(kinds_kinds_both_io *io)
{
    echo *e = io->state;

    if (e->n_out < e->n_in)
        kinds_kinds_both_io_push(io, KINDS_ITEM(.number = e->n_out++));
    else if (e->is_whole)
        kinds_kinds_both_io_finish(io, TERN_OK);
}

static const kinds_kinds_handlers with_callbacks = {
    .unary_async = unary_async,
    .down_async = { .ready = down_ready, .state_size = sizeof(uint32_t) },
    .up_async = { .message = up_message, .finished = up_finished, .state_size = sizeof(uint32_t) },
    .both_async = { .message = both_message,
                    .finished = both_finished,
                    .ready = both_ready,
                    .state_size = sizeof(echo) },
};

// ---- the servers, and an honest client -----------------------------------

typedef struct place place;
struct place {
    tern_server  *server;
    tern_channel *honest;
    char          name[64];
};

static void open_place(place *at, const char *name, const kinds_kinds_handlers *handlers)
{
    tern_poller *p = live_poller();
    char         address[96] = "unix:";

    strcpy(at->name, name);
    strcat(address, name);
    at->server = tern_listen(address, &(tern_server_opts){ .max_calls = 100 });
    kinds_kinds_register(at->server, handlers, NULL);
    TERN_ASSERT(tern_server_start(at->server, &p, 1).code == TERN_OK);
    at->honest = tern_connect(
        address,
        &(tern_channel_opts){ .poller = p, .keepalive_ms = -1, .timeout_ms = TERN_NO_TIMEOUT });
}

static void on_answer(tern_status st, const kinds_item *reply, void *arg)
{
    TERN_ASSERT(st.code == TERN_OK && reply->number == 2);
    *(bool *)arg = true;
}

static void call_honestly(place *at)
{
    bool is_answered = false;

    kinds_kinds_unary_async(at->honest, KINDS_ITEM(.number = 1), NULL, on_answer, &is_answered);
    for (int i = 0; i < 50 && !is_answered; i++)
        live_step(0);
    TERN_ASSERT(is_answered);
}

static place *open_places(bool is_async)
{
    static place all[2];

    if (!all[0].server) {
        open_place(&all[0], live_name("fibers"), &on_fibers);
        open_place(&all[1], live_name("callbacks"), &with_callbacks);
        call_honestly(&all[0]);
        call_honestly(&all[1]);
    }
    return &all[is_async];
}

// ---- the other one -------------------------------------------------------

static int connect_to(const char *name)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    TERN_ASSERT(fd >= 0);
    memcpy(sa.sun_path + 1, name + 1, strlen(name) - 1);
    TERN_ASSERT(connect(fd, (struct sockaddr *)&sa,
                        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
    return fd;
}

static void linger(int fd, uint8_t how)
{
    for (int i = 0; how & LIVE_TAKES_ITS_TIME && i < 8; i++) {
        live_step(20 * 1000);
        if (!(how & LIVE_READS_NOTHING))
            live_drain(fd);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    place   *at;
    uint32_t n_before;
    int      fd;

    if (size < 1)
        return 0;
    at = open_places(data[0] & LIVE_IS_ASYNC);
    call_honestly(at);  // idle connections go when time does
    n_before = tern_poller_n_operators(live_poller());
    fd = connect_to(at->name);
    live_step(0);
    live_feed(fd, data[0], /* is_server= */ false, data + 1, size - 1);
    linger(fd, data[0]);
    close(fd);
    for (int i = 0; i < PATIENCE && tern_poller_n_operators(live_poller()) > n_before; i++)
        live_step(i < 8 ? 0 : 1000);
    TERN_ASSERT(tern_poller_n_operators(live_poller()) <= n_before);
    call_honestly(at);
    return 0;
}
