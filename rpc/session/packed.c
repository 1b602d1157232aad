#include "rpc/base/seldom_internal.h"

#include "rpc/session/packed_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_COPIED = 4096 };  // a segment of its own costs more

const char *terni_packing_find_fault(const tern_compression_choice *choice)
{
    if ((unsigned)choice->with > TERN_COMPRESSION_ZSTD ||
        (unsigned)choice->which > TERN_COMPRESS_NEVER)
        return "the compression is a number that is not known";
    if (choice->with > TERN_COMPRESSION_ANY && !terni_compression_get(choice->with))
        return "this libtern was built without the compression";
    return NULL;
}

const char *terni_encodings_read(char room[TERNI_MAX_ENCODINGS], const char *list,
                                 const char **ret_list)
{
    unsigned set = terni_compression_parse(list, strlen(list));
    size_t   len = 0;

    if (set & terni_compression_bit(TERN_COMPRESSION_DEFAULT))
        return "encodings names one that this libtern does not have";
    for (tern_compression c = TERN_COMPRESSION_GZIP; c <= TERN_COMPRESSION_ZSTD; c++)
        if (set & terni_compression_bit(c))
            len += (size_t)snprintf(room + len, TERNI_MAX_ENCODINGS - len, "%s%s", len ? "," : "",
                                    terni_compression_get(c)->name);
    *ret_list = len ? room : NULL;
    return NULL;
}

const char *terni_packing_read(const terni_packing_opts *given, terni_packing *packing,
                               char room[TERNI_MAX_ENCODINGS], const char **ret_list)
{
    const char *why = terni_packing_find_fault(&given->choice);

    *ret_list = terni_compression_names();
    if (why)
        return why;
    *packing =
        (terni_packing){ .with = given->choice.with,
                         .which = given->choice.which,
                         .from_bytes = given->from_bytes ? given->from_bytes : TERNI_PACK_FROM };
    return given->encodings ? terni_encodings_read(room, given->encodings, ret_list) : NULL;
}

static int write_packed(const terni_body *body, tern_linkbuf *out)
{
    tern_linkbuf  *bytes = (tern_linkbuf *)(uintptr_t)body->message;
    const uint8_t *p = bytes->len <= MAX_COPIED ? tern_linkbuf_peek(bytes, bytes->len) : NULL;

    return p ? tern_linkbuf_append(out, p, bytes->len)
             : tern_linkbuf_slice(bytes, 0, bytes->len, out);
}

static void set_body(terni_packed *p, bool is_compressed)
{
    p->body = (terni_body){ .size = p->bytes.len,
                            .write = write_packed,
                            .message = &p->bytes,
                            .is_compressed = is_compressed };
}

bool terni_packing_takes(const terni_packing *how, uint64_t size)
{
    if (size == 0 || how->which == TERN_COMPRESS_NEVER)
        return false;
    return how->which == TERN_COMPRESS_ALWAYS || size >= how->from_bytes;
}

bool terni_packing_may_take(const terni_packing *how, const terni_message *m)
{
    size_t bound = terni_codec_bound(m->plan, m->msg);

    return how->with > TERN_COMPRESSION_NONE && how->which != TERN_COMPRESS_NEVER &&
           (how->which == TERN_COMPRESS_ALWAYS || bound == 0 || bound >= how->from_bytes);
}

// Into p->bytes. 1: it is worth it; 0: they are empty; or -ENOMEM.
static int pack(terni_packed *p, const terni_packing *how, const tern_linkbuf *encoded)
{
    const terni_compression *c = terni_compression_get(how->with);
    int                      err;

    TERN_ASSERT(c);
    if (!terni_packing_takes(how, encoded->len))
        return 0;
    if ((err = terni_compression_pack(c, encoded, &p->bytes)) < 0)
        return err;
    if (how->which == TERN_COMPRESS_ALWAYS || p->bytes.len < encoded->len)
        return 1;
    tern_linkbuf_clear(&p->bytes);
    return 0;
}

int terni_packed_init_encoded(terni_packed *p, tern_pool *pool, const terni_packing *how,
                              const tern_linkbuf *encoded)
{
    int packed, err = 0;

    tern_linkbuf_init(&p->bytes, pool);
    packed = pack(p, how, encoded);
    if (packed == 0 && encoded->len)
        err = tern_linkbuf_slice(encoded, 0, encoded->len, &p->bytes);
    if (packed < 0 || err < 0) {
        tern_linkbuf_done(&p->bytes);
        return -ENOMEM;
    }
    set_body(p, packed);
    return 0;
}

static int encode(const terni_message *m, tern_linkbuf *out)
{
    const terni_encode_opts opts = { .holder = m->holder };
    terni_encoding          encoding;
    terni_body              body;
    int                     err = terni_body_measure(&body, &encoding, m, &opts);

    if (err < 0)
        return err;
    if (body.size == 0) {
        terni_encoding_done(&encoding);
        return 0;
    }
    if ((err = body.write(&body, out)) < 0)
        terni_encoding_done(&encoding);
    return err;
}

int terni_packed_init(terni_packed *p, tern_pool *pool, const terni_packing *how,
                      const terni_message *m)
{
    tern_linkbuf encoded;
    int          err;

    tern_linkbuf_init(&encoded, pool);
    if ((err = encode(m, &encoded)) == 0)
        err = terni_packed_init_encoded(p, pool, how, &encoded);
    tern_linkbuf_done(&encoded);
    return err;
}

void terni_packed_done(terni_packed *p) { tern_linkbuf_done(&p->bytes); }
