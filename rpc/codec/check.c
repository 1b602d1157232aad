// What a message must not be when it is packed on its own: whoever unpacks it would refuse it. Calls leave it to
// the other end.
#include "rpc/base/seldom_internal.h"

#include "rpc/codec/encoder_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/message.h>

#include "rpc/codec/utf8_internal.h"

static int check_message(const terni_plan *plan, const uint8_t *msg, int levels);

static bool is_utf8(const terni_field *f, const void *data, size_t len)
{
    bool has_nul;

    return f->desc->reserved_flags & TERN_FIELD_ANY_BYTES || len == 0 ||
           terni_utf8_is_valid(data, len, &has_nul);
}

static int check_value(const terni_field *f, const uint8_t *at, int levels)
{
    const char *string;

    switch ((terni_kind)f->kind) {
    case TERNI_KIND_STRING:
        string = TERNI_AT(char *, at);
        if (!string)
            return f->required ? -EINVAL : 0;
        return is_utf8(f, string, strlen(string)) ? 0 : -EILSEQ;
    case TERNI_KIND_TEXT:
        return is_utf8(f, TERNI_AT(tern_text, at).data, TERNI_AT(tern_text, at).len) ? 0 : -EILSEQ;
    case TERNI_KIND_MESSAGE:
    case TERNI_KIND_GROUP:
        if (!TERNI_AT(uint8_t *, at))
            return f->required ? -EINVAL : 0;
        return check_message(f->sub, TERNI_AT(uint8_t *, at), levels);
    case TERNI_KIND_INT32:
    case TERNI_KIND_UINT32:
    case TERNI_KIND_SINT32:
    case TERNI_KIND_INT64:
    case TERNI_KIND_SINT64:
    case TERNI_KIND_BOOL:
    case TERNI_KIND_FIXED32:
    case TERNI_KIND_FIXED64:
    case TERNI_KIND_BYTES:
        return 0;
    }
    TERN_UNREACHABLE();
}

static int check_field(const terni_field *f, const uint8_t *msg, int levels)
{
    const uint8_t *at = msg + f->offset;
    bool           is_by_mark = f->encode_op >= TERNI_ENCODE_ALWAYS;
    int            err = 0;

    if (f->desc->label == PROTOBUF_C_LABEL_REPEATED) {
        at = TERNI_AT(uint8_t *, at);
        for (size_t n = TERNI_AT(size_t, msg + f->quantifier); n > 0 && err == 0; n--) {
            err = check_value(f, at, levels);
            at += f->element_size;
        }
        return err;
    }
    return !is_by_mark || terni_is_marked(f, msg) ? check_value(f, at, levels) : 0;
}

static int check_message(const terni_plan *plan, const uint8_t *msg, int levels)
{
    int err = levels < 0 ? -EMSGSIZE : 0;

    for (uint32_t i = 0; i < plan->n_fields && err == 0; i++)
        err = check_field(&plan->fields[i], msg, levels - 1);
    return err;
}

int terni_codec_check(const terni_plan *plan, const ProtobufCMessage *msg)
{
    return check_message(plan, (const uint8_t *)msg, TERN_MAX_NESTING);
}
