// rpc/json/reader_internal.h: JSON as text, read token by token: space, strings, literals, what is to be skipped. And
// what all of the decoder needs to know. Knows nothing of fields.
//
// Lifetime:  on the stack of one decoding.
// Threads:   none.
// Failure:   every reader takes the text from `p` on and returns what is behind its token, or NULL with r->why
//            saying what is wrong, and where.
#ifndef RPC_JSON_READER_INTERNAL_H
#define RPC_JSON_READER_INTERNAL_H

#include "rpc/json/place_internal.h"
#include "rpc/json/utf8_internal.h"
#include "rpc/json/wire_internal.h"

typedef struct terni_json_reader terni_json_reader;

// A message in whatever form its type has, without a length. A pointer, as those who read its parts come to the next
// one by it.
typedef const uint8_t *terni_json_decode_fn(terni_json_reader *r, const terni_json_table *t,
                                            const uint8_t *p);

struct terni_json_reader {
    const uint8_t        *text, *end;
    const tern_json_opts *opts;
    terni_json_place     *place;  // of the innermost message
    tern_json_error      *why;
    terni_json_decode_fn *message;
    int                   levels;  // that are left
    terni_json_wire       wire;
};

// Something in quotes, of good escapes and UTF-8.
typedef struct terni_json_span terni_json_span;
struct terni_json_span {
    const uint8_t *start;
    size_t         len;
    bool           has_escapes, has_nul;
};

// Return NULL, for `return`. What is wrong is at `p`.
const uint8_t *terni_json_reader_fail(terni_json_reader *r, const uint8_t *p, const char *fmt, ...)
    TERN_PRINTF(3, 4);
const uint8_t *terni_json_reader_fail_with(terni_json_reader *r, const uint8_t *p, int err,
                                           const char *fmt, ...) TERN_PRINTF(4, 5);
const uint8_t *terni_json_reader_no_memory(terni_json_reader *r, const uint8_t *p);

const uint8_t *terni_json_reader_string(terni_json_reader *r, const uint8_t *p,
                                        terni_json_span *ret);
// What it says; at most `len` bytes. Returns what is behind them.
uint8_t *terni_json_reader_unescape(const terni_json_span *s, uint8_t *ret);
// Whether it says `word`.
bool terni_json_reader_says(const terni_json_span *s, const char *word);

// `word` at `p`.
const uint8_t *terni_json_reader_literal(terni_json_reader *r, const uint8_t *p, const char *word);
// Any value at all, if it is one. It may nest as deeply as messages.
const uint8_t *terni_json_reader_skip(terni_json_reader *r, const uint8_t *p);

// The next member or element, behind an opening bracket or a value; or, with *ret_is_end, what is behind `close`.
static inline const uint8_t *terni_json_reader_next(terni_json_reader *r, const uint8_t *p,
                                                    char close, bool is_first, bool *ret_is_end);
// To the value of a member, behind its key.
static inline const uint8_t *terni_json_reader_colon(terni_json_reader *r, const uint8_t *p);

// ---- inline bodies -------------------------------------------------------

const uint8_t *terni_json_reader_expected(terni_json_reader *r, const uint8_t *p, const char *what);

static inline const uint8_t *terni_json_reader_space(const terni_json_reader *r, const uint8_t *p)
{
    while (p < r->end && *p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

static inline const uint8_t *terni_json_reader_next(terni_json_reader *r, const uint8_t *p,
                                                    char close, bool is_first, bool *ret_is_end)
{
    p = terni_json_reader_space(r, p);
    *ret_is_end = p < r->end && *p == (uint8_t)close;
    if (*ret_is_end)
        return p + 1;
    if (is_first)
        return p < r->end ? p : terni_json_reader_expected(r, p, "more");
    if (TERN_UNLIKELY(p == r->end || *p != ','))
        return terni_json_reader_expected(r, p, close == '}' ? "`,` or `}`" : "`,` or `]`");
    p = terni_json_reader_space(r, p + 1);
    return p < r->end ? p : terni_json_reader_expected(r, p, "more");
}

static inline const uint8_t *terni_json_reader_colon(terni_json_reader *r, const uint8_t *p)
{
    p = terni_json_reader_space(r, p);
    if (p == r->end || *p != ':')
        return terni_json_reader_expected(r, p, "`:`");
    p = terni_json_reader_space(r, p + 1);
    return p < r->end ? p : terni_json_reader_expected(r, p, "a value");
}

#endif
