#include "rpc/wire/head_internal.h"

static bool fail(terni_head_reader *r)
{
    r->is_bad = true;
    return false;
}

static bool read_varint(terni_head_reader *r, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && r->pos < r->end; shift += 7) {
        uint8_t byte = *r->pos++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return true;
        }
    }
    return fail(r);
}

static bool read_bytes(terni_head_reader *r, terni_head_field *f)
{
    uint64_t len = 0;

    if (!read_varint(r, &len) || len > (uint64_t)(r->end - r->pos))
        return fail(r);
    f->bytes = r->pos;
    f->len = (uint32_t)len;
    r->pos += len;
    return true;
}

static bool skip(terni_head_reader *r, size_t n)
{
    if ((size_t)(r->end - r->pos) < n)
        return fail(r);
    r->pos += n;
    return true;
}

bool terni_head_next_slow(terni_head_reader *r, terni_head_field *ret_field)
{
    uint64_t tag = 0;

    while (r->pos < r->end) {
        if (!read_varint(r, &tag) || tag >> 3 == 0 || tag >> 3 > (1U << 29) - 1)
            return fail(r);
        ret_field->number = (uint32_t)(tag >> 3);
        ret_field->type = (uint8_t)(tag & 7);
        switch (tag & 7) {
        case 0:
            return read_varint(r, &ret_field->value);
        case 1:
            if (!skip(r, 8))
                return false;
            break;
        case 2:
            return read_bytes(r, ret_field);
        case 5:
            if (!skip(r, 4))
                return false;
            break;
        default:
            return fail(r);
        }
    }
    return false;
}
