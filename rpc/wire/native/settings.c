#include "rpc/wire/native/settings_internal.h"

#include "rpc/wire/head_internal.h"
#include "rpc/wire/native/send_internal.h"

void terni_native_send_settings(terni_engine *e)
{
    const terni_wire_limits *l = e->limits;
    const struct {
        unsigned number;
        uint64_t value;
    } fields[] = {
        { 1, l->native.max_frame },    { 2, l->max_message },   { 3, l->max_streams },
        { 4, l->native.max_path_ids }, { 5, l->stream_window }, { 6, l->connection_window },
    };
    size_t   len = 0;
    uint8_t *p;

    for (size_t i = 0; i < TERN_COUNT_OF(fields); i++)
        len += terni_head_uint_size(fields[i].value);
    if (!(p = terni_native_begin_frame(e, KIND_SETTINGS, 0, 0, len, 0)))
        return;
    for (size_t i = 0; i < TERN_COUNT_OF(fields); i++)
        p = terni_head_put_uint(p, fields[i].number, fields[i].value);
}

static void raise32(uint32_t *limit, uint64_t value)
{
    if (value > *limit)
        *limit = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static void take_setting(terni_engine *e, const terni_head_field *f)
{
    switch (f->number) {
    case 1:
        raise32(&e->peer.max_frame, f->value);
        return;
    case 2:
        if (f->value)
            e->peer.max_message = f->value;
        return;
    case 3:
        raise32(&e->peer.max_streams, f->value);
        return;
    case 4:
        raise32(&e->peer.max_path_ids, f->value);
        return;
    case 5:
        raise32(&e->peer.stream_window, f->value);
        return;
    case 6:
        if (f->value > FIRST_CONNECTION_WINDOW)
            e->send_window +=
                (int64_t)(f->value < INT32_MAX ? f->value : INT32_MAX) - FIRST_CONNECTION_WINDOW;
        return;
    default:
        return;  // a later version's
    }
}

static void widen_stream_windows(terni_engine *e, int64_t by)
{
    terni_stream *s = NULL;

    while (by > 0 && (s = terni_streams_next(&e->streams, s)))
        terni_native_widen(e, s, by);
}

void terni_native_take_settings(terni_engine *e, const frame *f)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    uint32_t          window_before = e->peer.stream_window;

    if (e->state != WANT_SETTINGS) {
        terni_native_fail(e, GOAWAY_PROTOCOL_ERROR, "SETTINGS came twice");
        return;
    }
    for (terni_head_field field; terni_head_next(&r, &field);)
        if (field.type == TERNI_VARINT)
            take_setting(e, &field);
    if (r.is_bad) {
        terni_native_fail(e, GOAWAY_PROTOCOL_ERROR, "the head of SETTINGS is malformed");
        return;
    }
    e->state = RUNNING;
    widen_stream_windows(e, (int64_t)e->peer.stream_window - window_before);
    if (e->events->settled)
        e->events->settled(e->owner);
    terni_native_pump(e);
}
