#include "rpc/json/wire_internal.h"

#include <tern/mem.h>

void terni_json_wire_init(terni_json_wire *w)
{
    w->p = w->start = w->first;
    w->end = w->first + sizeof w->first;
}

void terni_json_wire_done(terni_json_wire *w)
{
    if (w->start != w->first)
        tern_mem_free(w->start);
}

bool terni_json_wire_grow(terni_json_wire *w, size_t n)
{
    size_t   used = (size_t)(w->p - w->start), cap = 2 * (size_t)(w->end - w->start);
    bool     is_own = w->start != w->first;
    uint8_t *start;

    if (cap < used + n)
        cap = used + n;
    if (!(start = is_own ? tern_mem_realloc(w->start, cap) : tern_mem_alloc(cap)))
        return false;
    if (!is_own)
        memcpy(start, w->first, used);
    w->start = start;
    w->p = start + used;
    w->end = start + cap;
    return true;
}

bool terni_json_wire_close_long(terni_json_wire *w, size_t begin)
{
    size_t   len = (size_t)(w->p - w->start) - begin, more = 0;
    uint8_t *end;

    for (size_t rest = len >> 7; rest > 0; rest >>= 7)
        more++;
    if (!terni_json_wire_reserve(w, more))
        return false;
    end = w->p + more;
    memmove(w->start + begin + more, w->start + begin, len);
    w->p = w->start + begin - 1;
    terni_json_wire_varint(w, len);
    w->p = end;
    return true;
}
