#include "rpc/json/encoder_internal.h"

#include <errno.h>

#include "rpc/json/options_internal.h"

static bool write_plain(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    const uint8_t *start;

    terni_json_encode_open(e, '{');
    start = e->out.p;
    if (!terni_json_encode_fields(e, t, msg, true))
        return false;
    terni_json_encode_close(e, '}', e->out.p == start);
    return true;
}

static bool encode_message(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    terni_json_place *outer = e->place, place = terni_json_place_in(outer, t);
    bool              is_fine;

    e->place = &place;
    if (--e->levels < 0)
        is_fine = terni_json_encode_fail(e, -EMSGSIZE, "nested too deeply");
    else if (t->form == TERNI_JSON_PLAIN)
        is_fine = write_plain(e, t, msg);
    else
        is_fine = terni_json_encode_known(e, t, msg);
    e->levels++;
    e->place = outer;
    return is_fine;
}

int tern_json_encode_sized(const struct ProtobufCMessageDescriptor *type, const void *message,
                           tern_linkbuf *out, const tern_json_opts *given, tern_json_error *ret_why,
                           uint64_t sizes)
{
    tern_json_error         unwanted;
    tern_json_opts          opts;
    const terni_json_table *t = terni_json_table_get(type);
    terni_json_encoder      e;
    int                     err;

    e.why = ret_why ? ret_why : &unwanted;
    if ((err = terni_json_options_read(&opts, given, sizes, e.why)) < 0)
        return err;
    e.opts = &opts;
    e.levels = (int)opts.max_depth + 1;
    e.margin = 0;
    e.place = NULL;
    e.message = encode_message;
    if (!t) {
        terni_json_encode_fail(&e, -ENOMEM, "no memory left for it");
        return -ENOMEM;
    }
    terni_json_out_init(&e.out, out->pool, opts.max_bytes);
    if (!encode_message(&e, t, message)) {
        terni_json_out_drop(&e.out);
        return e.why->err;
    }
    if ((err = terni_json_out_finish(&e.out, out)) < 0)
        terni_json_encode_fail(&e, err,
                               err == -ENOMEM ? "no memory left for it" : "longer than max_bytes");
    return err;
}
