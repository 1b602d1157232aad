// rpc/json/decoder_internal.h: what the files of the decoder share: JSON in, the bytes of a message out, which the
// codec then takes apart. So whatever is a message to it is one to us, and an Any needs nothing more. Only
// rpc/json/decode*.c includes this.
//
// Every reader is as those of rpc/json/reader_internal.h, and is called with at least one byte left.
#ifndef RPC_JSON_DECODER_INTERNAL_H
#define RPC_JSON_DECODER_INTERNAL_H

#include "rpc/json/reader_internal.h"

enum { TERNI_JSON_MAP_KEY = 1, TERNI_JSON_MAP_VALUE = 2 };

// One value of a field's type, without its tag; or, of an enum whose name is to be ignored, *ret_is_unknown.
const uint8_t *terni_json_decode_value(terni_json_reader *r, const terni_json_field *f,
                                       bool is_closed, const uint8_t *p, bool *ret_is_unknown);
// The key of a map.
const uint8_t *terni_json_decode_key(terni_json_reader *r, const terni_json_field *f,
                                     const uint8_t *p, const terni_json_span *key);
// A string with its length in front.
const uint8_t *terni_json_decode_text(terni_json_reader *r, const uint8_t *p,
                                      const terni_json_span *s);

// The fields of an object, which is the message itself, or, `is_held`, an Any that says so in "@type".
const uint8_t *terni_json_decode_fields(terni_json_reader *r, const terni_json_table *t,
                                        const uint8_t *p, bool is_held);
// What is in a repeated field; tags included.
// One with its tag, or nothing if it is what the field has when it is absent.
const uint8_t *terni_json_decode_singular(terni_json_reader *r, const terni_json_field *f,
                                          const uint8_t *p);
const uint8_t *terni_json_decode_list(terni_json_reader *r, const terni_json_field *f,
                                      const uint8_t *p);
const uint8_t *terni_json_decode_map(terni_json_reader *r, const terni_json_field *f,
                                     const uint8_t *p);
// One of the forms that are not plain.
const uint8_t *terni_json_decode_known(terni_json_reader *r, const terni_json_table *t,
                                       const uint8_t *p);

// Fails for a key that a map has twice; its entries begin at that offset of the wire.
const uint8_t *terni_json_decode_check_keys(terni_json_reader *r, const terni_json_field *f,
                                            size_t begin, const uint8_t *p);

// ---- inline bodies -------------------------------------------------------

// Room for a tag and a number.
static inline bool terni_json_decode_reserve(terni_json_reader *r, const uint8_t *p)
{
    if (TERN_LIKELY(terni_json_wire_reserve(&r->wire, TERNI_JSON_MAX_SCALAR)))
        return true;
    terni_json_reader_no_memory(r, p);
    return false;
}

static inline void terni_json_decode_tag(terni_json_reader *r, const terni_json_field *f)
{
    terni_json_wire_tag(&r->wire, f->tag, f->tag_len);
}

// Whether `null` is a value of the field, and not the want of one.
static inline bool terni_json_takes_null(const terni_json_field *f)
{
    const terni_json_table *t;

    if (f->kind == TERNI_JSON_NULL)
        return true;
    return f->kind == TERNI_JSON_MESSAGE && (t = terni_json_table_of(f)) &&
           t->form == TERNI_JSON_VALUE;
}

#endif
