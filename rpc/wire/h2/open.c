#include "rpc/wire/h2/open_internal.h"

#include <errno.h>
#include <stdio.h>

#include <tern/mem.h>

#include "rpc/wire/h2/answer_internal.h"
#include "rpc/wire/h2/blocks_out_internal.h"
#include "rpc/wire/h2/narrow_internal.h"
#include "rpc/wire/h2/send_internal.h"
#include "rpc/wire/h2/text_internal.h"

enum {
    MAX_FIXED = 256,  // bytes of the fields that every request has, but for path and authority
    MAX_PATHS = 64,   // more would not fit the peer's table
};

// ---- paths ---------------------------------------------------------------

static h2_known_path *find_path(const terni_engine *e, const char *path)
{
    for (uint16_t i = 0; i < e->entries.n_paths; i++)
        if (e->paths[i].path == path)
            return &e->paths[i];
    return NULL;
}

// Without memory, or room in the table, the path is written out each time.
static uint16_t add_path(terni_engine *e, const terni_open *open)
{
    uint16_t       n = e->entries.n_paths;
    h2_known_path *more;

    if (n == MAX_PATHS)
        return 0;
    if ((n & (n - 1)) == 0) {
        if (!(more = tern_mem_realloc(e->paths, (n ? n * 2u : 1u) * sizeof *more)))
            return 0;
        e->paths = more;
    }
    e->paths[n] = (h2_known_path){ open->path, h2_table_add(&e->table, 5, open->path_len) };
    if (e->paths[n].entry)
        e->entries.n_paths++;
    return e->paths[n].entry;
}

static uint8_t *put_path(terni_engine *e, uint8_t *p, const terni_open *open)
{
    const h2_known_path *known = find_path(e, open->path);
    uint16_t             entry;

    if (TERN_LIKELY(known))
        return h2_put_entry(p, &e->table, known->entry);
    entry = add_path(e, open);
    return h2_put_value(p, entry ? H2_INDEXING : H2_PLAIN, H2_STATIC_PATH, open->path,
                        open->path_len);
}

// ---- what every request has ----------------------------------------------

// A field that never changes on this connection, with a name of the static table (`index`) or its own.
static uint8_t *put_fixed(terni_engine *e, uint8_t *p, uint16_t *entry, uint32_t index,
                          const char *name, const char *value, size_t len)
{
    size_t   name_len = strlen(name);
    unsigned how;

    if (TERN_LIKELY(*entry))
        return h2_put_entry(p, &e->table, *entry);
    *entry = h2_table_add(&e->table, name_len, len);
    how = *entry ? H2_INDEXING : H2_PLAIN;
    return index ? h2_put_value(p, how, index, value, len)
                 : h2_put_field(p, how, name, name_len, value, len);
}

static uint8_t *put_timeout(terni_engine *e, uint8_t *p, uint64_t timeout_us)
{
    char   text[TERNI_TIMEOUT_MAX];
    size_t len = terni_timeout_put(text, timeout_us);

    if (TERN_LIKELY(e->entries.timeout))  // its name is there
        return h2_put_value(p, H2_PLAIN, h2_table_index(&e->table, e->entries.timeout), text, len);
    e->entries.timeout = h2_table_add(&e->table, 12, len);
    return h2_put_field(p, e->entries.timeout ? H2_INDEXING : H2_PLAIN, "grpc-timeout", 12, text,
                        len);
}

static uint8_t *put_attempts(uint8_t *p, uint32_t n)
{
    char digits[12];
    int  len = snprintf(digits, sizeof digits, "%u", n);

    return h2_put_field(p, H2_PLAIN, "grpc-previous-rpc-attempts", 26, digits, (size_t)len);
}

static const char agent[] = "grpc-c-tern";

static uint8_t *put_request(terni_engine *e, uint8_t *p, const terni_open *o)
{
    h2_entries *in = &e->entries;
    uint32_t    scheme = e->is_filtered ? H2_STATIC_SCHEME_HTTPS : H2_STATIC_SCHEME_HTTP;

    p = h2_put_static(h2_put_update(p, &e->table), H2_STATIC_METHOD_POST);
    p = put_path(e, h2_put_static(p, scheme), o);
    if (o->authority_len)
        p = put_fixed(e, p, &in->authority, H2_STATIC_AUTHORITY, ":authority", o->authority,
                      o->authority_len);
    if (o->timeout_us)
        p = put_timeout(e, p, o->timeout_us);
    p = put_fixed(e, p, &in->te, 0, "te", "trailers", 8);
    p = put_fixed(e, p, &in->content_type, H2_STATIC_CONTENT_TYPE, "content-type",
                  "application/grpc", 16);
    p = put_fixed(e, p, &in->user_agent, H2_STATIC_USER_AGENT, "user-agent", agent,
                  sizeof agent - 1);
    if (TERN_UNLIKELY(o->n_previous))
        p = put_attempts(p, o->n_previous);
    if (o->encoding_len)
        p = h2_put_field(p, H2_PLAIN, "grpc-encoding", 13, o->encoding, o->encoding_len);
    if (e->limits->encodings)
        p = put_fixed(e, p, &in->accept_encoding, 0, "grpc-accept-encoding", e->limits->encodings,
                      strlen(e->limits->encodings));
    return terni_h2_put_metadata(p, &o->metadata);
}

static size_t request_bound(const terni_engine *e, const terni_open *o)
{
    size_t list = e->limits->encodings ? strlen(e->limits->encodings) : 0;

    return MAX_FIXED + o->path_len + o->authority_len + o->encoding_len + list +
           terni_h2_metadata_bound(&o->metadata);
}

// ---- the call ------------------------------------------------------------

static int check_open(const terni_engine *e, const terni_body *body)
{
    if (e->state == H2_FAILED || e->is_going || e->last_id > H2_MAX_STREAM_ID - 2)
        return -ENOTCONN;
    if (e->streams.n >= e->peer.max_streams)
        return -EAGAIN;
    return body ? terni_h2_check_size(body) : 0;
}

static int send_first(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last)
{
    h2_sending *w;

    if (terni_h2_fits_now(e, s, body))
        return terni_h2_send_whole(e, s, body, is_last ? H2_END_STREAM : 0);
    if (!(w = terni_h2_make_wait(e, s, body, 0)))
        return -ENOMEM;
    w->is_last = is_last;
    return 0;
}

// As far as the peer knows it never was.
static int undo_open(terni_engine *e, terni_stream *s, int err)
{
    terni_h2_send_reset(e, s->id, H2_CANCEL);
    terni_h2_forget(e, s);
    return e->state == H2_FAILED ? -ENOTCONN : err;
}

int terni_h2_open(terni_engine *e, terni_stream *s, const terni_open *open, const terni_body *body,
                  bool is_last)
{
    size_t bound = request_bound(e, open);
    h2_out out;
    int    err;

    TERN_DEBUG_ASSERT(e->role == TERNI_CLIENT && open->path);
    if ((err = check_open(e, body)) < 0)
        return err;
    if (bound > e->peer.max_header_list)
        return -E2BIG;
    if (TERN_UNLIKELY(open->window) && !terni_h2_prepare_window(e, open->window))
        return -ENOTCONN;
    if (!terni_h2_begin_block(e, bound, &out))
        return -ENOTCONN;
    out.p = put_request(e, out.p, open);
    e->last_id = e->last_id ? e->last_id + 2 : 1;
    if (!terni_h2_send_block(e, &out, e->last_id, is_last && !body ? H2_END_STREAM : 0))
        return -ENOTCONN;
    terni_h2_begin_stream(e, s, e->last_id, is_last ? TERNI_STREAM_LOCAL_END : 0);
    if (TERN_UNLIKELY(open->window || terni_h2_is_narrow(e)))
        terni_h2_give_window(e, s, open->window);
    err = body ? send_first(e, s, body, is_last) : 0;
    return err < 0 ? undo_open(e, s, err) : 0;
}
