// Arbitrary bytes, as what a peer calls a compressed message: it is unpacked or refused, within the limit; and
// what was unpacked packs again.
#include <string.h>

#include "rpc/compress/compression_internal.h"

enum { MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_that_it_packs(const terni_compression *c, tern_linkbuf *message)
{
    tern_linkbuf packed, back;
    size_t       len = message->len;

    tern_linkbuf_init(&packed, NULL);
    tern_linkbuf_init(&back, NULL);
    TERN_ASSERT(terni_compression_pack(c, message, &packed) == 0);
    TERN_ASSERT(terni_compression_unpack(c, tern_linkbuf_peek(&packed, packed.len), packed.len, MAX,
                                         NULL, &back) == 0);
    TERN_ASSERT(back.len == len);
    TERN_ASSERT(len == 0 ||
                memcmp(tern_linkbuf_peek(&back, len), tern_linkbuf_peek(message, len), len) == 0);
    tern_linkbuf_done(&packed);
    tern_linkbuf_done(&back);
}

static void unpack(const terni_compression *c, const uint8_t *data, size_t size)
{
    terni_quota  quota = { .max = 2 * MAX };
    tern_linkbuf message;
    int          err;

    tern_linkbuf_init(&message, NULL);
    err = terni_compression_unpack(c, data, size, MAX, &quota, &message);
    TERN_ASSERT(message.len <= MAX && quota.used == message.len);
    if (err == 0)
        check_that_it_packs(c, &message);
    else
        TERN_ASSERT(message.len == 0);
    tern_linkbuf_done(&message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const tern_compression all[] = { TERN_COMPRESSION_GZIP, TERN_COMPRESSION_DEFLATE,
                                            TERN_COMPRESSION_ZSTD };
    const terni_compression      *c;

    if (size == 0)
        return 0;
    if ((c = terni_compression_get(all[data[0] % TERN_COUNT_OF(all)])))
        unpack(c, data + 1, size - 1);
    return 0;
}
