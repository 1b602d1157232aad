// Messages that are encoded once and sent to many.
#include "rpc/base/seldom_internal.h"

#include <errno.h>

#include <tern/stub.h>

#include "rpc/server/answer_internal.h"
#include "rpc/server/async_handler_internal.h"

enum { MAX_COPIED = 4096 };  // a segment of its own costs more

tern_block *tern_stub_encode(const struct ProtobufCMessageDescriptor *type, const void *msg)
{
    const terni_plan *plan = terni_plan_get(type);
    terni_encoding    encoding;
    tern_block       *block;

    if (!plan || terni_codec_measure(&encoding, plan, msg, NULL) < 0)
        return NULL;
    if (!(block = tern_block_new_shared(encoding.size ? encoding.size : 1))) {
        terni_encoding_done(&encoding);
        return NULL;
    }
    terni_codec_write_flat(&encoding, block->base);
    block->used = encoding.size;
    return block;
}

static int write_encoded(const terni_body *body, tern_linkbuf *out)
{
    const tern_block *block = body->message;

    if (body->size <= MAX_COPIED)
        return tern_linkbuf_append(out, block->base, body->size);
    return tern_linkbuf_append_view(out, (tern_block *)(uintptr_t)block, block->base, body->size);
}

bool tern_stub_out_offer(void *out, tern_block *encoded)
{
    tern_ctx        *ctx = ((tern_stub_handle *)out)->ctx;
    const terni_body body = { .size = encoded->used, .write = write_encoded, .message = encoded };
    int              err;

    TERN_ASSERT(ctx->method->async);
    if (terni_ctx_is_cancelled(ctx) || terni_ctx_is_answered(ctx))
        return false;
    if (!terni_async_handler_has_room(ctx)) {
        ctx->waits_for = TERNI_WAITS_OUT;
        return false;
    }
    ctx->has_pushed = true;
    if ((err = terni_answer_put(ctx, &body)) < 0)
        tern_stub_fail(out, tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "%s",
                                      err == -EMSGSIZE
                                          ? "the message is larger than the caller's max_message"
                                          : "out of memory for the message"));
    return err == 0;
}
