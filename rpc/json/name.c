#include "rpc/json/name_internal.h"

static bool is_upper(int c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(int c) { return c >= 'a' && c <= 'z'; }

size_t terni_json_name_to_camel(const char *name, size_t len, char *ret)
{
    bool   is_next_upper = false;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (name[i] != '_')
            ret[n++] = (char)(is_next_upper && is_lower(name[i]) ? name[i] - 'a' + 'A' : name[i]);
        is_next_upper = name[i] == '_';
    }
    return n;
}

bool terni_json_name_survives_camel(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (is_upper(name[i]) || (name[i] == '_' && (i + 1 == len || !is_lower(name[i + 1]))))
            return false;
    return true;
}

size_t terni_json_name_to_snake(const uint8_t *name, size_t len, uint8_t *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (name[i] == '_')
            return 0;
        if (is_upper(name[i]))
            ret[n++] = '_';
        ret[n++] = (uint8_t)(is_upper(name[i]) ? name[i] - 'A' + 'a' : name[i]);
    }
    return n;
}
