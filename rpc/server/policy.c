#include "rpc/base/seldom_internal.h"

#include "rpc/server/policy_internal.h"

#include <unistd.h>

#include <tern/mem.h>

#include "rpc/base/opts_internal.h"
#include "rpc/session/protocols_internal.h"
#include "rpc/session/session_internal.h"
#include "rpc/wire/window_internal.h"

static tern_status set_interceptors(terni_policy *p, const tern_server_opts *o, size_t size)
{
    void *copy = NULL;
    int   err = terni_opts_read_array(&copy, sizeof *o->interceptors, o->interceptors, size,
                                      o->n_interceptors);

    p->interceptors = copy;
    p->n_interceptors = copy ? o->n_interceptors : 0;
    return err < 0 ? terni_opts_refusal(err, "tern_server_interceptor")
                   : (tern_status){ .code = TERN_OK };
}

static tern_status set_compression(terni_policy *p, const tern_server_opts *o)
{
    const terni_packing_opts given = { o->compression, o->compress_from_bytes, o->encodings };
    const char *why = terni_packing_read(&given, &p->packing, p->encodings, &p->limits.encodings);

    return why ? tern_status_make(TERN_INVALID_ARGUMENT, "%s", why)
               : (tern_status){ .code = TERN_OK };
}

static void set_time(int64_t *time, int64_t given)
{
    if (given)
        *time = given;
}

static void set_times(terni_policy *p, const tern_server_opts *o)
{
    set_time(&p->limits.header_timeout_ms, o->header_timeout_ms);
    set_time(&p->limits.message_timeout_ms, o->message_timeout_ms);
    set_time(&p->limits.write_timeout_ms, o->write_timeout_ms);
    p->max_timeout_ms = o->max_timeout_ms;
    p->keepalive_ms = o->keepalive_ms ? o->keepalive_ms : TERNI_SERVER_KEEPALIVE_MS;
    p->keepalive_timeout_ms =
        o->keepalive_timeout_ms ? o->keepalive_timeout_ms : TERNI_KEEPALIVE_TIMEOUT_MS;
    p->idle_timeout_ms = o->idle_timeout_ms;
    p->max_age_ms = o->max_age_ms;
    p->max_age_grace_ms = o->max_age_grace_ms;
}

static uint64_t default_memory(void)
{
    long     n_pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t quarter =
        n_pages > 0 && page > 0 ? (uint64_t)n_pages * (uint64_t)page / 4 : UINT64_MAX;

    return quarter < TERNI_MAX_MEMORY_BYTES ? quarter : TERNI_MAX_MEMORY_BYTES;
}

static void set_sizes(terni_policy *p, const tern_server_opts *o)
{
    if (o->max_message_bytes)
        p->limits.max_message = o->max_message_bytes;
    terni_protocols_raise_limits(&p->limits);
    p->calls.max = o->max_calls;
    p->connections.max = o->max_connections ? o->max_connections : TERNI_MAX_SERVER_CONNECTIONS;
    p->memory.max = o->max_memory_bytes ? o->max_memory_bytes : default_memory();
    p->max_metadata_bytes =
        o->max_metadata_bytes ? o->max_metadata_bytes : TERNI_MAX_METADATA_BYTES;
}

static void keep_first(tern_status *st, tern_status next)
{
    if (st->code == TERN_OK)
        *st = next;
}

tern_status terni_policy_init(terni_policy *p, const tern_server_opts *o, uint64_t sizes)
{
    tern_status st = set_interceptors(p, o, tern_size_at(sizes, 1));

    p->limits = terni_limits_default;
    set_sizes(p, o);
    set_times(p, o);
    keep_first(&st, set_compression(p, o));
    keep_first(&st, terni_filter_source_read(&p->filters, o->filters, tern_size_at(sizes, 2)));
    return st;
}

void terni_policy_set_windows(terni_policy *p)
{
    uint8_t usual = terni_window_of(p->limits.stream_window, TERNI_MIN_SERVER_WINDOW);

    if (!p->registry.narrowest)
        return;
    p->window = usual;
    if (p->registry.narrowest < usual)
        p->limits.stream_window = terni_window_bytes(p->registry.narrowest);
}

void terni_policy_done(terni_policy *p)
{
    terni_registry_done(&p->registry);
    terni_filter_source_done(&p->filters);
    tern_mem_free(p->interceptors);
}
