#include "rpc/json/encoder_internal.h"

bool terni_json_encode_fail(terni_json_encoder *e, int err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    terni_json_place_tell(e->why, e->place, err, fmt, args);
    va_end(args);
    return false;
}

// ---- lines ---------------------------------------------------------------

void terni_json_encode_line(terni_json_encoder *e)
{
    unsigned left = e->margin;

    terni_json_out_char(&e->out, '\n');
    while (left > 0) {
        unsigned n = left < TERNI_JSON_MAX_ROOM ? left : TERNI_JSON_MAX_ROOM;

        memset(terni_json_out_room(&e->out, n), ' ', n);
        e->out.p += n;
        left -= n;
    }
}

void terni_json_encode_open(terni_json_encoder *e, char c)
{
    terni_json_out_char(&e->out, c);
    e->margin += e->opts->indent;
}

void terni_json_encode_close(terni_json_encoder *e, char c, bool is_empty)
{
    e->margin -= e->opts->indent;
    if (e->opts->indent > 0 && !is_empty)
        terni_json_encode_line(e);
    terni_json_out_char(&e->out, c);
}
