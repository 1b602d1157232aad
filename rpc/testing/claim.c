#include "rpc/testing/claim_internal.h"

#include <tern/linkbuf.h>
#include <tern/mem.h>

typedef struct claim claim;
struct claim {
    tern_conn_filter     base;
    const tern_identity *identity;
};

static int receive(tern_conn_filter *f, tern_linkbuf *in, bool is_last, tern_linkbuf *out)
{
    size_t   n, room;
    uint8_t *to;

    (void)out;
    f->is_established = true;
    while ((n = tern_linkbuf_len(in)) > 0 && (to = tern_conn_filter_room(f, &room))) {
        if (n > room)
            n = room;
        (void)tern_linkbuf_copy_out(in, 0, to, n);  // they are there
        tern_linkbuf_consume(in, n);
        tern_conn_filter_commit(f, n);
    }
    f->has_ended = is_last && n == 0;
    return 0;
}

static int send_plain(tern_conn_filter *f, tern_linkbuf *plain, size_t n, tern_linkbuf *out)
{
    (void)f;
    return tern_linkbuf_move(plain, n, out);
}

static int end(tern_conn_filter *f, tern_linkbuf *out)
{
    (void)f;
    (void)out;
    return 0;
}

static void free_claim(tern_conn_filter *f) { tern_mem_free(TERN_CONTAINER_OF(f, claim, base)); }

static const tern_identity *identity_of(tern_conn_filter *f)
{
    return TERN_CONTAINER_OF(f, claim, base)->identity;
}

static const tern_conn_filter_ops claim_ops = {
    .name = "a claim",
    .receive = receive,
    .send = send_plain,
    .end = end,
    .free = free_claim,
    .identity = identity_of,
};

static tern_status make(const tern_filter_wish *wish, void *identity, tern_conn_filter **ret_filter)
{
    claim *c = tern_mem_alloc(sizeof *c);

    (void)wish;
    if (!c)
        return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for a connection");
    *c = (claim){ .base.ops = &claim_ops, .identity = identity };
    *ret_filter = &c->base;
    return (tern_status){ .code = TERN_OK };
}

tern_filter_source terni_claim_source(const tern_identity *identity)
{
    return (tern_filter_source){ .make = make, .arg = (void *)(uintptr_t)identity };
}
