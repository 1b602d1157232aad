#include "rpc/base/seldom_internal.h"

#include "rpc/session/unpacked_internal.h"

#include <errno.h>

static tern_status failure(const terni_unpacking *how, int err)
{
    switch (err) {
    case -EMSGSIZE:
        return tern_status_make(TERN_RESOURCE_EXHAUSTED,
                                "a message is larger than max_message when it is decompressed");
    case -EDQUOT:
        return tern_status_make(TERN_RESOURCE_EXHAUSTED,
                                "max_memory_bytes of messages are being read");
    case -EBADMSG:
        return tern_status_make(TERN_INTERNAL, "a message is not what its encoding (%s) says",
                                terni_compression_get(how->with)->name);
    default:
        return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for a message");
    }
}

static tern_status refusal(tern_compression with)
{
    const char *names = terni_compression_names();

    return with == TERN_COMPRESSION_NONE
               ? tern_status_make(TERN_INTERNAL,
                                  "a message is compressed, and the peer has not said "
                                  "how")
               : tern_status_make(
                     TERN_INTERNAL,
                     "a message is compressed in a way that is not known here, but: %s",
                     names ? names : "none");
}

static void drop(terni_unpacked *u)
{
    if (u->quota)
        terni_quota_give(u->quota, u->bytes.len);
    tern_linkbuf_done(&u->bytes);
}

// In one piece, as the decoder wants it.
static int unpack(terni_unpacked *u, const terni_compression *c, uint64_t max_message,
                  const terni_piece *packed)
{
    const uint8_t *data;
    int            err =
        terni_compression_unpack(c, packed->data, packed->len, max_message, u->quota, &u->bytes);

    if (err < 0 || u->bytes.len == 0)
        return err;
    if (!(data = tern_linkbuf_peek(&u->bytes, u->bytes.len)))
        return -ENOMEM;
    u->piece = (terni_piece){ data, u->bytes.len, u->bytes.head->block, false };
    return 0;
}

tern_status terni_unpacked_init(terni_unpacked *u, const terni_unpacking *how,
                                const terni_piece *packed)
{
    const terni_compression *c = terni_compression_get(how->with);
    int                      err = 0;

    TERN_ASSERT(packed->is_compressed);
    if (!c)
        return refusal(how->with);
    *u =
        (terni_unpacked){ .piece = { packed->data, 0, packed->block, false }, .quota = how->quota };
    tern_linkbuf_init(&u->bytes, how->pool);
    if (packed->len > 0)  // some mark what they had nothing to compress of
        err = unpack(u, c, how->max_message, packed);
    if (err == 0)
        return (tern_status){ .code = TERN_OK };
    drop(u);
    return failure(how, err);
}

void terni_unpacked_done(terni_unpacked *u) { drop(u); }
