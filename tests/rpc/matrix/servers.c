#include "tests/rpc/matrix/players.h"

#include <string.h>
#include <sys/mman.h>

#include <tern/fiber.h>

#include "tests/rpc/support/warm_up.h"

players_counts *the_counts;

// ---- handlers on fibers --------------------------------------------------

static void return_metadata(tern_ctx *ctx)
{
    const tern_metadata *token = tern_ctx_metadata(ctx, "token-bin");

    if (!token)
        return;
    tern_ctx_add_initial(ctx, &(tern_metadata){ "initial-bin", token->value, token->len });
    tern_ctx_add_trailing(ctx, &(tern_metadata){ "trailing-bin", token->value, token->len });
}

static tern_code end_as_asked(tern_ctx *ctx, const kinds_item *req)
{
    return req->code ? tern_fail(ctx, (tern_code)req->code, "%s", req->text) : TERN_OK;
}

static tern_code hang(tern_ctx *ctx)
{
    atomic_fetch_add(&the_counts->n_hanging, 1);
    while (tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(60 * TERN_NS_PER_S);
    atomic_fetch_add(&the_counts->n_released, 1);
    return tern_ctx_check(ctx);
}

static tern_code unary(tern_ctx *ctx, const kinds_item *req, kinds_item *reply)
{
    return_metadata(ctx);
    reply->number = req->number + 1;
    reply->load = req->load;
    return req->hang ? hang(ctx) : end_as_asked(ctx, req);
}

static tern_code down(tern_ctx *ctx, const kinds_item *req, kinds_kinds_down_out *out)
{
    tern_code code = TERN_OK;

    return_metadata(ctx);
    for (uint32_t i = 0; i < req->n_replies && code == TERN_OK; i++) {
        code = kinds_kinds_down_send(out, KINDS_ITEM(.number = i, .load = req->load));
        atomic_fetch_add(&the_counts->n_sent_down, code == TERN_OK);
    }
    if (code != TERN_OK)
        return code;
    return req->hang
               ? hang(ctx)
               : (req->code ? tern_fail(ctx, (tern_code)req->code, "%s", req->text) : TERN_OK);
}

static tern_code up(tern_ctx *ctx, kinds_kinds_up_in *in, kinds_item *reply)
{
    const kinds_item *item;

    while ((item = kinds_kinds_up_next(in))) {
        TERN_ASSERT(item->number == reply->number);  // in order
        reply->number++;
        if (item->hang)
            return hang(ctx);
    }
    return tern_ctx_check(ctx);
}

static tern_code both(tern_ctx *ctx, kinds_kinds_both_io *io)
{
    const kinds_item *item;
    tern_code         code = TERN_OK;

    while (code == TERN_OK && (item = kinds_kinds_both_io_next(io)))
        code = item->hang ? hang(ctx) : kinds_kinds_both_io_send(io, item);
    return code ? code : tern_ctx_check(ctx);
}

// ---- handlers with callbacks ---------------------------------------------

static void unary_async(kinds_kinds_unary_call *call, const kinds_item *req)
{
    kinds_kinds_unary_reply(call, KINDS_ITEM(.number = req->number + 1, .load = req->load));
}

static void down_ready(kinds_kinds_down_out *out)
{
    uint32_t *n = out->state;

    if (*n == out->req->n_replies)
        kinds_kinds_down_finish(out, TERN_OK);
    else
        kinds_kinds_down_push(out, KINDS_ITEM(.number = (*n)++, .load = out->req->load));
}

static void up_message(kinds_kinds_up_in *in, const kinds_item *item)
{
    uint32_t *n = in->state;

    TERN_ASSERT(item->number == *n);
    ++*n;
}

static void up_finished(kinds_kinds_up_in *in)
{
    kinds_kinds_up_reply(in, KINDS_ITEM(.number = *(uint32_t *)in->state));
}

// Echoes: what has come and is not yet back, as two numbers.
typedef struct echo echo;
struct echo {
    uint32_t n_in, n_out;
    bool     is_whole;
};

static void both_message(kinds_kinds_both_io *io, const kinds_item *item)
{
    echo *e = io->state;

    TERN_ASSERT(item->number == e->n_in);
    e->n_in++;
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

// ---- the server ----------------------------------------------------------

static const kinds_kinds_handlers on_fibers = {
    .unary = unary, .down = down, .up = up, .both = both
};

static const kinds_kinds_handlers with_callbacks = {
    .unary_async = unary_async,
    .down_async = { .ready = down_ready, .state_size = sizeof(uint32_t) },
    .up_async = { .message = up_message, .finished = up_finished, .state_size = sizeof(uint32_t) },
    .both_async = { .message = both_message,
                    .finished = both_finished,
                    .ready = both_ready,
                    .state_size = sizeof(echo) },
};

static void add_kinds(tern_server *srv, void *handlers)
{
    kinds_kinds_register(srv, handlers, NULL);
}

void players_set(host *h, const players_setup *setup)
{
    const kinds_kinds_handlers *handlers = setup->is_async ? &with_callbacks : &on_fibers;

    *h = (host){ .scheme = setup->scheme,
                 .place = setup->place,
                 .opts = { .n_pollers = setup->n_pollers, .grace_ms = 2000 },
                 .add_services = add_kinds,
                 .arg = (void *)(uintptr_t)handlers };
    memset(the_counts, 0, sizeof *the_counts);
}

void players_start(host *h, const players_setup *setup)
{
    players_set(h, setup);
    host_start(h);
}

int players_warm_up(void **state)
{
    (void)state;
    the_counts =
        mmap(NULL, sizeof *the_counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TERN_ASSERT(the_counts != MAP_FAILED);
    warm_up(&kinds_kinds_service);
    return 0;
}
