#include "rpc/base/seldom_internal.h"

#include "rpc/wire/h2/growth_internal.h"

#include <string.h>

#include "rpc/wire/h2/settings_internal.h"

// Of our PINGs; others carry the time, or say goodbye.
#define SOUNDING UINT64_C(0x676e69646e756f73)

void terni_h2_begin_sounding(terni_engine *e)
{
    const uint64_t opaque = SOUNDING;
    uint8_t       *p = terni_h2_begin_frame(e, H2_PING, 0, 0, sizeof opaque);

    if (!p)
        return;
    memcpy(p, &opaque, sizeof opaque);
    e->is_sounding = true;
    e->n_sounded = 0;
}

static void widen(terni_engine *e, uint32_t window)
{
    int64_t by = (int64_t)window - e->stream_window;

    if (!terni_h2_send_setting(e, H2_INITIAL_WINDOW_SIZE, window))
        return;
    e->stream_window = window;
    for (terni_stream *s = NULL; (s = terni_streams_next(&e->streams, s));)
        h2_of(s)->credit.left += by;
}

bool terni_h2_take_sounding(terni_engine *e, uint64_t opaque)
{
    uint64_t most = e->limits->connection_window;

    if (!e->is_sounding || opaque != SOUNDING)
        return false;
    e->is_sounding = false;
    if (e->n_sounded < e->stream_window / 3 * 2 || e->stream_window >= most || e->has_own_window)
        return true;
    widen(e, (uint32_t)(2 * e->n_sounded < most ? 2 * e->n_sounded : most));
    return true;
}
