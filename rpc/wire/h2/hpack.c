#include "rpc/wire/h2/hpack_internal.h"

#include <errno.h>
#include <stdbool.h>

#include <tern/mem.h>

#include "rpc/wire/h2/huffman_internal.h"

enum {
    FIRST_TABLE_SIZE = 4096,  // RFC 9113, 6.5.2
    MAX_SIZE_UPDATES = 2,     // of a block: the smallest that the table has had to be, and the last
    MAX_INT_BYTES = 5,        // behind the prefix; 32 bits need no more
    USUAL_TEXT_LEN = 1024,    // of a field's strings in Huffman's code: longer ones take memory
};

// What a representation begins with: RFC 7541, section 6.
enum {
    INDEXED = 0x80,      // and 7 bits
    KEPT = 0x40,         // a literal for the table, and 6 bits
    SIZE_UPDATE = 0x20,  // and 5 bits
    SIZE_UPDATE_MASK = 0xe0,
    HUFFMAN = 0x80,  // what a string begins with, and 7 bits
};

// A block on its way.
typedef struct decoding decoding;
struct decoding {
    terni_hpack          *d;
    const uint8_t        *pos, *end;
    terni_hpack_field_fn *fn;
    void                 *arg;
};

void terni_hpack_init(terni_hpack *d, uint32_t max_size)
{
    TERN_ASSERT(max_size <= TERNI_HPACK_MAX_LIMIT);
    *d = (terni_hpack){ .max_size = max_size };
    terni_hpack_table_init(&d->table, max_size < FIRST_TABLE_SIZE ? max_size : FIRST_TABLE_SIZE);
}

void terni_hpack_done(terni_hpack *d) { terni_hpack_table_done(&d->table); }

// ---- integers and strings ------------------------------------------------

// What stands behind a prefix of all ones, on top of `*value`.
static bool take_more_of_int(decoding *g, uint32_t *value)
{
    uint64_t sum = *value;

    for (unsigned i = 0; i < MAX_INT_BYTES && g->pos < g->end; i++) {
        uint8_t byte = *g->pos++;

        sum += (uint64_t)(byte & 0x7f) << 7 * i;
        if (byte < 0x80) {
            *value = (uint32_t)sum;
            return sum <= UINT32_MAX;
        }
    }
    return false;
}

// With a prefix of `n_bits`; there is a byte. False for one that does not end or is too large.
static inline bool take_int(decoding *g, unsigned n_bits, uint32_t *ret)
{
    uint32_t ones = (1u << n_bits) - 1;

    *ret = *g->pos++ & ones;
    return TERN_LIKELY(*ret < ones) || take_more_of_int(g, ret);
}

// As it stands in the block.
static inline bool take_string(decoding *g, const char **ret_bytes, uint32_t *ret_len,
                               bool *ret_is_huffman)
{
    if (g->pos == g->end)
        return false;
    *ret_is_huffman = *g->pos & HUFFMAN;
    if (!take_int(g, 7, ret_len) || *ret_len > (size_t)(g->end - g->pos))
        return false;
    *ret_bytes = (const char *)g->pos;
    g->pos += *ret_len;
    return true;
}

// ---- fields --------------------------------------------------------------

// Where field `index` is: in the static table, or `room`, filled from ours. NULL if there is none.
static inline const terni_hpack_field *find(const terni_hpack *d, uint32_t index,
                                            terni_hpack_field *room)
{
    if (index <= TERNI_HPACK_N_STATIC)
        return index ? &terni_hpack_static[index] : NULL;
    return terni_hpack_table_get(&d->table, index - TERNI_HPACK_N_STATIC - 1, room) ? room : NULL;
}

static inline int take_indexed(decoding *g)
{
    terni_hpack_field        room;
    const terni_hpack_field *field;
    uint32_t                 index;

    if (!take_int(g, 7, &index) || !(field = find(g->d, index, &room)))
        return -EBADMSG;
    g->fn(g->arg, field);
    return 0;
}

typedef struct literal literal;
struct literal {
    terni_hpack_field field;  // its strings in the clear, or where they are in Huffman's code
    bool              is_name_huffman, is_value_huffman, is_kept;
};

static bool take_literal_strings(decoding *g, literal *ret)
{
    const terni_hpack_field *named;
    uint32_t                 index;

    ret->is_name_huffman = false;
    ret->is_kept = *g->pos & KEPT;
    if (!take_int(g, ret->is_kept ? 6 : 4, &index))
        return false;
    if (index == 0) {
        if (!take_string(g, &ret->field.name, &ret->field.name_len, &ret->is_name_huffman))
            return false;
    } else {
        if (!(named = find(g->d, index, &ret->field)))
            return false;
        ret->field.name = named->name;
        ret->field.name_len = named->name_len;
    }
    return take_string(g, &ret->field.value, &ret->field.value_len, &ret->is_value_huffman);
}

static int give_literal(decoding *g, const literal *l)
{
    g->fn(g->arg, &l->field);
    if (!l->is_kept)
        return 0;
    g->d->n_changes++;
    return terni_hpack_table_insert(&g->d->table, &l->field);
}

// Moves *text behind it.
static bool unfold(const char **bytes, uint32_t *len, char **text)
{
    ssize_t n = terni_huffman_decode((const uint8_t *)*bytes, *len, *text);

    if (n < 0)
        return false;
    *bytes = *text;
    *len = (uint32_t)n;
    *text += n;
    return true;
}

static size_t text_bound(const literal *l)
{
    return (l->is_name_huffman ? terni_huffman_bound(l->field.name_len) : 0) +
           (l->is_value_huffman ? terni_huffman_bound(l->field.value_len) : 0);
}

// `text` has text_bound() bytes.
static int give_unfolded(decoding *g, literal *l, char *text)
{
    terni_hpack_field *f = &l->field;

    if ((l->is_name_huffman && !unfold(&f->name, &f->name_len, &text)) ||
        (l->is_value_huffman && !unfold(&f->value, &f->value_len, &text)))
        return -EBADMSG;
    return give_literal(g, l);
}

static int give_long_unfolded(decoding *g, literal *l)
{
    char *text = tern_mem_alloc(text_bound(l));
    int   err;

    if (!text)
        return -ENOMEM;
    err = give_unfolded(g, l, text);
    tern_mem_free(text);
    return err;
}

static __attribute__((noinline)) int take_literal(decoding *g)
{
    char    text[USUAL_TEXT_LEN];
    literal l;

    if (!take_literal_strings(g, &l))
        return -EBADMSG;
    if (!l.is_name_huffman && !l.is_value_huffman)
        return give_literal(g, &l);
    return text_bound(&l) <= sizeof text ? give_unfolded(g, &l, text) : give_long_unfolded(g, &l);
}

// ---- the block -----------------------------------------------------------

static inline bool is_size_update(const decoding *g)
{
    return g->pos < g->end && (*g->pos & SIZE_UPDATE_MASK) == SIZE_UPDATE;
}

// They stand in front of the fields.
static int take_size_updates(decoding *g)
{
    uint32_t size;

    for (int i = 0; is_size_update(g); i++) {
        if (i == MAX_SIZE_UPDATES || !take_int(g, 5, &size) || size > g->d->max_size)
            return -EBADMSG;
        g->d->n_changes++;
        terni_hpack_table_resize(&g->d->table, size);
    }
    return 0;
}

int terni_hpack_decode(terni_hpack *d, const uint8_t *block, size_t len, terni_hpack_field_fn *fn,
                       void *arg)
{
    decoding g = { .d = d, .pos = block, .end = block + len, .fn = fn, .arg = arg };
    int      err = take_size_updates(&g);

    TERN_DEBUG_ASSERT(len <=
                      INT32_MAX);  // so that its strings have lengths of 32 bits in the clear
    while (err == 0 && g.pos < g.end) {
        if (*g.pos & INDEXED)
            err = take_indexed(&g);
        else
            err = is_size_update(&g) ? -EBADMSG : take_literal(&g);
    }
    return err;
}
