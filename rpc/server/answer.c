#include "rpc/server/answer_internal.h"

#include <errno.h>
#include <string.h>

#include "rpc/server/ctx_life_internal.h"
#include "rpc/server/ctx_packing_internal.h"
#include "rpc/server/interceptor_internal.h"

// ---- metadata ------------------------------------------------------------

static terni_meta_list meta_list(tern_ctx *ctx, const tern_metadata *from, uint32_t n)
{
    terni_meta *entries = n ? terni_arena_alloc(&ctx->arena, n * sizeof *entries) : NULL;

    for (uint32_t i = 0; i < n && entries; i++)
        entries[i] = (terni_meta){ .key = from[i].key,
                                   .key_len = (uint32_t)strlen(from[i].key),
                                   .value = from[i].value,
                                   .value_len = (uint32_t)from[i].len };
    return (terni_meta_list){ entries, entries ? n : 0 };
}

// With the name of an encoding that messages will have, or NULL.
static __attribute__((noinline)) int put_initial(tern_ctx *ctx, const char *encoding)
{
    terni_headers headers = { .encoding = encoding,
                              .encoding_len = encoding ? (uint32_t)strlen(encoding) : 0 };

    ctx->has_sent_initial = true;  // or not at all
    headers.metadata = meta_list(ctx, ctx->initial, ctx->n_initial);
    if (ctx->n_initial && !headers.metadata.n)
        return -ENOMEM;
    return terni_session_headers(&ctx->caller->session, &ctx->stream, &headers);
}

static inline int send_initial(tern_ctx *ctx, const char *encoding)
{
    if (TERN_LIKELY(ctx->has_sent_initial || !(ctx->n_initial || encoding)))
        return 0;
    return put_initial(ctx, encoding);
}

static const char *name_of(tern_compression which)
{
    return which > TERN_COMPRESSION_NONE ? terni_compression_get(which)->name : NULL;
}

// ---- messages ------------------------------------------------------------

static tern_pool *pool_of(const tern_ctx *ctx)
{
    return tern_poller_pool(ctx->caller->home->poller);
}

// Some of a stream's messages may be compressed: that is said in front of the first one.
static __attribute__((noinline)) int send_packed(tern_ctx *ctx, const terni_message *m)
{
    const terni_packing how = terni_ctx_packing_how(ctx);
    terni_session      *s = &ctx->caller->session;
    terni_packed        packed;
    int                 err;

    if (!terni_packing_may_take(&how, m))
        return TERNI_AS_IT_IS;
    if ((err = terni_packed_init(&packed, pool_of(ctx), &how, m)) < 0)
        return err;
    err = terni_session_put_message(s, &ctx->stream, &packed.body);
    terni_packed_done(&packed);
    return err;
}

// NULL: nothing is to be compressed, or the caller would not read it.
static const char *encoding_of(tern_ctx *ctx)
{
    return TERN_UNLIKELY(terni_ctx_packing_is_wanted(ctx)) ? name_of(terni_ctx_packing_choose(ctx))
                                                           : NULL;
}

int terni_answer_send(tern_ctx *ctx, const void *msg)
{
    const terni_message message = {
        .plan = ctx->method->reply_plan,
        .msg = msg,
        .holder = ctx->has_item_arena ? &ctx->item_arena : &ctx->arena,
    };
    const char *encoding = encoding_of(ctx);
    int         err = send_initial(ctx, encoding);

    TERN_DEBUG_ASSERT(!terni_ctx_is_answered(ctx));
    ctx->has_sent_initial = true;
    if (err < 0)
        return err;
    if (TERN_UNLIKELY(ctx->n_begun))
        terni_interceptor_sent(ctx, msg);
    err = TERN_UNLIKELY(encoding) ? send_packed(ctx, &message) : TERNI_AS_IT_IS;
    if (TERN_LIKELY(err == TERNI_AS_IT_IS))
        err = terni_session_message(&ctx->caller->session, &ctx->stream, &message);
    if (ctx->has_tmp)
        terni_arena_reset(&ctx->tmp);
    return err;
}

int terni_answer_put(tern_ctx *ctx, const terni_body *body)
{
    int err = send_initial(ctx, encoding_of(ctx));

    TERN_DEBUG_ASSERT(!terni_ctx_is_answered(ctx));
    ctx->has_sent_initial = true;
    return err < 0 ? err : terni_session_put_message(&ctx->caller->session, &ctx->stream, body);
}

// ---- the answer ----------------------------------------------------------

static int finish(tern_ctx *ctx, const terni_close *close, const void *reply)
{
    terni_session *s = &ctx->caller->session;

    if (!reply)
        return terni_session_finish(s, &ctx->stream, close, NULL);
    return terni_session_finish(
        s, &ctx->stream, close,
        &(terni_message){ .plan = ctx->method->reply_plan, .msg = reply, .holder = &ctx->arena });
}

// The only message of its call: how it comes is said only if it is compressed.
static __attribute__((noinline)) int finish_packed(tern_ctx *ctx, const terni_close *close,
                                                   const void *reply)
{
    const terni_packing how = terni_ctx_packing_how(ctx);
    const terni_message m = { .plan = ctx->method->reply_plan,
                              .msg = reply,
                              .holder = &ctx->arena };
    terni_packed        packed;
    int                 err;

    if (!terni_packing_may_take(&how, &m))
        return TERNI_AS_IT_IS;
    if ((err = terni_packed_init(&packed, pool_of(ctx), &how, &m)) < 0)
        return err;
    err = send_initial(ctx, packed.body.is_compressed ? name_of(ctx->packing.with) : NULL);
    if (err == 0)
        err = terni_session_put_finish(&ctx->caller->session, &ctx->stream, close, &packed.body);
    terni_packed_done(&packed);
    return err;
}

// OK and a message, as nearly all calls end.
static bool is_plain(const tern_ctx *ctx, const void *reply)
{
    bool has_details = ctx->message || ctx->details;

    return reply && !ctx->code && !has_details && !(ctx->n_trailing | ctx->n_initial) &&
           !terni_ctx_packing_is_wanted(ctx);
}

static __attribute__((noinline)) int put_full_answer(tern_ctx *ctx, const void *reply)
{
    terni_close close = { .code = ctx->code,
                          .message = ctx->message,
                          .details = ctx->details,
                          .details_len = ctx->details_len };
    int         err;

    if (ctx->message)
        close.message_len =
            (uint32_t)strnlen(ctx->message, ctx->caller->home->policy->limits.max_status_message);
    if (TERN_UNLIKELY(ctx->n_trailing))
        close.metadata = meta_list(ctx, ctx->trailing, ctx->n_trailing);
    if (reply && encoding_of(ctx) && (err = finish_packed(ctx, &close, reply)) != TERNI_AS_IT_IS)
        return err;
    if ((err = send_initial(ctx, NULL)) < 0)
        return err;
    return finish(ctx, &close, reply);
}

static int put_answer(tern_ctx *ctx, const void *reply)
{
    return TERN_LIKELY(is_plain(ctx, reply)) ? finish(ctx, NULL, reply)
                                             : put_full_answer(ctx, reply);
}

static const char *failure_of_answer(int err)
{
    if (err == -EMSGSIZE)
        return "the reply is larger than the caller's max_message";
    if (err == -E2BIG)
        return "trailing metadata and details are larger than a frame's head";
    return "out of memory for the reply";
}

// True if it is out; otherwise it waits, or did: then the call may be gone.
static bool put_on_wire(tern_ctx *ctx, const void *reply)
{
    int err;

    TERN_DEBUG_ASSERT(ctx->stream.id && terni_ctx_is_answered(ctx));
    ctx->is_on_wire = true;  // before it is asked: it may get out, and tell so, at once
    err = put_answer(ctx, reply);
    if (TERN_UNLIKELY(err < 0)) {
        ctx->n_trailing = 0;
        ctx->details = NULL;
        ctx->details_len = 0;
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, failure_of_answer(err));
        err = put_answer(ctx, NULL);
    }
    if (TERN_UNLIKELY(err > 0))
        return false;
    if (TERN_UNLIKELY(err < 0))  // not even that: the engine must know no stream that is not there
        terni_session_cancel(&ctx->caller->session, &ctx->stream, TERN_RESOURCE_EXHAUSTED,
                             "out of memory");
    ctx->is_on_wire = false;
    return true;
}

// A stream takes one message at a time, and the answer of one that still sends has none.
static void answer_later(tern_ctx *ctx, const void *reply)
{
    TERN_ASSERT(!reply);
    ctx->is_on_wire = ctx->is_answer_due = true;
}

void terni_answer_go_on(tern_ctx *ctx)
{
    TERN_DEBUG_ASSERT(ctx->is_on_wire && terni_ctx_is_answered(ctx));
    if (ctx->is_answer_due) {
        ctx->is_answer_due = false;
        if (!put_on_wire(ctx, NULL))
            return;
    }
    ctx->is_on_wire = false;
    if (ctx->state == TERNI_CTX_DONE)
        terni_ctx_release(ctx);
}

static void tell_interceptors(tern_ctx *ctx, const void *reply)
{
    if (reply && ctx->code == TERN_OK)
        terni_interceptor_sent(ctx, reply);
    terni_interceptor_end(ctx);
}

void terni_answer(tern_ctx *ctx, const void *reply)
{
    if (TERN_UNLIKELY(terni_arena_error(&ctx->arena) && ctx->code == TERN_OK))
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the call");
    if (TERN_UNLIKELY(ctx->n_begun))
        tell_interceptors(ctx, reply);
    terni_ctx_set_state(ctx, TERNI_CTX_ANSWERED);
    reply = ctx->code == TERN_OK ? reply : NULL;
    if (TERN_UNLIKELY(!ctx->stream.id))
        return;  // cancelled, or the connection is gone
    if (TERN_UNLIKELY(ctx->stream.flags & TERNI_STREAM_BLOCKED))
        answer_later(ctx, reply);
    else
        (void)put_on_wire(ctx, reply);
}

void terni_answer_conclude(tern_ctx *ctx)
{
    terni_ctx_set_state(ctx, TERNI_CTX_DONE);
    if (TERN_UNLIKELY(ctx->n_begun))  // it was cancelled, and not answered
        terni_interceptor_end(ctx);
    if (!ctx->is_on_wire)
        terni_ctx_release(ctx);
}

void terni_answer_give_up(tern_ctx *ctx)
{
    terni_answer(ctx, NULL);
    terni_answer_conclude(ctx);
}

void terni_answer_failure(tern_ctx *ctx, tern_code code, const char *message)
{
    terni_ctx_set_failure(ctx, code, message);
    terni_answer_give_up(ctx);
}
