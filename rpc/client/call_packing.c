#include "rpc/base/seldom_internal.h"

#include "rpc/client/call_packing_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

struct terni_kept_request {
    terni_packed     packed;
    tern_compression with;
};

static terni_packing how(const terni_call_packing *p)
{
    return (terni_packing){ .with = p->with, .which = p->which, .from_bytes = p->from_bytes };
}

const char *terni_call_packing_set(terni_call_packing *p, tern_pool *pool,
                                   const tern_compression_choice *choice, uint64_t from_bytes)
{
    const char *why = terni_packing_find_fault(choice);

    if (why)
        return why;
    p->pool = pool;
    p->wanted = (uint8_t)choice->with;
    p->which = (uint8_t)choice->which;
    p->from_bytes = from_bytes;
    return NULL;
}

static void drop_request(terni_call_packing *p)
{
    if (!p->request)
        return;
    terni_packed_done(&p->request->packed);
    tern_mem_free(p->request);
    p->request = NULL;
}

void terni_call_packing_done(terni_call_packing *p) { drop_request(p); }

// ---- what goes -----------------------------------------------------------

static int pack_request(terni_call_packing *p, const terni_body *request)
{
    const terni_packing packing = how(p);
    tern_linkbuf        encoded;
    int                 err;

    if (p->request && p->request->with == packing.with)
        return 0;
    drop_request(p);
    if (!(p->request = tern_mem_alloc(sizeof *p->request)))
        return -ENOMEM;
    p->request->with = packing.with;
    tern_linkbuf_init(&encoded, p->pool);
    err = request->size ? request->write(request, &encoded) : 0;
    if (err == 0)
        err = terni_packed_init_encoded(&p->request->packed, p->pool, &packing, &encoded);
    tern_linkbuf_done(&encoded);
    if (err < 0) {
        tern_mem_free(p->request);
        p->request = NULL;
    }
    return err;
}

int terni_call_packing_open(terni_call_packing *p, const terni_session *s,
                            const terni_body *request, bool is_last, terni_open *open,
                            const terni_body **ret_body)
{
    terni_packing packing;
    int           err;

    p->with = (uint8_t)terni_session_choose_compression(s, p->wanted);
    *ret_body = request;
    if (p->with == TERN_COMPRESSION_NONE)
        return 0;
    packing = how(p);
    if (request && terni_packing_takes(&packing, request->size)) {
        if ((err = pack_request(p, request)) < 0)
            return err;
        *ret_body = &p->request->packed.body;
    }
    if (is_last && !(*ret_body && (*ret_body)->is_compressed))
        return 0;  // there is nothing to be told
    open->encoding = terni_compression_get(p->with)->name;
    open->encoding_len = (uint32_t)strlen(open->encoding);
    return 0;
}

int terni_call_packing_send(terni_call_packing *p, terni_session *s, terni_stream *stream,
                            const terni_message *m)
{
    const terni_packing packing = how(p);
    terni_packed        packed;
    int                 err;

    if (!terni_packing_may_take(&packing, m))
        return TERNI_AS_IT_IS;
    if ((err = terni_packed_init(&packed, p->pool, &packing, m)) < 0)
        return err;
    err = terni_session_put_message(s, stream, &packed.body);
    terni_packed_done(&packed);
    return err;
}

// ---- what comes ----------------------------------------------------------

void terni_call_packing_take_head(terni_call_packing *p, const terni_headers *headers)
{
    p->has_head = true;
    p->reply_with = (uint8_t)terni_compression_find(headers->encoding, headers->encoding_len);
}

tern_status terni_call_packing_unpack(const terni_call_packing *p, uint64_t max_message,
                                      tern_pool *pool, const terni_piece *piece,
                                      terni_unpacked *ret)
{
    const terni_unpacking how_it_came = { .with =
                                              p->has_head ? p->reply_with : TERN_COMPRESSION_NONE,
                                          .max_message = max_message,
                                          .pool = pool };

    return terni_unpacked_init(ret, &how_it_came, piece);
}
