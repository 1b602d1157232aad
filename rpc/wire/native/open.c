// The client's first frame of a call: OPEN, with the path's number, the deadline, metadata, and mostly
// the only message.
#include "rpc/wire/native/open_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/head_internal.h"
#include "rpc/wire/native/send_internal.h"

static const terni_body no_body;

// ---- the numbers of paths ------------------------------------------------

static uint32_t hash_address(const void *p)
{
    return (uint32_t)(((uintptr_t)p >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 40);
}

static int grow_paths(terni_engine *e)
{
    uint32_t    n = e->n_paths ? e->n_paths * 2 : FEW_PATHS;
    path_entry *entries = tern_mem_zalloc(n * sizeof *entries);

    if (!entries)
        return -ENOMEM;
    for (uint32_t i = 0; i < e->n_paths; i++) {
        uint32_t at = hash_address(e->paths[i].key) & (n - 1);

        if (!e->paths[i].key)
            continue;
        while (entries[at].key)
            at = (at + 1) & (n - 1);
        entries[at] = e->paths[i];
    }
    tern_mem_free(e->paths);
    e->paths = entries;
    e->n_paths = n;
    return 0;
}

// The id of a path on this connection; *ret_is_new: the server must be told. 0: no id is left.
static uint32_t path_id(terni_engine *e, const char *path, bool *ret_is_new)
{
    uint32_t at;

    if (e->n_path_ids * 2 >= e->n_paths && grow_paths(e) < 0)
        return 0;
    TERN_DEBUG_ASSERT((e->n_paths & (e->n_paths - 1)) == 0 && e->n_path_ids < e->n_paths);
    at = hash_address(path) & (e->n_paths - 1);
    while (e->paths[at].key && e->paths[at].key != path)
        at = (at + 1) & (e->n_paths - 1);
    *ret_is_new = !e->paths[at].key;
    if (!*ret_is_new)
        return (uint32_t)(uintptr_t)e->paths[at].method;
    if (e->n_path_ids >= e->peer.max_path_ids)
        return 0;
    e->paths[at] = (path_entry){ path, (void *)(uintptr_t)++e->n_path_ids };
    return e->n_path_ids;
}

// The OPEN that would have told the server of its newest path was not sent.
static void forget_newest_path(terni_engine *e)
{
    for (uint32_t i = 0; i < e->n_paths; i++)
        if (e->paths[i].key && (uint32_t)(uintptr_t)e->paths[i].method == e->n_path_ids)
            e->paths[i] = (path_entry){ 0 };
    e->n_path_ids--;
}

// ---- the head ------------------------------------------------------------

typedef struct open_head open_head;
struct open_head {
    const terni_open *open;
    uint32_t          path_id;
    bool              has_path;
    uint64_t          message_size;
};

// As nearly every OPEN is: a path that the server knows, and perhaps a deadline.
static inline bool is_short(const open_head *h)
{
    const terni_open *o = h->open;

    return TERN_LIKELY(!h->has_path && !o->metadata.n && !o->encoding_len && !o->window &&
                       !h->message_size);
}

static uint32_t window_of(const terni_open *o)
{
    return o->window ? terni_window_bytes(o->window) : 0;
}

static size_t open_head_size(const open_head *h)
{
    const terni_open *o = h->open;

    if (is_short(h))
        return terni_head_uint_size(h->path_id) + terni_head_uint_size(o->timeout_us);
    return terni_head_bytes_size(h->has_path ? o->path_len : 0) + terni_head_uint_size(h->path_id) +
           terni_head_uint_size(o->timeout_us) + terni_native_metadata_size(&o->metadata) +
           terni_head_bytes_size(o->encoding_len) + terni_head_uint_size(h->message_size) +
           terni_head_uint_size(window_of(o));
}

static void put_open_head(uint8_t *p, const open_head *h)
{
    const terni_open *o = h->open;

    if (is_short(h)) {
        terni_head_put_uint(terni_head_put_uint(p, 2, h->path_id), 3, o->timeout_us);
        return;
    }
    p = terni_head_put_bytes(p, 1, o->path, h->has_path ? o->path_len : 0);
    p = terni_head_put_uint(p, 2, h->path_id);
    p = terni_head_put_uint(p, 3, o->timeout_us);
    p = terni_native_put_metadata(p, 4, &o->metadata);
    p = terni_head_put_bytes(p, 5, o->encoding, o->encoding_len);
    p = terni_head_put_uint(p, 6, h->message_size);
    terni_head_put_uint(p, 7, window_of(o));
}

// ---- the frame -----------------------------------------------------------

// An OPEN is never held back, since ids must arrive in order: a body that may not go yet follows.
static int open_waiting(terni_engine *e, terni_stream *s, open_head *h, const terni_body *body,
                        bool is_last)
{
    sending *w;
    uint8_t *p;

    h->message_size = body->size;
    if (!(w = terni_native_make_wait(e, s, body, 0)))
        return -ENOMEM;
    w->is_last = is_last;
    w->has_begun = true;
    p = terni_native_begin_frame(e, KIND_OPEN, FLAG_MORE | w->compressed, s->id, open_head_size(h),
                                 0);
    if (!p)
        return -ENOTCONN;
    put_open_head(p, h);
    return 0;
}

static int open_at_once(terni_engine *e, terni_stream *s, const open_head *h,
                        const terni_body *body, unsigned flags, size_t head_len)
{
    uint8_t *p;
    int      err;

    if ((err = terni_native_append_frame(e, body, head_len, &p)) < 0)
        return err;
    put_open_head(terni_frame_put_prefix(p, KIND_OPEN, flags, s->id, head_len, body->size), h);
    return terni_native_write_body(e, body) < 0 ? -ENOTCONN : 0;
}

// The stream's number was never seen by the peer, so it may be the next one's.
static void undo_open(terni_engine *e, terni_stream *s)
{
    TERN_ASSERT(s->id == e->last_id);
    terni_native_forget(e, s);
    e->last_id--;
}

static int check_open(const terni_engine *e, const terni_body *body)
{
    if (e->state == FAILED || e->is_going || e->last_id >= LAST_STREAM_ID)
        return -ENOTCONN;
    if (e->streams.n >= e->peer.max_streams)
        return -EAGAIN;
    return body->size > e->peer.max_message ? -EMSGSIZE : 0;
}

// Or widen: the server hears of it before it sends.
static void narrow(terni_stream *s, unsigned window)
{
    s->own_value = (uint16_t)window;
    terni_credit_init(&terni_native_of(s)->credit, terni_window_bytes(window));
}

int terni_native_open(terni_engine *e, terni_stream *s, const terni_open *open,
                      const terni_body *body, bool is_last)
{
    open_head h = { .open = open };
    unsigned  flags =
        (body ? FLAG_MESSAGE | terni_native_compressed(body) : 0) | (is_last ? FLAG_END : 0);
    size_t head_len;
    bool   is_new_path = false;
    int    err;

    TERN_DEBUG_ASSERT(e->role == TERNI_CLIENT && open->path);
    body = body ? body : &no_body;
    if ((err = check_open(e, body)) < 0)
        return err;
    h.path_id = path_id(e, open->path, &is_new_path);
    h.has_path = is_new_path || h.path_id == 0;
    head_len = open_head_size(&h);
    if (head_len > MAX_SENT_HEAD) {
        err = -E2BIG;
        goto fail;
    }
    terni_native_begin_stream(e, s, ++e->last_id, is_last ? TERNI_STREAM_LOCAL_END : 0);
    if (TERN_UNLIKELY(open->window))
        narrow(s, open->window);
    if (terni_native_fits_now(e, body, head_len))
        err = open_at_once(e, s, &h, body, flags, head_len);
    else
        err = open_waiting(e, s, &h, body, is_last);
    if (err == 0)
        return 0;
    undo_open(e, s);
fail:
    if (is_new_path && h.path_id)
        forget_newest_path(e);
    return err;
}
