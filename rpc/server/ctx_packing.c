#include "rpc/base/seldom_internal.h"

#include "rpc/server/ctx_packing_internal.h"

#include <string.h>

#include <tern/mem.h>

// What the last call of a connection has said that its caller reads. Native's connections never say it so.
struct terni_accepted {
    char    list[46];
    uint8_t len;
    uint8_t set;
};

// ---- what the caller says ------------------------------------------------

// Nearly all calls of a connection say the same.
static uint8_t accepted(terni_caller *caller, const char *list, uint32_t len)
{
    terni_accepted *last = caller->accepted;
    uint8_t         set;

    if (TERN_LIKELY(last && len == last->len && memcmp(list, last->list, len) == 0))
        return last->set;
    set = (uint8_t)terni_compression_parse(list, len);
    if (!last)
        last = caller->accepted = tern_mem_zalloc(sizeof *last);
    if (last && len <= sizeof last->list) {
        memcpy(last->list, list, len);
        last->len = (uint8_t)len;
        last->set = set;
    }
    return set;
}

void terni_ctx_packing_note(tern_ctx *ctx, const terni_open *open)
{
    terni_ctx_packing *p = &ctx->packing;

    if (open->encoding_len)
        p->came_with = (uint8_t)terni_compression_find(open->encoding, open->encoding_len);
    if (open->accept_encoding_len)
        p->accepts = accepted(ctx->caller, open->accept_encoding, open->accept_encoding_len);
}

// ---- what goes -----------------------------------------------------------

tern_compression terni_ctx_packing_choose(tern_ctx *ctx)
{
    terni_ctx_packing *p = &ctx->packing;

    if (p->with)
        return p->with;
    p->with =
        (uint8_t)(p->accepts ? terni_compression_choose(p->wanted, p->accepts)
                             : terni_session_choose_compression(&ctx->caller->session, p->wanted));
    return p->with;
}

terni_packing terni_ctx_packing_how(const tern_ctx *ctx)
{
    const terni_packing     *of_server = &ctx->caller->home->policy->packing;
    const terni_ctx_packing *p = &ctx->packing;

    return (terni_packing){ .with = p->with,
                            .which = p->has_which ? p->which : of_server->which,
                            .from_bytes = of_server->from_bytes };
}

void tern_ctx_set_compression(tern_ctx *ctx, tern_compression with)
{
    const tern_compression_choice choice = { .with = with };
    const char                   *why = terni_packing_find_fault(&choice);

    if (ctx->has_sent_initial)
        why = "the compression was set after the first message";
    if (why)
        terni_ctx_set_failure(ctx, TERN_FAILED_PRECONDITION, why);
    else
        ctx->packing.wanted = (uint8_t)(with ? with : ctx->caller->home->policy->packing.with);
}

void tern_ctx_compress(tern_ctx *ctx, tern_compress which)
{
    ctx->packing.has_which = true;
    ctx->packing.which = (uint8_t)which;
}

// ---- what comes ----------------------------------------------------------

tern_status terni_ctx_packing_unpack(const tern_ctx *ctx, const terni_piece *piece,
                                     terni_unpacked *ret)
{
    const terni_home *home = ctx->caller->home;
    uint8_t           came_with = ctx->packing.came_with;

    return terni_unpacked_init(
        ret,
        &(terni_unpacking){ .with = came_with ? came_with : TERN_COMPRESSION_NONE,
                            .max_message = home->policy->limits.max_message,
                            .quota = &home->policy->memory,
                            .pool = tern_poller_pool(home->poller) },
        piece);
}

bool tern_ctx_is_compressed(const tern_ctx *ctx) { return ctx->packing.is_compressed; }
