#include "rpc/wire/h2/blocks_out_internal.h"

#include <string.h>

#include <tern/mem.h>

bool terni_h2_begin_block(terni_engine *e, size_t bound, h2_out *ret_out)
{
    uint8_t *p = NULL;
    bool     is_aside = bound > e->peer.max_frame;

    if (e->state == H2_FAILED)
        return false;
    if (is_aside)
        p = tern_mem_alloc(bound);
    else if ((p = tern_linkbuf_reserve(e->out, H2_PREFIX_LEN + bound)))
        p += H2_PREFIX_LEN;
    if (!p) {
        terni_h2_lack_memory(e);
        return false;
    }
    *ret_out = (h2_out){ .p = p, .start = p, .is_aside = is_aside };
    return true;
}

static bool send_in_frames(terni_engine *e, const h2_out *out, uint32_t stream, unsigned flags)
{
    size_t   left = (size_t)(out->p - out->start);
    h2_kind  kind = H2_HEADERS;
    uint8_t *p;

    for (size_t n; left > 0; left -= n, kind = H2_CONTINUATION, flags = 0) {
        n = left < e->peer.max_frame ? left : e->peer.max_frame;
        p = terni_h2_begin_frame(e, kind, flags | (n == left ? H2_END_HEADERS : 0), stream, n);
        if (!p)
            return false;
        memcpy(p, out->p - left, n);
    }
    return true;
}

bool terni_h2_send_block(terni_engine *e, h2_out *out, uint32_t stream, unsigned flags)
{
    size_t len = (size_t)(out->p - out->start);
    bool   is_sent = true;

    if (TERN_UNLIKELY(out->is_aside)) {
        is_sent = send_in_frames(e, out, stream, flags);
        tern_mem_free(out->start);
        return is_sent;
    }
    h2_put_prefix(out->start - H2_PREFIX_LEN, len, H2_HEADERS, flags | H2_END_HEADERS, stream);
    tern_linkbuf_commit(e->out, H2_PREFIX_LEN + len);
    return true;
}

void terni_h2_drop_block(terni_engine *e, h2_out *out)
{
    if (out->is_aside)
        tern_mem_free(out->start);
    else
        tern_linkbuf_commit(e->out, 0);
}
