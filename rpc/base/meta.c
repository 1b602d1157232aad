#include "rpc/base/meta_internal.h"

#include <string.h>

// ---- rules ---------------------------------------------------------------

static bool is_key_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// What the wires use themselves: a user's entry of that name would pass for theirs.
static bool is_reserved(const char *key)
{
    static const char *const names[] = { "connection", "content-type",      "host",
                                         "keep-alive", "proxy-connection",  "te",
                                         "upgrade",    "transfer-encoding", "content-length" };

    for (size_t i = 0; i < TERN_COUNT_OF(names); i++)
        if (strcmp(key, names[i]) == 0)
            return true;
    return strncmp(key, "grpc-", 5) == 0 && strcmp(key, "grpc-retry-pushback-ms") != 0;
}

static const char *find_fault_of_key(const char *key)
{
    size_t len = 0;

    if (!key || !*key)
        return "its key is empty";
    for (; key[len]; len++)
        if (!is_key_character(key[len]))
            return "its key has a character that is not a small letter, a digit or one of -_.";
    if (len > UINT16_MAX)
        return "its key is longer than 65,535 bytes";
    return is_reserved(key) ? "its key is reserved for the protocol" : NULL;
}

static bool is_binary(const char *key)
{
    size_t len = strlen(key);

    return len > 4 && memcmp(key + len - 4, "-bin", 4) == 0;
}

static bool is_printable(char c) { return c >= ' ' && c <= '~'; }

const char *terni_meta_find_fault(const tern_metadata *m)
{
    const char *why = find_fault_of_key(m->key);

    if (why)
        return why;
    if (m->len > UINT32_MAX || (m->len && !m->value))
        return "its value is longer than 4 GiB, or NULL";
    for (size_t i = 0; i < m->len && !is_binary(m->key); i++)
        if (!is_printable(((const char *)m->value)[i]))
            return "its value is not printable ASCII, for which its key would have to end in -bin";
    return NULL;
}

void terni_meta_show_key(const char *key, char text[TERNI_MAX_SHOWN_KEY])
{
    size_t n = 0;

    for (; key && key[n] && n < TERNI_MAX_SHOWN_KEY - 1; n++)
        text[n] = is_printable(key[n]) ? key[n] : '?';
    text[n] = '\0';
}

// ---- copies --------------------------------------------------------------

bool terni_meta_copy(terni_arena *arena, const tern_metadata *from, terni_meta *to)
{
    size_t key_len = strlen(from->key);

    TERN_ASSERT(key_len <= UINT16_MAX && from->len <= UINT32_MAX);  // terni_meta_find_fault says so
    *to = (terni_meta){
        .key = terni_arena_strndup(arena, from->key, key_len),
        .key_len = (uint32_t)key_len,
        .value = (uint8_t *)terni_arena_strndup(arena, from->value, from->len),
        .value_len = (uint32_t)from->len,
    };
    return to->key && to->value;
}

tern_metadata *terni_meta_keep(terni_arena *arena, const terni_meta_list *list, uint32_t *ret_n)
{
    tern_metadata *copy = terni_arena_alloc(arena, list->n * sizeof *copy);

    TERN_DEBUG_ASSERT(list->entries || !list->n);
    *ret_n = 0;
    for (uint32_t i = 0; i < list->n && copy; i++) {
        const terni_meta *m = &list->entries[i];

        copy[i].key = terni_arena_strndup(arena, m->key, m->key_len);
        copy[i].value = terni_arena_strndup(arena, (const char *)m->value, m->value_len);
        copy[i].len = m->value_len;
        if (!copy[i].key || !copy[i].value)
            return NULL;
    }
    *ret_n = copy ? list->n : 0;
    return copy;
}
