#include "rpc/base/seldom_internal.h"

#include "rpc/wire/h2/settings_internal.h"

#include "rpc/wire/h2/send_internal.h"

enum {
    HEADER_TABLE_SIZE = 1,
    ENABLE_PUSH = 2,
    MAX_CONCURRENT_STREAMS = 3,
    MAX_FRAME_SIZE = 5,
    MAX_HEADER_LIST_SIZE = 6,
    SETTING_LEN = 6,  // bytes of one on the wire
};

static uint8_t *put_setting(uint8_t *p, unsigned number, uint32_t value)
{
    *p++ = (uint8_t)(number >> 8);
    *p++ = (uint8_t)number;
    return h2_put_u32(p, value);
}

void terni_h2_send_settings(terni_engine *e)
{
    const terni_wire_limits *l = e->limits;
    uint8_t                 *p = terni_h2_begin_frame(e, H2_SETTINGS, 0, 0, 4 * SETTING_LEN);

    if (!p)
        return;
    if (e->role == TERNI_CLIENT)
        p = put_setting(p, ENABLE_PUSH, 0);
    else
        p = put_setting(p, MAX_CONCURRENT_STREAMS, l->max_streams);
    p = put_setting(p, H2_INITIAL_WINDOW_SIZE, l->stream_window);
    p = put_setting(p, MAX_FRAME_SIZE, l->h2.max_frame);
    put_setting(p, MAX_HEADER_LIST_SIZE, l->max_metadata);
    if (l->connection_window > H2_FIRST_WINDOW)
        terni_h2_send_window(e, 0, l->connection_window - H2_FIRST_WINDOW);
}

bool terni_h2_send_setting(terni_engine *e, unsigned number, uint32_t value)
{
    uint8_t *p = terni_h2_begin_frame(e, H2_SETTINGS, 0, 0, SETTING_LEN);

    if (p)
        put_setting(p, number, value);
    return p != NULL;
}

// ---- the peer's ----------------------------------------------------------

static void too_wide(terni_engine *e)
{
    terni_h2_fail(e, H2_FLOW_CONTROL_ERROR, "a window is wider than HTTP/2 knows");
}

// Also of the streams that are open, whose windows may become negative thereby.
static void set_stream_window(terni_engine *e, uint32_t window)
{
    int64_t       by = (int64_t)window - e->peer.stream_window;
    terni_stream *s = NULL;

    e->peer.stream_window = window;
    if (by == 0)
        return;
    while ((s = terni_streams_next(&e->streams, s)))
        if (!terni_h2_widen(e, s, by)) {
            too_wide(e);
            return;
        }
}

static void malformed(terni_engine *e)
{
    terni_h2_fail(e, H2_PROTOCOL_ERROR, "a setting has a value that it must not have");
}

static void take_setting(terni_engine *e, unsigned number, uint32_t value)
{
    switch (number) {
    case HEADER_TABLE_SIZE:
        if (value < H2_FIRST_TABLE && !e->table.is_shut) {
            h2_table_shut(&e->table);
            e->entries = (h2_entries){ 0 };
        }
        return;
    case ENABLE_PUSH:
        if (value > (e->role == TERNI_SERVER))
            malformed(e);
        return;
    case MAX_CONCURRENT_STREAMS:
        e->peer.max_streams = value;
        return;
    case H2_INITIAL_WINDOW_SIZE:
        if (value > H2_MAX_WINDOW)
            too_wide(e);
        else
            set_stream_window(e, value);
        return;
    case MAX_FRAME_SIZE:
        if (value < H2_MIN_FRAME || value > H2_MAX_FRAME)
            malformed(e);
        else
            e->peer.max_frame = value;
        return;
    case MAX_HEADER_LIST_SIZE:
        e->peer.max_header_list = value;
        return;
    default:
        return;  // an extension's
    }
}

static void acknowledge(terni_engine *e)
{
    e->unsent_control += H2_PREFIX_LEN;
    (void)terni_h2_begin_frame(e, H2_SETTINGS, H2_ACK, 0, 0);
}

void terni_h2_take_settings(terni_engine *e, const h2_frame *f)
{
    bool is_first = e->state == H2_WANT_SETTINGS;

    if (f->len % SETTING_LEN || (f->flags & H2_ACK && f->len)) {
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, "SETTINGS have a length that they cannot have");
        return;
    }
    if (f->flags & H2_ACK || (!is_first && !terni_h2_bear(e)))
        return;
    for (uint32_t i = 0; i < f->len && e->state != H2_FAILED; i += SETTING_LEN)
        take_setting(e, (unsigned)f->payload[i] << 8 | f->payload[i + 1],
                     h2_get_u32(f->payload + i + 2));
    if (e->state == H2_FAILED)
        return;
    e->state = H2_RUNNING;
    acknowledge(e);
    if (is_first && e->events->settled)
        e->events->settled(e->owner);
    terni_h2_pump(e);
}
