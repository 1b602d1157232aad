// rpc/json/encoder_internal.h: what the files of the encoder share. Only rpc/json/encode*.c
// includes this.
//
// Every writer returns false once something is wrong, with e->why saying what.
#ifndef RPC_JSON_ENCODER_INTERNAL_H
#define RPC_JSON_ENCODER_INTERNAL_H

#include "rpc/json/out_internal.h"
#include "rpc/json/place_internal.h"

typedef struct terni_json_encoder terni_json_encoder;

// A message in whatever form its type has. A pointer, as those who write its parts come to the next one by it.
typedef bool terni_json_encode_fn(terni_json_encoder *e, const terni_json_table *t,
                                  const uint8_t *msg);

struct terni_json_encoder {
    terni_json_out        out;
    const tern_json_opts *opts;
    terni_json_place     *place;  // of the innermost message
    tern_json_error      *why;
    int                   levels;  // that are left
    terni_json_encode_fn *message;
    unsigned              margin;  // spaces in front of a line
};

// A member of a message; the table knows its type.
#define TERNI_JSON_AT(type, p) (*(type const *)(const void *)(p))

// Returns false, for `return`.
bool terni_json_encode_fail(terni_json_encoder *e, int err, const char *fmt, ...) TERN_PRINTF(3, 4);

// One value of a field; `at` is where it lies.
bool terni_json_encode_value(terni_json_encoder *e, const terni_json_field *f, const uint8_t *at);
// The fields that are set, behind a `{`; `is_first` if nothing stands behind that yet.
bool terni_json_encode_fields(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg,
                              bool is_first);
// The array of a repeated field, or the object of a map.
bool terni_json_encode_array(terni_json_encoder *e, const terni_json_field *f, const uint8_t *msg);
// One of the forms that are not plain.
bool terni_json_encode_known(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg);

void terni_json_encode_open(terni_json_encoder *e, char c);
void terni_json_encode_close(terni_json_encoder *e, char c, bool is_empty);
void terni_json_encode_line(terni_json_encoder *e);

// ---- inline bodies -------------------------------------------------------

// In front of a member or an element.
static inline void terni_json_encode_next(terni_json_encoder *e, bool is_first)
{
    if (!is_first)
        terni_json_out_char(&e->out, ',');
    if (e->opts->indent > 0)
        terni_json_encode_line(e);
}

static inline void terni_json_encode_name(terni_json_encoder *e, const char *text, size_t len)
{
    terni_json_out_word(&e->out, text, len);
    if (e->opts->indent > 0)
        terni_json_out_char(&e->out, ' ');
}

static inline bool terni_json_is_pointer_set(const terni_json_field *f, const uint8_t *at)
{
    const void *p = TERNI_JSON_AT(void *, at);

    return p && p != f->desc->default_value;
}

#endif
