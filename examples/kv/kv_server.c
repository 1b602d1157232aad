// A store that any number of clients may watch: watching costs a callback, not a fiber.
#include <string.h>

#include "kv.tern.h"
#include "store.h"

static tern_code put(tern_ctx *ctx, const kv_put_request *req, kv_put_reply *reply)
{
    (void)reply;
    if (!*req->key)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "a key is not empty");
    // A value of no bytes is a value.
    if (!store_put(tern_ctx_user_data(ctx), req->key,
                   req->value.len ? req->value.data : (const uint8_t *)"", req->value.len))
        return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for `%s`", req->key);
    return TERN_OK;
}

static tern_code get(tern_ctx *ctx, const kv_get_request *req, kv_get_reply *reply)
{
    store  *s = tern_ctx_user_data(ctx);
    change *c = store_get(s, req->key);

    if (!c)
        return tern_fail(ctx, TERN_NOT_FOUND, "no key `%s`", req->key);
    reply->value.len = c->len;
    reply->value.data = tern_ctx_alloc(ctx, 1, c->len);
    if (reply->value.data)  // else the call says so by itself
        memcpy(reply->value.data, c->value, c->len);
    change_unref(s, c);
    return TERN_OK;
}

static tern_code delete (tern_ctx *ctx, const kv_delete_request *req, kv_delete_reply *reply)
{
    store  *s = tern_ctx_user_data(ctx);
    change *c = store_get(s, req->key);

    (void)reply;
    if (!c)
        return tern_fail(ctx, TERN_NOT_FOUND, "no key `%s`", req->key);
    change_unref(s, c);
    if (!store_put(s, req->key, NULL, 0))
        return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
    return TERN_OK;
}

static void wake(void *out) { kv_store_watch_wake(out); }

static void begin_watch(kv_store_watch_out *out)
{
    watcher *w = out->state;

    w->prefix = out->req->prefix;
    w->wake = wake;
    w->arg = out;
    store_watch(tern_ctx_user_data(out->ctx), w);
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

int main(int argc, char **argv)
{
    store *s = store_new();
    TERN_AUTO(tern_server) *srv = tern_listen(argc > 1 ? argv[1] : "tcp://127.0.0.1:7001", NULL);
    int status;

    kv_store_register(srv,
                      &(kv_store_handlers){
                          .put = put,
                          .get = get,
                          .delete_ = delete,
                          .watch_async = { .ready = watch_ready,
                                           .end = watch_end,
                                           .state_size = sizeof(watcher) },
                      },
                      &(tern_service_opts){ .user_data = s });
    status = tern_serve(srv);
    store_free(s);
    return status;
}
