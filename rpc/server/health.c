#include "rpc/base/seldom_internal.h"

#include "rpc/server/health_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "proto/tern/health.tern.h"

struct terni_health_entry {
    terni_health_entry *next;
    bool                is_serving;
    char                service[];
};

// One Watch call: the state of its stream.
struct terni_health_watcher {
    terni_health_watcher       *next, **link;  // NULL: not on the list yet
    terni_health               *health;
    void                       *out;  // to wake
    bool                        has_told;
    tern_health_response_status told;
};

// ---- what is known -------------------------------------------------------

static terni_health_entry *find(const terni_health *h, const char *service)
{
    terni_health_entry *e = h->entries;

    while (e && strcmp(e->service, service) != 0)
        e = e->next;
    return e;
}

static terni_health_entry *add(terni_health *h, const char *service)
{
    size_t              size = strlen(service) + 1;
    terni_health_entry *e = tern_mem_alloc(sizeof *e + size);

    if (!e)
        return NULL;
    e->is_serving = true;
    memcpy(e->service, service, size);
    e->next = h->entries;
    h->entries = e;
    return e;
}

static tern_health_response_status status_of(const terni_health *h, const terni_health_entry *e)
{
    return e->is_serving && !h->is_stopping ? TERN_HEALTH_RESPONSE_STATUS_SERVING
                                            : TERN_HEALTH_RESPONSE_STATUS_NOT_SERVING;
}

// Each looks for itself whether it has something to tell.
static void wake_watchers(terni_health *h)
{
    for (terni_health_watcher *w = h->watchers; w; w = w->next)
        tern_stub_wake(w->out);
}

int terni_health_set(terni_health *h, const char *service, bool is_serving)
{
    terni_health_entry *e;

    pthread_mutex_lock(&h->lock);
    if ((e = find(h, service)) || (e = add(h, service))) {
        e->is_serving = is_serving;
        wake_watchers(h);
    }
    pthread_mutex_unlock(&h->lock);
    return e ? 0 : -ENOMEM;
}

int terni_health_add(terni_health *h, const char *service)
{
    return find(h, service) || add(h, service) ? 0 : -ENOMEM;
}

void terni_health_stop(terni_health *h)
{
    pthread_mutex_lock(&h->lock);
    h->is_stopping = true;
    wake_watchers(h);
    pthread_mutex_unlock(&h->lock);
}

void terni_health_init(terni_health *h)
{
    *h = (terni_health){ .entries = NULL };
    pthread_mutex_init(&h->lock, NULL);
}

void terni_health_done(terni_health *h)
{
    TERN_ASSERT(!h->watchers);
    for (terni_health_entry *e; (e = h->entries);) {
        h->entries = e->next;
        tern_mem_free(e);
    }
    pthread_mutex_destroy(&h->lock);
}

// ---- Check and List ------------------------------------------------------

enum {
    MAX_REPEATED = 256
};  // bytes of a name; where a status goes there is less room than for a request

static tern_code fail_unknown(tern_ctx *ctx, const char *service)
{
    return strlen(service) > MAX_REPEATED
               ? tern_fail(ctx, TERN_NOT_FOUND, "no service of that name is known here")
               : tern_fail(ctx, TERN_NOT_FOUND, "no service `%s` is known here", service);
}

static tern_code check(tern_ctx *ctx, const tern_health_request *req, tern_health_response *reply)
{
    terni_health             *h = tern_ctx_user_data(ctx);
    const terni_health_entry *e;

    pthread_mutex_lock(&h->lock);
    if ((e = find(h, req->service)))
        reply->status = status_of(h, e);
    pthread_mutex_unlock(&h->lock);
    return e ? TERN_OK : fail_unknown(ctx, req->service);
}

typedef tern_health_list_response_statuses_entry list_item;

static list_item *make_item(tern_ctx *ctx, const terni_health *h, const terni_health_entry *e)
{
    list_item            *item = tern_ctx_alloc(ctx, 1, sizeof *item);
    tern_health_response *value = tern_ctx_alloc(ctx, 1, sizeof *value);

    if (!item || !value)
        return NULL;
    tern_health_list_response_statuses_entry_init(item);
    tern_health_response_init(value);
    value->status = status_of(h, e);
    item->key = tern_printf(ctx, "%s", e->service);
    item->value = value;
    return item;
}

static size_t count_entries(const terni_health *h)
{
    size_t n = 0;

    for (const terni_health_entry *e = h->entries; e; e = e->next)
        n++;
    return n;
}

// What there is no memory for makes the call fail.
static tern_code list(tern_ctx *ctx, const tern_health_list_request *req,
                      tern_health_list_response *reply)
{
    terni_health *h = tern_ctx_user_data(ctx);
    bool          is_whole = true;

    (void)req;
    pthread_mutex_lock(&h->lock);
    reply->statuses = tern_ctx_alloc(ctx, count_entries(h) + 1, sizeof *reply->statuses);
    for (const terni_health_entry *e = h->entries; e && reply->statuses && is_whole; e = e->next)
        is_whole = (reply->statuses[reply->n_statuses++] = make_item(ctx, h, e)) != NULL;
    pthread_mutex_unlock(&h->lock);
    return reply->statuses && is_whole
               ? TERN_OK
               : tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the list");
}

// ---- Watch ---------------------------------------------------------------

static void join(terni_health_watcher *w, tern_stub_handle *out)
{
    w->health = tern_ctx_user_data(out->ctx);
    w->out = out;
    w->next = w->health->watchers;
    w->link = &w->health->watchers;
    if (w->next)
        w->next->link = &w->next;
    w->health->watchers = w;
}

static tern_health_response_status look(terni_health_watcher *w, tern_stub_handle *out,
                                        bool *ret_is_last)
{
    const tern_health_request  *req = out->req;
    terni_health               *h = tern_ctx_user_data(out->ctx);
    const terni_health_entry   *e;
    tern_health_response_status status;

    pthread_mutex_lock(&h->lock);
    if (!w->link)
        join(w, out);
    e = find(h, req->service);
    status = e ? status_of(h, e) : TERN_HEALTH_RESPONSE_STATUS_SERVICE_UNKNOWN;
    *ret_is_last = h->is_stopping;
    pthread_mutex_unlock(&h->lock);
    return status;
}

static void watch_ready(void *handle)
{
    tern_stub_handle           *out = handle;
    terni_health_watcher       *w = out->state;
    bool                        is_last;
    tern_health_response_status status = look(w, out, &is_last);

    if (!w->has_told || status != w->told) {
        w->has_told = true;
        w->told = status;
        tern_stub_out_push(out, TERN_HEALTH_RESPONSE(.status = status));
    } else if (is_last) {
        tern_stub_out_finish(out, tern_fail(out->ctx, TERN_UNAVAILABLE, "the server is stopping"));
    }
}

static void watch_end(void *handle, tern_status st)
{
    terni_health_watcher *w = ((tern_stub_handle *)handle)->state;

    (void)st;
    if (!w || !w->link)
        return;
    pthread_mutex_lock(&w->health->lock);
    TERN_ASSERT(*w->link == w);
    *w->link = w->next;
    if (w->next)
        w->next->link = w->link;
    pthread_mutex_unlock(&w->health->lock);
}

// ---- the service, as the generator would write it ------------------------

typedef struct health_handlers health_handlers;
struct health_handlers {
    tern_code (*check)(tern_ctx *ctx, const tern_health_request *req, tern_health_response *reply);
    tern_code (*list)(tern_ctx *ctx, const tern_health_list_request *req,
                      tern_health_list_response *reply);
    void              *none;  // the slots that are empty
    tern_stub_out_slot watch;
};

static const health_handlers handlers = {
    .check = check,
    .list = list,
    .watch = { .ready = watch_ready, .end = watch_end, .state_size = sizeof(terni_health_watcher) },
};

const void *const terni_health_handlers = &handlers;

#define PATH "/grpc.health.v1.Health/"

static const tern_method methods[] = {
    { "Check", PATH "Check", TERN_UNARY, TERN_METHOD_IDEMPOTENT | TERN_METHOD_INLINE,
      &tern_health_request_descriptor, &tern_health_response_descriptor,
      offsetof(health_handlers, check), offsetof(health_handlers, none) },
    { "List", PATH "List", TERN_UNARY, TERN_METHOD_IDEMPOTENT | TERN_METHOD_INLINE,
      &tern_health_list_request_descriptor, &tern_health_list_response_descriptor,
      offsetof(health_handlers, list), offsetof(health_handlers, none) },
    { "Watch", PATH "Watch", TERN_SERVER_STREAM, TERN_METHOD_IDEMPOTENT,
      &tern_health_request_descriptor, &tern_health_response_descriptor,
      offsetof(health_handlers, none), offsetof(health_handlers, watch) },
};

const tern_service terni_health_service = {
    .name = "grpc.health.v1.Health",
    .file = NULL,  // not that of the messages above: the library has the official one
    .methods = methods,
    .n_methods = TERN_COUNT_OF(methods),
    .handlers_size = sizeof handlers,
};
