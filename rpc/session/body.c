#include "rpc/session/body_internal.h"

static uint8_t *put_bounded(const terni_body *body, uint8_t *dst)
{
    return terni_codec_write_bounded(body->plan, body->message, dst);
}

bool terni_body_bound(terni_body *body, const terni_message *m)
{
    *body = (terni_body){ .size = terni_codec_bound(m->plan, m->msg),
                          .put = put_bounded,
                          .message = m->msg,
                          .plan = m->plan };
    return body->size > 0;
}

static int write_measured(const terni_body *body, tern_linkbuf *out)
{
    return terni_codec_write((terni_encoding *)(uintptr_t)body->message, out);
}

int terni_body_measure(terni_body *body, terni_encoding *e, const terni_message *m,
                       const terni_encode_opts *opts)
{
    int err = terni_codec_measure(e, m->plan, m->msg, opts);

    *body = (terni_body){ .size = e->size, .write = write_measured, .message = e };
    return err;
}
