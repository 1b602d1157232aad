// The language of xor_codec.h at a far end.
#include "tests/transport/tongue.h"

#include <errno.h>
#include <stdlib.h>

#include <tern/base.h>

#include "tests/support/xor_filter.h"

struct tongue {
    xor_codec codec;
    uint32_t  odd;
};

static tern_conn_filter *filter(bool is_far)
{
    (void)is_far;
    return xor_filter_new(NULL);
}

static tongue *make(int seed, tongue_bytes *out)
{
    tongue *t = calloc(1, sizeof *t);

    TERN_ASSERT(t);
    xor_codec_init(&t->codec, (uint8_t)(seed * 3 + 1));
    out->len += xor_codec_put_hello(&t->codec, tongue_bytes_extend(out, XOR_MAX_RECORD));
    return t;
}

static void free_it(tongue *t) { free(t); }

static void put(tongue *t, xor_kind kind, const void *payload, size_t n, tongue_bytes *out)
{
    out->len +=
        xor_codec_put(&t->codec, kind, payload, n, tongue_bytes_extend(out, XOR_MAX_RECORD));
}

static void say(tongue *t, const void *text, size_t n, tongue_bytes *out)
{
    const char *at = text;

    for (size_t len; n > 0; at += len, n -= len) {
        len = xor_codec_odd(&t->odd, n < XOR_MAX_PAYLOAD ? n : XOR_MAX_PAYLOAD);
        put(t, XOR_TEXT, at, len, out);
    }
}

static void say_goodbye(tongue *t, tongue_bytes *out) { put(t, XOR_BYE, NULL, 0, out); }

static int hear_record(tongue *t, const uint8_t *record, size_t n, tongue_bytes *text,
                       tongue_bytes *out)
{
    if (record[0] == XOR_TEXT) {
        xor_codec_read(&t->codec, record + XOR_HEADER, n, tongue_bytes_extend(text, n));
        text->len += n;
        return 0;
    }
    if (!xor_codec_take(&t->codec, (xor_kind)record[0], record + XOR_HEADER, n))
        return -EPROTO;
    if (record[0] == XOR_HELLO)
        out->len += xor_codec_put_ack(&t->codec, tongue_bytes_extend(out, XOR_MAX_RECORD));
    return record[0] == XOR_BYE || record[0] == XOR_ALERT;
}

static int hear(tongue *t, tongue_bytes *in, tongue_bytes *text, tongue_bytes *out)
{
    size_t at = 0;
    int    end = 0;

    while (!end && in->len - at >= XOR_HEADER) {
        size_t n = xor_codec_payload(in->at + at);

        if (in->len - at < XOR_HEADER + n)
            break;
        end = hear_record(t, in->at + at, n, text, out);
        at += XOR_HEADER + n;
    }
    tongue_bytes_drop(in, at);
    return end;
}

static bool may_speak(const tongue *t) { return t->codec.has_hello; }

static bool is_established(const tongue *t) { return xor_codec_is_established(&t->codec); }

const tongue_ops tongue_spoken = {
    .name = "filtered",
    .n_handshake_bytes = XOR_HEADER + 5 + XOR_HEADER + 1,
    .n_record_bytes = XOR_HEADER,
    .filter = filter,
    .make = make,
    .free = free_it,
    .hear = hear,
    .say = say,
    .say_goodbye = say_goodbye,
    .may_speak = may_speak,
    .is_established = is_established,
};
