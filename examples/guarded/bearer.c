#include "bearer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// ---- servers -------------------------------------------------------------

// In a time that tells nothing of where they differ. Their lengths are no secret.
static bool is_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    volatile unsigned char difference = a_len != b_len;

    for (size_t i = 0; i < a_len; i++)
        difference |= (unsigned char)(a[i] ^ b[b_len ? i % b_len : 0]);
    return difference == 0;
}

// All are compared, so that nobody learns which of them was near.
static bool is_known(const bearer_guard *g, const char *token, size_t len)
{
    bool is_one = false;

    for (size_t i = 0; i < g->n_tokens; i++)
        is_one |= is_equal(token, len, g->tokens[i], strlen(g->tokens[i]));
    return is_one;
}

static tern_code check(tern_ctx *ctx, void *guard)
{
    static const char    scheme[] = "Bearer ";
    const size_t         scheme_len = sizeof scheme - 1;
    const tern_metadata *m = tern_ctx_metadata(ctx, "authorization");

    if (!m || m->len < scheme_len || memcmp(m->value, scheme, scheme_len) != 0)
        return tern_fail(ctx, TERN_UNAUTHENTICATED,
                         "a token is missing: authorization: Bearer ...");
    if (!is_known(guard, (const char *)m->value + scheme_len, m->len - scheme_len))
        return tern_fail(ctx, TERN_UNAUTHENTICATED, "the token is not known here");
    return TERN_OK;
}

tern_server_interceptor bearer_guard_interceptor(bearer_guard *g)
{
    return (tern_server_interceptor){ .begin = check, .arg = g };
}

// ---- clients -------------------------------------------------------------

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// A fifth of its time before it ends, so that no call is late with it. The first to notice renews it, the others wait: on a
// fiber `fetch` should not take long, or be done ahead by a thread of its own.
static bool is_fresh(bearer_source *s)
{
    int64_t valid_ms, now = now_ms();

    if (now < s->renew_at_ms)
        return true;
    if (!s->fetch(s->token, &valid_ms, s->arg))
        return false;
    s->renew_at_ms = now + valid_ms * 4 / 5;
    return true;
}

static tern_code add(tern_outgoing *call, void *source)
{
    bearer_source *s = source;
    char           value[sizeof "Bearer " + BEARER_MAX_TOKEN];
    bool           has_one;
    int            len;

    pthread_mutex_lock(&s->lock);
    has_one = is_fresh(s);
    len = snprintf(value, sizeof value, "Bearer %s", s->token);
    pthread_mutex_unlock(&s->lock);
    if (!has_one)
        return tern_outgoing_fail(call, TERN_UNAUTHENTICATED, "no token could be fetched");
    tern_outgoing_add_metadata(call, &(tern_metadata){ "authorization", value, (size_t)len });
    return TERN_OK;
}

void bearer_source_init(bearer_source *s, bearer_fetch_fn *fetch, void *arg)
{
    *s = (bearer_source){ .fetch = fetch, .arg = arg };
    pthread_mutex_init(&s->lock, NULL);
}

void bearer_source_done(bearer_source *s) { pthread_mutex_destroy(&s->lock); }

tern_client_interceptor bearer_source_interceptor(bearer_source *s)
{
    return (tern_client_interceptor){ .begin = add, .arg = s, .secret = "the token" };
}
