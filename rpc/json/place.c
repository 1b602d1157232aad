#include "rpc/json/place_internal.h"

#include <stdio.h>
#include <string.h>

enum { MAX_PATH = 160, MAX_KEY = 24 };

// What does not fit is left out at the end: the innermost matters less than that the line is whole.
typedef struct path path;
struct path {
    char   text[MAX_PATH];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void append(path *p, const char *fmt, ...)
{
    va_list args;
    int     n;

    va_start(args, fmt);
    n = vsnprintf(p->text + p->len, sizeof p->text - p->len, fmt, args);
    va_end(args);
    if (n > 0)
        p->len += (size_t)n < sizeof p->text - p->len ? (size_t)n : sizeof p->text - 1 - p->len;
}

// A key is whatever somebody sent.
static void append_key(path *p, const uint8_t *key, size_t len)
{
    append(p, "[\"");
    for (size_t i = 0; i < len && i < MAX_KEY; i++)
        append(p, "%c", key[i] >= 0x20 && key[i] < 0x7f ? key[i] : '?');
    append(p, "%s\"]", len > MAX_KEY ? "..." : "");
}

static void append_place(path *p, const terni_json_place *place)
{
    if (place->outer)
        append_place(p, place->outer);
    else
        append(p, "%s", place->table->desc->name);
    if (place->field)
        append(p, ".%s", place->field->desc->name);
    if (place->index != SIZE_MAX)
        append(p, "[%zu]", place->index);
    if (place->key)
        append_key(p, place->key, place->key_len);
}

// One line, whatever somebody sent is in it.
static void straighten(char *text)
{
    for (; *text; text++)
        if ((uint8_t)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

void terni_json_place_tell(tern_json_error *ret_why, const terni_json_place *place, int err,
                           const char *fmt, va_list args)
{
    path p = { .len = 0 };
    char what[80], where[32] = "";

    append(&p, "%s", "");
    if (place)
        append_place(&p, place);
    vsnprintf(what, sizeof what, fmt, args);
    straighten(what);
    if (ret_why->line > 0)
        snprintf(where, sizeof where, "%u:%u: ", ret_why->line, ret_why->column);
    ret_why->err = err;
    snprintf(ret_why->text, sizeof ret_why->text, "%s%s%s%s", where, p.text, p.len > 0 ? ": " : "",
             what);
}
