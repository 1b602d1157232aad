#include "rpc/base/seldom_internal.h"

#include "rpc/client/endpoints_internal.h"

#include <string.h>

#include <tern/mem.h>

static unsigned count(const char *addresses)
{
    unsigned n = 1;

    for (const char *c = addresses; *c; c++)
        n += *c == ',';
    return n;
}

static bool parse_one(const char *address, bool has_filters, const char **ret_why,
                      terni_target *ret_target)
{
    if (terni_target_parse(address, ret_why, ret_target) < 0)
        return false;
    *ret_why = "TLS wants tern_channel_opts.filters: see <tern/tls.h>";
    return has_filters || !ret_target->is_tls;
}

static bool parse(terni_endpoints *e, char *addresses, bool has_filters, tern_status *ret_status)
{
    const char *why;
    char       *rest = addresses, *address;

    while ((address = strsep(&rest, ","))) {
        if (!parse_one(address, has_filters, &why, &e->items[e->n].target)) {
            *ret_status = tern_status_make(TERN_INVALID_ARGUMENT, "cannot connect to \"%s\": %s",
                                           address, why);
            return false;
        }
        e->n++;
    }
    return true;
}

terni_endpoints *terni_endpoints_new(const char *addresses, bool has_filters,
                                     tern_status *ret_status)
{
    unsigned         n = count(addresses);
    char            *copy;
    terni_endpoints *e;
    bool             is_good;

    if (n > TERNI_MAX_ENDPOINTS) {
        *ret_status = tern_status_make(TERN_INVALID_ARGUMENT,
                                       "more than %d addresses for a channel", TERNI_MAX_ENDPOINTS);
        return NULL;
    }
    copy = tern_mem_strdup(addresses);
    e = tern_mem_zalloc(sizeof *e + n * sizeof e->items[0]);
    *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for the channel");
    is_good = copy && e && parse(e, copy, has_filters, ret_status);
    tern_mem_free(copy);
    if (!is_good) {
        tern_mem_free(e);
        return NULL;
    }
    TERN_ASSERT(e->n == n);
    atomic_init(&e->refs, 1);
    *ret_status = (tern_status){ .code = TERN_OK };
    return e;
}

terni_endpoints *terni_endpoints_ref(terni_endpoints *e)
{
    unsigned before = atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);

    TERN_ASSERT(before > 0);
    return e;
}

void terni_endpoints_unref(terni_endpoints *e)
{
    if (e && atomic_fetch_sub(&e->refs, 1) == 1)
        tern_mem_free(e);
}

bool terni_endpoint_take(terni_endpoint *e)
{
    return e->target.address.kind != TERN_ADDRESS_FD || !atomic_exchange(&e->is_used_up, true);
}
