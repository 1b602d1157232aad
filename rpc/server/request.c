#include "rpc/server/request_internal.h"

#include <errno.h>

#include "rpc/codec/codec_internal.h"
#include "rpc/server/ctx_packing_internal.h"
#include "rpc/server/interceptor_internal.h"

static void blame_message(tern_ctx *ctx, int err, const terni_codec_error *error)
{
    char text[256];

    if (err == -EBADMSG) {
        terni_codec_error_print(error, text, sizeof text);
        terni_ctx_set_failure(ctx, TERN_INVALID_ARGUMENT, text);
    } else {
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the request");
    }
}

static inline __attribute__((always_inline)) int
decode_plain(tern_ctx *ctx, const terni_piece *piece, terni_arena *arena, void **ret_msg)
{
    const terni_codec_input  in = { piece->data, piece->len, piece->block };
    struct ProtobufCMessage *msg;
    terni_codec_error        error;
    int err = terni_codec_decode_piece(ctx->method->request_plan, &in, arena, TERNI_DECODE_DEFAULT,
                                       &msg, &error);

    if (TERN_LIKELY(err == 0))
        *ret_msg = msg;
    else
        blame_message(ctx, err, &error);
    return err;
}

static __attribute__((noinline)) int decode_packed(tern_ctx *ctx, const terni_piece *piece,
                                                   terni_arena *arena, void **ret_msg)
{
    terni_unpacked unpacked;
    tern_status    st = terni_ctx_packing_unpack(ctx, piece, &unpacked);
    int            err;

    if (st.code != TERN_OK) {
        terni_ctx_set_failure(ctx, st.code, st.msg);
        return -EBADMSG;
    }
    err = decode_plain(ctx, &unpacked.piece, arena, ret_msg);
    terni_unpacked_done(&unpacked);
    return err;
}

static inline __attribute__((always_inline)) int decode(tern_ctx *ctx, const terni_piece *piece,
                                                        terni_arena *arena, void **ret_msg)
{
    ctx->packing.is_compressed = piece->is_compressed;
    return TERN_UNLIKELY(piece->is_compressed) ? decode_packed(ctx, piece, arena, ret_msg)
                                               : decode_plain(ctx, piece, arena, ret_msg);
}

int terni_request_take(tern_ctx *ctx, const terni_piece *piece)
{
    TERN_DEBUG_ASSERT(!ctx->request && ctx->state == TERNI_CTX_OPEN);
    return decode(ctx, piece, &ctx->arena, &ctx->request);
}

static terni_arena *item_arena(tern_ctx *ctx)
{
    if (ctx->has_item_arena)
        terni_arena_reset(&ctx->item_arena);
    else
        terni_arena_init(&ctx->item_arena, tern_poller_pool(ctx->caller->home->poller),
                         TERN_MAX_ARENA_BYTES);
    ctx->has_item_arena = true;
    return &ctx->item_arena;
}

const void *terni_request_next(tern_ctx *ctx)
{
    const terni_piece *piece = terni_inbox_peek(&ctx->inbox);
    void              *msg = NULL;

    if (!piece)
        return NULL;
    if (decode(ctx, piece, item_arena(ctx), &msg) < 0)
        msg = NULL;
    else if (TERN_UNLIKELY(ctx->n_begun))
        terni_interceptor_received(ctx, msg);
    terni_inbox_pop(&ctx->inbox);
    return msg;
}
