#include "rpc/base/seldom_internal.h"

#include "rpc/wire/farewell_internal.h"

#include <stdio.h>

// What may stand in a line for people.
static void copy_printable(char *to, size_t size, const char *text, size_t len)
{
    size_t n = len < size - 1 ? len : size - 1;

    for (size_t i = 0; i < n; i++)
        to[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    to[n] = '\0';
}

uint32_t terni_farewell_put(char to[TERNI_MAX_FAREWELL], uint32_t code, const char *text,
                            size_t len)
{
    char quoted[TERNI_MAX_FAREWELL - 32];

    if (code == 0 || len == 0)
        return (uint32_t)snprintf(to, TERNI_MAX_FAREWELL,
                                  "the server is going and did not process the call");
    copy_printable(quoted, sizeof quoted, text, len);
    return (uint32_t)snprintf(to, TERNI_MAX_FAREWELL, "the server says: %s", quoted);
}
