#include "tests/rpc/packing/press.h"

static tern_code judge(tern_ctx *ctx, const press_parcel *p)
{
    bool is_compressed = tern_ctx_is_compressed(ctx);

    if (p->expected == PRESS_PARCEL_EXPECTED_COMPRESSED && !is_compressed)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "the message is not compressed");
    if (p->expected == PRESS_PARCEL_EXPECTED_PLAIN && is_compressed)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "the message is compressed");
    return TERN_OK;
}

static void obey(tern_ctx *ctx, const press_parcel *p)
{
    if (p->reply_with)
        tern_ctx_set_compression(ctx, (tern_compression)p->reply_with);
    if (p->reply_which)
        tern_ctx_compress(ctx, (tern_compress)(p->reply_which - 1));
}

static press_receipt receipt_for(tern_ctx *ctx, const press_parcel *p)
{
    uint8_t *zeros = p->reply_size ? tern_ctx_alloc(ctx, p->reply_size, 1) : NULL;

    return *PRESS_RECEIPT(.body = { zeros ? p->reply_size : 0, zeros }, .n_bytes = p->body.len,
                          .n_compressed = tern_ctx_is_compressed(ctx));
}

static tern_code one(tern_ctx *ctx, const press_parcel *p, press_receipt *reply)
{
    obey(ctx, p);
    *reply = receipt_for(ctx, p);
    return judge(ctx, p);
}

static void later(press_press_later_call *call, const press_parcel *p)
{
    press_receipt reply = receipt_for(call->ctx, p);
    tern_code     code = judge(call->ctx, p);

    obey(call->ctx, p);
    if (code == TERN_OK)
        press_press_later_reply(call, &reply);
    else
        press_press_later_fail(call, code);
}

static tern_code upload(tern_ctx *ctx, press_press_upload_in *in, press_receipt *reply)
{
    const press_parcel *p;
    tern_code           code = TERN_OK;

    while (code == TERN_OK && (p = press_press_upload_next(in))) {
        code = judge(ctx, p);
        reply->n_bytes += p->body.len;
        reply->n_compressed += tern_ctx_is_compressed(ctx);
    }
    return code ? code : tern_ctx_check(ctx);
}

static tern_code download(tern_ctx *ctx, const press_parcels *order, press_press_download_out *out)
{
    tern_code code = TERN_OK;

    for (size_t i = 0; i < order->n_parcels && code == TERN_OK; i++) {
        press_receipt r = receipt_for(ctx, order->parcels[i]);

        obey(ctx, order->parcels[i]);
        code = press_press_download_send(out, &r);
    }
    return code;
}

static tern_code both(tern_ctx *ctx, press_press_both_io *io)
{
    const press_parcel *p;
    tern_code           code = TERN_OK;

    while (code == TERN_OK && (p = press_press_both_io_next(io)))
        if ((code = judge(ctx, p)) == TERN_OK) {
            press_receipt r = receipt_for(ctx, p);

            obey(ctx, p);
            code = press_press_both_io_send(io, &r);
        }
    return code ? code : tern_ctx_check(ctx);
}

void press_add(tern_server *srv, void *arg)
{
    (void)arg;
    press_press_register(srv,
                         &(press_press_handlers){ .one = one,
                                                  .later_async = later,
                                                  .upload = upload,
                                                  .download = download,
                                                  .both = both },
                         NULL);
}
