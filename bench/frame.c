#include "bench/protocol.h"

#include <endian.h>
#include <string.h>

enum { HEAD = 4 };

static size_t request_size(size_t payload_len) { return HEAD + payload_len; }

static void encode(uint8_t *request, const uint8_t *payload, size_t payload_len)
{
    const uint32_t len = htobe32((uint32_t)payload_len);

    memcpy(request, &len, HEAD);
    memcpy(request + HEAD, payload, payload_len);
}

static void stamp(uint8_t *request, size_t payload_len, uint64_t call)
{
    memcpy(request + HEAD, &call, payload_len < sizeof call ? payload_len : sizeof call);
}

// Takes what is missing of the head. True when the head is whole and announces what we sent.
static bool scan_head(struct scan *s, size_t payload_len, const uint8_t **bytes, const uint8_t *end)
{
    uint32_t len;

    while (s->head_len < HEAD && *bytes < end)
        s->head[s->head_len++] = *(*bytes)++;
    if (s->head_len < HEAD)
        return true;
    memcpy(&len, s->head, HEAD);
    s->body_left = be32toh(len);
    return s->body_left == payload_len;
}

static ssize_t scan(struct scan *s, size_t payload_len, const uint8_t *bytes, size_t len,
                    uint64_t *ret_calls, size_t max)
{
    const uint8_t *end = bytes + len;
    size_t         n_calls = 0;

    while (bytes < end) {
        size_t n;

        if (s->head_len < HEAD && !scan_head(s, payload_len, &bytes, end))
            return -1;
        if (s->head_len < HEAD)
            break;
        n = (size_t)(end - bytes) < s->body_left ? (size_t)(end - bytes) : s->body_left;
        bytes += n;
        s->body_left -= n;
        if (s->body_left > 0)
            break;
        if (n_calls == max)
            return -1;
        ret_calls[n_calls++] = s->next_call++;
        s->head_len = 0;
    }
    return (ssize_t)n_calls;
}

const struct protocol protocol_frame = {
    .name = "frame",
    .echoes_bytes = true,
    .request_size = request_size,
    .encode = encode,
    .scan = scan,
};

const struct protocol protocol_numbered_frame = {
    .name = "numbered-frame",
    .echoes_bytes = true,
    .request_size = request_size,
    .encode = encode,
    .stamp = stamp,
    .scan = scan,
};
