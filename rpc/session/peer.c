#include "rpc/base/seldom_internal.h"

#include "rpc/session/peer_internal.h"

#include <string.h>

#include <tern/conn_filter.h>
#include <tern/log.h>
#include <tern/mem.h>

bool terni_peer_address(const tern_conn *c, char text[TERN_MAX_ADDRESS])
{
    tern_sockaddr sa;

    if (tern_conn_peer_address(c, &sa) < 0)
        return false;
    tern_sockaddr_format(&sa, text, TERN_MAX_ADDRESS);
    if (tern_conn_get_filter(c) && strncmp(text, "tcp:", 4) == 0)
        memcpy(text, "tls", 3);
    return true;
}

char *terni_peer_keep(const tern_conn *c)
{
    char text[TERN_MAX_ADDRESS];

    return terni_peer_address(c, text) ? tern_mem_strdup(text) : NULL;
}

void terni_peer_log_failure(const tern_conn *c, const char *address)
{
    const char *slashes = address ? strstr(address, "//") : NULL;

    tern_log(TERN_LOG_WARNING, "%s with %s failed: %s", tern_conn_get_filter(c)->ops->name,
             slashes   ? slashes + 2
             : address ? address
                       : "a peer",
             tern_conn_why(c));
}
