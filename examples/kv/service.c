// Watching costs a callback, not a fiber.
#include "service.h"

#include <errno.h>
#include <string.h>

#include <tern/error_details.h>

#include "kv.tern.h"

// What store.c says, as the caller hears it.
static tern_code tell(tern_ctx *ctx, int err, const char *key)
{
    if (err == -ENOENT)
        return tern_fail(ctx, TERN_NOT_FOUND, "no key `%s`", key);
    return err ? tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for `%s`", key) : TERN_OK;
}

static tern_code put(tern_ctx *ctx, const kv_put_request *req, kv_put_reply *reply)
{
    store *s = tern_ctx_user_data(ctx);

    (void)reply;
    if (!*req->key)
        return TERN_FAIL_WITH(ctx, TERN_INVALID_ARGUMENT, "a key is not empty",
                              TERN_BAD_FIELD("key", "at least one letter"));
    return tell(ctx, store_put(s, req->key, req->value.data, req->value.len), req->key);
}

static tern_code get(tern_ctx *ctx, const kv_get_request *req, kv_get_reply *reply)
{
    store  *s = tern_ctx_user_data(ctx);
    change *c = store_get(s, req->key);

    if (!c)
        return tell(ctx, -ENOENT, req->key);
    reply->value.len = c->len;
    reply->value.data = tern_ctx_alloc(ctx, 1, c->len);
    if (reply->value.data)  // else the call says so by itself
        memcpy(reply->value.data, c->value, c->len);
    change_unref(s, c);
    return TERN_OK;
}

static tern_code erase(tern_ctx *ctx, const kv_delete_request *req, kv_delete_reply *reply)
{
    (void)reply;
    return tell(ctx, store_delete(tern_ctx_user_data(ctx), req->key), req->key);
}

static void wake(void *out) { kv_store_watch_wake(out); }

// Who only waits must not hold up a server that stops: its client goes on watching elsewhere, or here when it is back.
static void leave(tern_ctx *ctx, void *out)
{
    kv_store_watch_finish(out, TERN_FAIL_WITH(ctx, TERN_UNAVAILABLE, "the server is stopping",
                                              TERN_ERROR_INFO("STOPPING", "kv.example.com"),
                                              TERN_RETRY_AFTER(1000)));
}

static void begin_watch(kv_store_watch_out *out)
{
    watcher *w = out->state;

    w->prefix = out->req->prefix;
    w->wake = wake;
    w->arg = out;
    store_watch(tern_ctx_user_data(out->ctx), w);
    tern_ctx_on_draining(out->ctx, leave, out);
    kv_store_watch_push(out, KV_CHANGE());
}

// Once for each message that there is room for. With nothing to say it returns, and is woken.
static void watch_ready(kv_store_watch_out *out)
{
    watcher *w = out->state;
    change  *c;
    bool     is_too_slow;

    if (!w->store) {
        begin_watch(out);
        return;
    }
    if (!(c = store_take(w, &is_too_slow))) {
        if (is_too_slow)
            kv_store_watch_finish(out, tern_fail(out->ctx, TERN_RESOURCE_EXHAUSTED,
                                                 "the watcher is %d changes behind", WATCH_QUEUE));
        return;
    }
    kv_store_watch_push(out, KV_CHANGE(.number = c->number, .key = c->key,
                                       .value = { c->len, c->value }, .is_deleted = c->is_deleted));
    change_unref(w->store, c);
}

static void watch_end(kv_store_watch_out *out, tern_status st)
{
    watcher *w = out->state;

    (void)st;
    if (w && w->store)
        store_unwatch(w);
}

void service_register(tern_server *srv, store *s)
{
    const kv_store_handlers handlers = {
        .put = put,
        .get = get,
        .delete_ = erase,
        .watch_async = { .ready = watch_ready, .end = watch_end, .state_size = sizeof(watcher) },
    };

    kv_store_register(srv, &handlers, &(tern_service_opts){ .user_data = s });
}
