// What a handler may ask of its call, and say.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <tern/mem.h>

#include "rpc/base/meta_internal.h"
#include "rpc/server/ctx_internal.h"
#include "rpc/session/identity_internal.h"

static char no_string[1];

// On another thread than the call's poller's.
static bool is_elsewhere(const tern_ctx *ctx) { return ctx->state == TERNI_CTX_OFFLOADED; }

// ---- memory --------------------------------------------------------------

char *tern_printf(tern_ctx *ctx, const char *fmt, ...)
{
    va_list args;
    char   *text;

    va_start(args, fmt);
    text = terni_arena_vprintf(&ctx->arena, fmt, args);
    va_end(args);
    return text ? text : no_string;
}

char *tern_tmpf(tern_ctx *ctx, const char *fmt, ...)
{
    va_list args;
    char   *text;

    if (!ctx->has_tmp)
        terni_arena_init(&ctx->tmp,
                         is_elsewhere(ctx) ? NULL : tern_poller_pool(ctx->caller->home->poller),
                         TERN_MAX_ARENA_BYTES);
    ctx->has_tmp = true;
    va_start(args, fmt);
    text = terni_arena_vprintf(&ctx->tmp, fmt, args);
    va_end(args);
    if (!text)  // the failure outlives the next reset
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the call");
    return text ? text : no_string;
}

void *tern_ctx_alloc(tern_ctx *ctx, size_t n, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(n, size, &bytes) ? NULL : terni_arena_zalloc(&ctx->arena, bytes);
}

static void free_message(void *message) { terni_codec_free(message); }

// Without memory it goes at once, and so does all hope of a reply.
void tern_ctx_own(tern_ctx *ctx, void *message)
{
    if (message)
        (void)!terni_arena_hold(&ctx->arena, free_message, message);
}

// ---- failure -------------------------------------------------------------

void terni_ctx_set_failure(tern_ctx *ctx, tern_code code, const char *message)
{
    TERN_ASSERT(code != TERN_OK);
    ctx->code = code;
    ctx->message = terni_arena_strndup(&ctx->arena, message, strlen(message));
    ctx->is_spoiled = true;
}

void terni_ctx_set_code(tern_ctx *ctx, tern_code code)
{
    if ((unsigned)code > TERN_UNAUTHENTICATED) {
        terni_ctx_set_failure(ctx, TERN_UNKNOWN, "the handler returned a number that is no code");
        return;
    }
    if (TERN_UNLIKELY(ctx->is_spoiled) && code == TERN_OK)
        return;
    if (ctx->code != code) {
        ctx->message = NULL;
        if (code == TERN_OK)
            ctx->details_len = 0;
    }
    ctx->code = code;
}

tern_status terni_ctx_status(const tern_ctx *ctx)
{
    tern_code why = terni_parent_check(&ctx->as_parent);

    if (why == TERN_OK)
        return tern_status_make(ctx->code, "%s", ctx->message ? ctx->message : "");
    return tern_status_make(why, "%s", terni_ctx_why(why));
}

const char *terni_ctx_why(tern_code why)
{
    if (why == TERN_UNAVAILABLE)
        return "the server is stopping";
    return why == TERN_DEADLINE_EXCEEDED ? "the deadline has passed" : "the caller has gone";
}

tern_code tern_fail(tern_ctx *ctx, tern_code code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    ctx->message = terni_arena_vprintf(&ctx->arena, fmt, args);
    va_end(args);
    ctx->code = code;
    return code;
}

void tern_fail_details(tern_ctx *ctx, const void *details, size_t len)
{
    if (!(ctx->details = terni_arena_strndup(&ctx->arena, details, len)))
        return;  // sticky
    ctx->details_len = (uint32_t)len;
}

// ---- the caller ----------------------------------------------------------

void *tern_ctx_user_data(const tern_ctx *ctx) { return ctx->method->user_data; }

// Formatted for the first that asks; "" if that comes after the connection is gone.
const char *tern_ctx_peer(const tern_ctx *ctx)
{
    terni_caller *c = ctx->caller;
    char          text[TERN_MAX_ADDRESS];

    if (!c->address && terni_session_peer_address(&c->session, text))
        c->address = tern_mem_strdup(text);
    return c->address ? c->address : "";
}

// Copied for the first that asks, since a handler may outlive the connection.
const tern_identity *tern_ctx_identity(const tern_ctx *ctx)
{
    terni_caller        *c = ctx->caller;
    const tern_identity *id = c->identity ? NULL : terni_session_identity(&c->session);

    if (id)
        c->identity = terni_identity_copy(id);
    return c->identity;
}

const char *tern_ctx_method(const tern_ctx *ctx) { return ctx->method->def->path; }

int tern_ctx_credentials(const tern_ctx *ctx, tern_credentials *ret)
{
    struct ucred cred;
    int          err = terni_session_peer_cred(&ctx->caller->session, &cred);

    if (err == 0)
        *ret = (tern_credentials){ cred.pid, cred.uid, cred.gid };
    return err;
}

struct terni_value {
    const void  *key;
    void        *value;
    terni_value *next;
};

static terni_value *find_value(const tern_ctx *ctx, const void *key)
{
    terni_value *v = ctx->values;

    while (v && v->key != key)
        v = v->next;
    return v;
}

void tern_ctx_set_value(tern_ctx *ctx, const void *key, void *value)
{
    terni_value *v = find_value(ctx, key);

    if (!v) {
        if (!(v = terni_arena_alloc(&ctx->arena, sizeof *v)))
            return;  // sticky
        *v = (terni_value){ .key = key, .next = ctx->values };
        ctx->values = v;
    }
    v->value = value;
}

void *tern_ctx_value(const tern_ctx *ctx, const void *key)
{
    const terni_value *v = find_value(ctx, key);

    return v ? v->value : NULL;
}

const tern_metadata *tern_ctx_metadata(const tern_ctx *ctx, const char *key)
{
    for (uint32_t i = ctx->n_metadata; i-- > 0;)
        if (strcmp(ctx->metadata[i].key, key) == 0)
            return &ctx->metadata[i];
    return NULL;
}

static void blame_metadata(tern_ctx *ctx, const tern_metadata *m, const char *why)
{
    char key[TERNI_MAX_SHOWN_KEY], text[256];

    terni_meta_show_key(m->key, key);
    snprintf(text, sizeof text, "the metadata entry \"%s\" cannot be sent: %s", key, why);
    terni_ctx_set_failure(ctx, TERN_INTERNAL, text);
}

static void add_metadata(tern_ctx *ctx, tern_metadata **list, uint32_t *n, const tern_metadata *m)
{
    const char    *why = terni_meta_find_fault(m);
    tern_metadata *longer;
    char          *value;

    if (why) {
        blame_metadata(ctx, m, why);
        return;
    }
    if (!(longer = terni_arena_alloc(&ctx->arena, (*n + 1) * sizeof *longer)))
        return;  // sticky
    if (*n)
        memcpy(longer, *list, *n * sizeof *longer);
    value = terni_arena_strndup(&ctx->arena, m->value, m->len);
    longer[*n] =
        (tern_metadata){ terni_arena_strndup(&ctx->arena, m->key, strlen(m->key)), value, m->len };
    if (!longer[*n].key || !value)
        return;
    *list = longer;
    ++*n;
}

void tern_ctx_add_initial(tern_ctx *ctx, const tern_metadata *m)
{
    if (ctx->has_sent_initial)
        terni_ctx_set_failure(ctx, TERN_FAILED_PRECONDITION,
                              "initial metadata were added after the first message");
    else
        add_metadata(ctx, &ctx->initial, &ctx->n_initial, m);
}

void tern_ctx_add_trailing(tern_ctx *ctx, const tern_metadata *m)
{
    add_metadata(ctx, &ctx->trailing, &ctx->n_trailing, m);
}

// ---- the end before the end ----------------------------------------------

tern_code tern_ctx_check(const tern_ctx *ctx)
{
    tern_code why = terni_parent_check(&ctx->as_parent);

    return why == TERN_OK && ctx->is_spoiled ? ctx->code : why;
}

// Another thread must not read the poller's clock.
static uint64_t now_ns(const tern_ctx *ctx)
{
    struct timespec t;

    if (!is_elsewhere(ctx))
        return tern_poller_now_ns(ctx->caller->home->poller);
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * TERN_NS_PER_S + (uint64_t)t.tv_nsec;
}

int64_t tern_ctx_time_left_ms(const tern_ctx *ctx)
{
    uint64_t now = now_ns(ctx), deadline_ns = ctx->as_parent.deadline_ns;

    if (deadline_ns == TERN_NEVER)
        return INT64_MAX;
    return deadline_ns > now ? (int64_t)((deadline_ns - now) / TERN_NS_PER_MS) : 0;
}
