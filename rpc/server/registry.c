#include "rpc/server/registry_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/window_internal.h"

enum { FIRST_BUCKETS = 32 };

struct terni_service_entry {
    terni_service_entry *next;
    const tern_service  *service;
    void                *handlers;
    terni_quota         *quotas;  // one for each method, or NULL
    terni_method         methods[];
};

static uint32_t hash(const char *path, size_t len)
{
    uint32_t h = 2166136261U;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (uint8_t)path[i]) * 16777619U;
    return h;
}

static terni_method **bucket_of(const terni_registry *r, const char *path, size_t len)
{
    uint32_t at = hash(path, len) & (r->n_buckets - 1);

    TERN_DEBUG_ASSERT(r->n_buckets && !(r->n_buckets & (r->n_buckets - 1)));
    for (terni_method *m; (m = r->buckets[at]); at = (at + 1) & (r->n_buckets - 1))
        if (strlen(m->def->path) == len && memcmp(m->def->path, path, len) == 0)
            break;
    return &r->buckets[at];
}

const terni_method *terni_registry_find(const terni_registry *r, const char *path, size_t len)
{
    return r->n_buckets ? *bucket_of(r, path, len) : NULL;
}

static int reserve(terni_registry *r, uint32_t n_more)
{
    uint32_t       n = r->n_buckets ? r->n_buckets : FIRST_BUCKETS;
    terni_method **old = r->buckets;
    uint32_t       n_old = r->n_buckets;

    while (n < (r->n_methods + n_more) * 2)
        n *= 2;
    if (n == n_old)
        return 0;
    if (!(r->buckets = tern_mem_zalloc(n * sizeof(terni_method *)))) {
        r->buckets = old;
        return -ENOMEM;
    }
    r->n_buckets = n;
    for (uint32_t i = 0; i < n_old; i++)
        if (old[i])
            *bucket_of(r, old[i]->def->path, strlen(old[i]->def->path)) = old[i];
    tern_mem_free(old);
    return 0;
}

// What tells an empty slot: its first pointer. For every kind that is the function which makes it a
// handler (a stream's `ready` or `message`).
static bool is_filled(const void *slot)
{
    terni_handler_fn *first;

    memcpy(&first, slot, sizeof first);
    return first != NULL;
}

static bool fill_method(terni_method *m, const tern_method *def, const char *handlers,
                        void *user_data, tern_status *ret_status)
{
    const void *async = handlers + def->async_slot;

    *m = (terni_method){
        .def = def,
        .user_data = user_data,
        .reads_stream = def->kind == TERN_CLIENT_STREAM || def->kind == TERN_BIDI_STREAM,
        .has_reply = def->kind == TERN_UNARY || def->kind == TERN_CLIENT_STREAM,
    };
    memcpy(&m->sync, handlers + def->slot, sizeof m->sync);
    m->async = is_filled(async) ? async : NULL;
    if (m->sync && m->async) {
        *ret_status = tern_status_make(TERN_FAILED_PRECONDITION,
                                       "%s has both a sync and an async handler: fill one of the "
                                       "two slots",
                                       def->path);
        return false;
    }
    m->request_plan = terni_plan_get(def->request);
    m->reply_plan = terni_plan_get(def->reply);
    if (def->flags & TERN_METHOD_OFFLOAD && def->kind != TERN_UNARY) {
        *ret_status = tern_status_make(TERN_INVALID_ARGUMENT,
                                       "%.80s: (tern.offload) is for unary methods; call "
                                       "tern_offload in the handler",
                                       def->path);
        return false;
    }
    if (m->request_plan && m->reply_plan)
        return true;
    *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory");
    return false;
}

static void free_entry(terni_service_entry *entry)
{
    if (!entry)
        return;
    tern_mem_free(entry->handlers);
    tern_mem_free(entry->quotas);
    tern_mem_free(entry);
}

static void set_limit(terni_service_entry *entry, const tern_method_limit *limit, size_t i)
{
    if (limit->method && strcmp(limit->method, entry->service->methods[i].name) != 0)
        return;
    entry->quotas[i].max = limit->max_calls;
    entry->methods[i].calls = limit->max_calls ? &entry->quotas[i] : NULL;
    entry->methods[i].flags = limit->flags;
    entry->methods[i].window = terni_window_of(limit->window_bytes, TERNI_MIN_SERVER_WINDOW);
}

// First those that are for all methods, then those that are for one: these hold.
static void apply_limits(terni_service_entry *entry, const tern_service_opts *opts, bool is_for_one)
{
    for (size_t n = 0; n < opts->n_limits; n++)
        for (size_t i = 0; i < entry->service->n_methods; i++)
            if ((opts->limits[n].method != NULL) == is_for_one)
                set_limit(entry, &opts->limits[n], i);
}

static bool has_method(const tern_service *service, const char *name)
{
    for (size_t i = 0; i < service->n_methods; i++)
        if (strcmp(service->methods[i].name, name) == 0)
            return true;
    return false;
}

static bool set_limits(terni_service_entry *entry, const tern_service_opts *opts,
                       tern_status *ret_status)
{
    if (!opts->n_limits)
        return true;
    entry->quotas = tern_mem_zalloc(entry->service->n_methods * sizeof *entry->quotas);
    if (!entry->quotas) {
        *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory");
        return false;
    }
    for (size_t n = 0; n < opts->n_limits; n++) {
        const tern_method_limit *limit = &opts->limits[n];

        if (limit->method && !has_method(entry->service, limit->method)) {
            *ret_status =
                tern_status_make(TERN_INVALID_ARGUMENT, "a limit is for %.40s, which %.40s has not",
                                 limit->method, entry->service->name);
            return false;
        }
    }
    apply_limits(entry, opts, false);
    apply_limits(entry, opts, true);
    return true;
}

static terni_service_entry *make_entry(const tern_service *service, const void *handlers,
                                       const tern_service_opts *opts, tern_status *ret_status)
{
    terni_service_entry *entry =
        tern_mem_zalloc(sizeof *entry + service->n_methods * sizeof *entry->methods);

    if (!entry || !(entry->handlers = tern_mem_alloc(service->handlers_size + 1))) {
        *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory");
        free_entry(entry);
        return NULL;
    }
    memcpy(entry->handlers, handlers, service->handlers_size);
    entry->service = service;
    for (size_t i = 0; i < service->n_methods; i++) {
        if (!fill_method(&entry->methods[i], &service->methods[i], entry->handlers, opts->user_data,
                         ret_status)) {
            free_entry(entry);
            return NULL;
        }
    }
    if (!set_limits(entry, opts, ret_status)) {
        free_entry(entry);
        return NULL;
    }
    return entry;
}

bool terni_registry_has(const terni_registry *r, const char *service)
{
    const terni_service_entry *i = r->services;

    while (i && strcmp(i->service->name, service) != 0)
        i = i->next;
    return i != NULL;
}

int terni_registry_visit(const terni_registry *r,
                         int (*visit)(void *arg, const tern_service *service), void *arg)
{
    int err = 0;

    for (const terni_service_entry *i = r->services; i && err == 0; i = i->next)
        err = visit(arg, i->service);
    return err;
}

static void note_window(terni_registry *r, uint8_t window)
{
    if (window && (!r->narrowest || window < r->narrowest))
        r->narrowest = window;
}

bool terni_registry_add(terni_registry *r, const tern_service *service, const void *handlers,
                        const tern_service_opts *opts, tern_status *ret_status)
{
    terni_service_entry *entry;

    if (terni_registry_has(r, service->name)) {
        *ret_status =
            tern_status_make(TERN_ALREADY_EXISTS, "%s is registered twice", service->name);
        return false;
    }
    if (reserve(r, (uint32_t)service->n_methods) < 0) {
        *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory");
        return false;
    }
    if (!(entry = make_entry(service, handlers, opts, ret_status)))
        return false;
    for (size_t i = 0; i < service->n_methods; i++) {
        const char *path = service->methods[i].path;

        *bucket_of(r, path, strlen(path)) = &entry->methods[i];
        note_window(r, entry->methods[i].window);
        r->n_methods++;
    }
    TERN_ASSERT(2 * r->n_methods <= r->n_buckets);  // a search ends at an empty bucket
    entry->next = r->services;
    r->services = entry;
    return true;
}

void terni_registry_done(terni_registry *r)
{
    for (terni_service_entry *i = r->services, *next; i; i = next) {
        next = i->next;
        free_entry(i);
    }
    tern_mem_free(r->buckets);
    *r = (terni_registry){ 0 };
}
