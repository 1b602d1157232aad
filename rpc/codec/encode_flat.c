#include "rpc/codec/encoder_internal.h"

#include <string.h>

// In one pass, what has neither arrays nor messages within.

static const uint8_t *member(const ProtobufCMessage *msg, const terni_field *f)
{
    return (const uint8_t *)msg + f->offset;
}

static size_t len_of_text(const char *s) { return s ? strlen(s) : 0; }

size_t terni_codec_bound(const terni_plan *plan, const ProtobufCMessage *msg)
{
    size_t bound = plan->max_flat;

    if (bound == 0 || msg->n_unknown_fields > 0)
        return 0;
    for (const terni_field *f = plan->fields, *end = f + plan->n_fields; f < end; f++) {
        size_t len;

        if (f->encode_op == TERNI_ENCODE_BYTES)
            len = TERNI_AT(ProtobufCBinaryData, member(msg, f)).len;
        else if (f->encode_op == TERNI_ENCODE_TEXT)
            len = len_of_text(TERNI_AT(char *, member(msg, f)));
        else
            continue;
        if (len > TERNI_CODEC_MAX_BOUND || (bound += len) > TERNI_CODEC_MAX_BOUND)
            return 0;
    }
    return bound <= TERNI_CODEC_MAX_BOUND ? bound : 0;
}

static inline uint8_t *write_run(const terni_field *f, const void *data, size_t len, uint8_t *p)
{
    TERN_DEBUG_ASSERT(len <= TERNI_CODEC_MAX_BOUND);
    if (len == 0)
        return p;
    p = terni_varint_write(terni_write_tag(f, p), len);
    if (len > 16)
        memcpy(p, data, len);
    else
        terni_copy_short(p, data, len);
    return p + len;
}

uint8_t *terni_codec_write_bounded(const terni_plan *plan, const ProtobufCMessage *msg, uint8_t *p)
{
    const uint8_t *start = p;

    for (const terni_field *f = plan->fields, *end = f + plan->n_fields; f < end; f++) {
        const uint8_t *at = member(msg, f);

        if (f->encode_op == TERNI_ENCODE_BYTES) {
            const ProtobufCBinaryData *b = &TERNI_AT(ProtobufCBinaryData, at);

            p = write_run(f, b->data, b->len, p);
        } else if (f->encode_op == TERNI_ENCODE_TEXT) {
            const char *s = TERNI_AT(char *, at);

            p = write_run(f, s, len_of_text(s), p);
        } else {
            p = terni_write_scalar(f, at, p);
        }
    }
    TERN_DEBUG_ASSERT((size_t)(p - start) <= terni_codec_bound(plan, msg));
    (void)start;
    return p;
}
