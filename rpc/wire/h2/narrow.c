#include "rpc/base/seldom_internal.h"

#include "rpc/wire/h2/narrow_internal.h"

#include "rpc/wire/h2/settings_internal.h"

// The widest that is not wider.
static unsigned window_within(uint32_t bytes)
{
    unsigned log2 = TERNI_MIN_WINDOW;

    while (log2 < TERNI_WIDEST_WINDOW && terni_window_bytes(log2 + 1) <= bytes)
        log2++;
    return log2;
}

// It keeps what it has: told less, it is given as much at once. What no power of two can say is withheld later.
static void keep_window(terni_engine *e, terni_stream *s, uint32_t least)
{
    uint32_t before = e->stream_window, own;

    if (!h2_own_window(s)) {
        s->own_value = (uint16_t)(s->own_value | window_within(before) << H2_STATUS_BITS);
        own = terni_window_bytes(h2_own_window(s));
        TERN_DEBUG_ASSERT(own <= before);
        h2_of(s)->credit.advance += before - own;
    }
    terni_h2_send_window(e, s->id, before - least);
}

static bool narrow(terni_engine *e)
{
    uint32_t least = terni_window_bytes(TERNI_MIN_WINDOW);

    if (!terni_h2_send_setting(e, H2_INITIAL_WINDOW_SIZE, least))
        return false;
    for (terni_stream *s = NULL; (s = terni_streams_next(&e->streams, s));)
        keep_window(e, s, least);
    e->stream_window = least;
    return e->state != H2_FAILED;
}

bool terni_h2_prepare_window(terni_engine *e, unsigned window)
{
    e->has_own_window = true;
    return terni_window_bytes(window) >= e->stream_window || narrow(e);
}

void terni_h2_give_window(terni_engine *e, terni_stream *s, unsigned window)
{
    terni_h2_set_window(e, s, window ? window : window_within(e->limits->stream_window));
}
