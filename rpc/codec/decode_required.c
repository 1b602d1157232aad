#include "rpc/base/seldom_internal.h"

#include "rpc/codec/decode_required_internal.h"

#include <string.h>

typedef struct terni_decode_need terni_decode_need;
struct terni_decode_need {
    terni_decode_need *next;
    const uint8_t     *msg;
    uint64_t           seen[];
};

static size_t size_of_bits(const terni_plan *plan)
{
    return (plan->n_required + 63) / 64 * sizeof(uint64_t);
}

static terni_decode_need **find(terni_decoder *d, const uint8_t *msg)
{
    terni_decode_need **at = &d->needs;

    while (*at && (*at)->msg != msg)
        at = &(*at)->next;
    return at;
}

static void begin(terni_decoder *d)
{
    d->has_required = true;
    d->needs = NULL;
    d->n_needs = 0;
    d->resumed = NULL;
}

uint64_t *terni_decode_begin_required(terni_decoder *d, const terni_plan *plan, const uint8_t *msg,
                                      uint64_t *near_bits)
{
    uint64_t          *bits = near_bits;
    terni_decode_need *need;

    if (!d->has_required)
        begin(d);
    if (plan->n_required > 64 && !(bits = terni_arena_zalloc(d->arena, size_of_bits(plan))))
        return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
    if (d->resumed != msg)
        return bits;
    d->resumed = NULL;
    if ((need = *find(d, msg)))
        memcpy(bits, need->seen, size_of_bits(plan));
    else  // the pieces before have all
        memset(bits, 0xff, size_of_bits(plan));
    return bits;
}

// The first required field that was not seen and has no default, or NULL.
static const terni_field *find_missing(const terni_plan *plan, const uint64_t *seen)
{
    for (uint32_t i = 0; i < plan->n_fields; i++) {
        const terni_field *f = &plan->fields[i];
        uint32_t           bit = f->required - 1u;

        if (f->required && !f->default_value && !(seen[bit / 64] >> bit % 64 & 1))
            return f;
    }
    return NULL;
}

static terni_decode_need *add(terni_decoder *d, const terni_plan *plan, const uint8_t *msg)
{
    terni_decode_need *need = terni_arena_alloc(d->arena, sizeof *need + size_of_bits(plan));

    if (!need)
        return terni_decode_fail(d, TERNI_CODEC_NO_MEMORY);
    need->next = d->needs;
    need->msg = msg;
    d->needs = need;
    d->n_needs++;
    return need;
}

bool terni_decode_end_required(terni_decoder *d, const terni_plan *plan, const uint8_t *msg,
                               const uint64_t *seen, const terni_field **ret_missing)
{
    terni_decode_need **at = find(d, msg), *need = *at;

    *ret_missing = find_missing(plan, seen);
    if (!*ret_missing) {
        if (need) {
            *at = need->next;
            d->n_needs--;
        }
        return true;
    }
    if (!need && d->n_needs >= TERNI_DECODE_MAX_NEEDS)
        return terni_decode_fail(d, TERNI_CODEC_MISSING);
    if (!need && !(need = add(d, plan, msg)))
        return false;
    memcpy(need->seen, seen, size_of_bits(plan));
    return true;
}
