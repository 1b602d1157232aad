#include "rpc/base/seldom_internal.h"

#include "rpc/wire/h2/ends_internal.h"

#include <stdio.h>
#include <string.h>

#include "rpc/wire/h2/answer_internal.h"

// Of gRPC's codes.
enum {
    CANCELLED = 1,
    UNKNOWN = 2,
    PERMISSION_DENIED = 7,
    EXHAUSTED = 8,
    UNIMPLEMENTED = 12,
    INTERNAL = 13,
    UNAVAILABLE = 14,
    UNAUTHENTICATED = 16,
};

// ---- words and codes -----------------------------------------------------

static const char *name_of(h2_error error)
{
    static const char *const names[] = {
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    };

    return error < TERN_COUNT_OF(names) ? names[error] : NULL;
}

size_t terni_h2_say_reset(char *text, size_t size, h2_error error)
{
    const char *name = name_of(error);
    int         n = name ? snprintf(text, size, "the peer reset the stream: %s", name)
                         : snprintf(text, size, "the peer reset the stream: error %u", error);

    return (size_t)n < size ? (size_t)n : size - 1;
}

uint32_t terni_h2_code_of_reset(h2_error error)
{
    switch ((unsigned)error) {
    case H2_CANCEL:
        return CANCELLED;
    case H2_REFUSED_STREAM:
        return UNAVAILABLE;
    case H2_ENHANCE_YOUR_CALM:
        return EXHAUSTED;
    case H2_INADEQUATE_SECURITY:
        return PERMISSION_DENIED;
    default:
        return INTERNAL;
    }
}

// Where a proxy has answered, which knows nothing of gRPC.
static uint32_t code_of_http(unsigned status)
{
    switch (status) {
    case 400:
    case 431:
        return INTERNAL;
    case 401:
        return UNAUTHENTICATED;
    case 403:
        return PERMISSION_DENIED;
    case 404:
        return UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return UNAVAILABLE;
    default:
        return UNKNOWN;
    }
}

// ---- ends ----------------------------------------------------------------

static void close_by_us(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    terni_close close = {
        .code = code, .message = why, .message_len = (uint32_t)strlen(why), .is_reset = true
    };

    terni_h2_close_stream(e, s, &close);
}

void terni_h2_end_by_status(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    size_t before = e->out->len;

    terni_h2_give_up(e, s, code, why);
    e->unsent_control += e->out->len - before;
    close_by_us(e, s, code, why);
}

void terni_h2_end_by_fault(terni_engine *e, terni_stream *s, h2_error error, const char *why)
{
    terni_h2_answer_reset(e, s->id, error);
    close_by_us(e, s, INTERNAL, why);
}

// There is nobody any more for what we would still say.
static void end_our_half(terni_engine *e, const terni_stream *s)
{
    if (!(s->flags & TERNI_STREAM_LOCAL_END) || h2_of(s)->waiting)
        terni_h2_answer_reset(e, s->id, H2_NO_ERROR);
}

void terni_h2_end_by_peer(terni_engine *e, terni_stream *s, const terni_close *close)
{
    end_our_half(e, s);
    s->flags |= TERNI_STREAM_REMOTE_END;
    terni_h2_close_stream(e, s, close);
}

void terni_h2_end_without_status(terni_engine *e, terni_stream *s)
{
    unsigned    status = h2_status_of(s);
    char        text[96];
    terni_close close = { .code = code_of_http(status), .message = text };

    if (status == 200 && s->own_flags & H2_NOT_GRPC)
        snprintf(text, sizeof text, "the server's answer is not gRPC's");
    else if (status == 200)
        snprintf(text, sizeof text, "the server ended the call without a status");
    else
        snprintf(text, sizeof text, "the server answered with HTTP status %u", status);
    close.message_len = (uint32_t)strlen(text);
    terni_h2_end_by_peer(e, s, &close);
}
