#include "rpc/wire/h2/huffman_internal.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "rpc/wire/h2/huffman_table_internal.h"

enum { MAX_CODE_BITS = 30, MAX_PADDING_BITS = 7 };

// The next bits, of which the first `n` count. What lies below is zero when no bytes are left.
typedef struct window window;
struct window {
    uint64_t       bits;
    unsigned       n;
    const uint8_t *pos, *end;
};

static void refill_slowly(window *w)
{
    for (; w->n <= 56 && w->pos < w->end; w->n += 8)
        w->bits |= (uint64_t)*w->pos++ << (56 - w->n);
}

// At least 56 bits, or all there are.
static inline void refill(window *w)
{
    uint64_t next;

    if (w->end - w->pos < (ptrdiff_t)sizeof next) {
        refill_slowly(w);
        return;
    }
    // What of these does not fill a byte comes again with the next ones, to where it already is.
    memcpy(&next, w->pos, sizeof next);
    w->bits |= be64toh(next) >> w->n;
    w->pos += (63 - w->n) >> 3;
    w->n |= 56;
}

// A symbol with more than eight bits, as in short_codes; 0 for EOS.
static unsigned find_long(uint32_t bits)
{
    for (size_t i = 0; i < TERN_COUNT_OF(long_codes); i++) {
        if (bits < long_codes[i].end) {
            uint32_t code = bits >> (32 - long_codes[i].n_bits);
            uint32_t at = code - long_codes[i].first + long_codes[i].at;

            return (unsigned)long_symbols[at] << 8 | long_codes[i].n_bits;
        }
    }
    return 0;
}

// EOS's first bits.
static bool is_padding(const window *w)
{
    uint64_t ones = ~(UINT64_MAX >> w->n);

    return (w->bits & ones) == ones;
}

ssize_t terni_huffman_decode(const uint8_t *bytes, size_t len, char *ret_text)
{
    window w = { .pos = bytes, .end = bytes + len };
    char  *text = ret_text;

    for (;;) {
        unsigned code, n_bits;

        if (w.n < MAX_CODE_BITS && w.pos < w.end)
            refill(&w);
        code = short_codes[w.bits >> 56];
        if (TERN_UNLIKELY(!code) && !(code = find_long((uint32_t)(w.bits >> 32))))
            return -EBADMSG;
        n_bits = code & 0xff;
        if (n_bits > w.n)
            break;
        *text++ = (char)(code >> 8);
        w.bits <<= n_bits;
        w.n -= n_bits;
    }
    return w.n <= MAX_PADDING_BITS && is_padding(&w) ? text - ret_text : -EBADMSG;
}
