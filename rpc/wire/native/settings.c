#include "rpc/base/seldom_internal.h"

#include "rpc/wire/native/settings_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/head_internal.h"
#include "rpc/wire/native/send_internal.h"

// The first of a list like "gzip,zstd", or NULL; *list becomes the rest.
static const char *next_name(const char **list, size_t *ret_len)
{
    const char *name = *list;

    if (!name || !*name)
        return NULL;
    *ret_len = strcspn(name, ",");
    *list = name + *ret_len + (name[*ret_len] == ',');
    return name;
}

static size_t encodings_size(const char *list)
{
    size_t size = 0, len;

    while (next_name(&list, &len))
        size += terni_head_bytes_size(len);
    return size;
}

static void put_encodings(uint8_t *p, const char *list)
{
    size_t len;

    for (const char *name; (name = next_name(&list, &len));)
        p = terni_head_put_bytes(p, 7, name, len);
}

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
    size_t   len = encodings_size(l->encodings);
    uint8_t *p;

    for (size_t i = 0; i < TERN_COUNT_OF(fields); i++)
        len += terni_head_uint_size(fields[i].value);
    if (!(p = terni_native_begin_frame(e, KIND_SETTINGS, 0, 0, len, 0)))
        return;
    for (size_t i = 0; i < TERN_COUNT_OF(fields); i++)
        p = terni_head_put_uint(p, fields[i].number, fields[i].value);
    put_encodings(p, l->encodings);
}

// ---- the peer's ----------------------------------------------------------

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

static bool is_name(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] <= ' ' || bytes[i] > '~' || bytes[i] == ',')
            return false;
    return len > 0;
}

// What is no name, or one too many, is as if it had not been said: nothing is sent to it that way.
static bool take_encoding(terni_engine *e, const terni_head_field *f)
{
    size_t had = e->peer_encodings ? strlen(e->peer_encodings) : 0, at = had ? had + 1 : 0;
    char  *list;

    if (f->number != 7 || !is_name(f->bytes, f->len) || at + f->len > MAX_PEER_ENCODINGS)
        return true;
    if (!(list = tern_mem_realloc(e->peer_encodings, at + f->len + 1)))
        return false;
    if (had)
        list[had] = ',';
    memcpy(list + at, f->bytes, f->len);
    list[at + f->len] = '\0';
    e->peer_encodings = list;
    return true;
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
    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT) {
            take_setting(e, &field);
        } else if (!take_encoding(e, &field)) {
            terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
            return;
        }
    }
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
