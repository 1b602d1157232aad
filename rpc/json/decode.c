#include "rpc/json/decoder_internal.h"

#include <errno.h>
#include <stdio.h>

#include <tern/message.h>

#include "rpc/json/options_internal.h"

static const uint8_t *decode_message(terni_json_reader *r, const terni_json_table *t,
                                     const uint8_t *p)
{
    terni_json_place *outer = r->place, place = terni_json_place_in(outer, t);

    r->place = &place;
    if (--r->levels < 0)
        return terni_json_reader_fail_with(r, p, -EMSGSIZE, "nested too deeply");
    p = t->form == TERNI_JSON_PLAIN ? terni_json_decode_fields(r, t, p, false)
                                    : terni_json_decode_known(r, t, p);
    r->levels++;
    r->place = outer;
    return p;
}

// ---- the whole text ------------------------------------------------------

static const uint8_t *decode_text(terni_json_reader *r, const terni_json_table *t)
{
    terni_json_place top = terni_json_place_in(NULL, t);
    const uint8_t   *p = r->text;

    r->place = &top;
    if ((size_t)(r->end - p) > r->opts->max_bytes)
        return terni_json_reader_fail_with(r, p, -EMSGSIZE, "longer than max_bytes");
    p = terni_json_reader_space(r, p);
    if (p == r->end)
        return terni_json_reader_expected(r, p, "a value");
    if (!terni_json_decode_reserve(r, p) || !(p = decode_message(r, t, p)))
        return NULL;
    p = terni_json_reader_space(r, p);
    return p == r->end ? p : terni_json_reader_fail(r, p, "more behind the end");
}

// What is left to find wrong is that there is no memory.
static void *unpack(const ProtobufCMessageDescriptor *type, const terni_json_wire *w,
                    tern_json_error *ret_why)
{
    tern_unpack_error why;
    void *msg = tern_message_unpack_why(type, w->start, (size_t)(w->p - w->start), &why);

    if (!msg) {
        ret_why->err = why.err;
        snprintf(ret_why->text, sizeof ret_why->text, "%s", why.text);
    }
    return msg;
}

void *tern_json_decode_sized(const ProtobufCMessageDescriptor *type, const void *text, size_t len,
                             const tern_json_opts *given, tern_json_error *ret_why, uint64_t sizes)
{
    tern_json_error         unwanted;
    tern_json_opts          opts;
    const terni_json_table *t = terni_json_table_get(type);
    terni_json_reader       r;
    void                   *msg = NULL;

    r.why = ret_why ? ret_why : &unwanted;
    if (terni_json_options_read(&opts, given, sizes, r.why) < 0)
        return NULL;
    r.text = text;
    r.end = r.text + len;
    r.opts = &opts;
    r.place = NULL;
    r.message = decode_message;
    r.levels = (int)opts.max_depth + 1;
    if (!t) {
        terni_json_reader_no_memory(&r, r.text);
        return NULL;
    }
    terni_json_wire_init(&r.wire);
    if (decode_text(&r, t))
        msg = unpack(type, &r.wire, r.why);
    terni_json_wire_done(&r.wire);
    return msg;
}

void *tern_json_decode_linkbuf_sized(const ProtobufCMessageDescriptor *type, tern_linkbuf *in,
                                     const tern_json_opts *opts, tern_json_error *ret_why,
                                     uint64_t sizes)
{
    size_t         len = tern_linkbuf_len(in);
    const uint8_t *text = len > 0 ? tern_linkbuf_peek(in, len) : (const uint8_t *)"";

    if (text)
        return tern_json_decode_sized(type, text, len, opts, ret_why, sizes);
    if (ret_why)
        *ret_why = (tern_json_error){ .err = -ENOMEM, .text = "no memory left for it" };
    return NULL;
}
