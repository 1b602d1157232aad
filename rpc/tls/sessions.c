#include "rpc/tls/sessions_internal.h"

#include <string.h>

#include <openssl/err.h>

#include <tern/mem.h>

struct terni_tls_session {
    terni_tls_session *next;           // of its slot
    terni_tls_session *newer, *older;  // by use
    SSL_SESSION       *session;
    unsigned           slot;
    char               server[];
};

// FNV-1a: names of servers are our own program's.
static unsigned slot_of(const char *server)
{
    uint32_t hash = 2166136261u;

    for (; *server; server++)
        hash = (hash ^ (uint8_t)*server) * 16777619u;
    return hash % TERNI_TLS_SESSION_SLOTS;
}

// ---- by use --------------------------------------------------------------

static void take_off(terni_tls_sessions *s, terni_tls_session *x)
{
    *(x->newer ? &x->newer->older : &s->newest) = x->older;
    *(x->older ? &x->older->newer : &s->oldest) = x->newer;
}

static void put_on_top(terni_tls_sessions *s, terni_tls_session *x)
{
    x->newer = NULL;
    x->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = x;
    s->newest = x;
}

// ---- the table -----------------------------------------------------------

static terni_tls_session *find(terni_tls_sessions *s, const char *server)
{
    terni_tls_session *x = s->slots[slot_of(server)];

    while (x && strcmp(x->server, server) != 0)
        x = x->next;
    if (x) {
        take_off(s, x);
        put_on_top(s, x);
    }
    return x;
}

static void drop(terni_tls_sessions *s, terni_tls_session *x)
{
    terni_tls_session **link = &s->slots[x->slot];

    while (*link != x)
        link = &(*link)->next;
    *link = x->next;
    take_off(s, x);
    s->n--;
    SSL_SESSION_free(x->session);
    tern_mem_free(x);
}

static terni_tls_session *add(terni_tls_sessions *s, const char *server)
{
    size_t             len = strlen(server) + 1;
    terni_tls_session *x = tern_mem_zalloc(sizeof *x + len);

    if (!x)
        return NULL;
    memcpy(x->server, server, len);
    x->slot = slot_of(server);
    x->next = s->slots[x->slot];
    s->slots[x->slot] = x;
    put_on_top(s, x);
    if (++s->n > s->max)
        drop(s, s->oldest);
    return x;
}

// ---- for connections -----------------------------------------------------

void terni_tls_sessions_init(terni_tls_sessions *s, unsigned max)
{
    *s = (terni_tls_sessions){ .max = max };
    pthread_mutex_init(&s->lock, NULL);
}

void terni_tls_sessions_done(terni_tls_sessions *s)
{
    while (s->oldest)
        drop(s, s->oldest);
    TERN_ASSERT(s->n == 0);
    pthread_mutex_destroy(&s->lock);
}

void terni_tls_sessions_put(terni_tls_sessions *s, const char *server, const SSL_SESSION *session)
{
    SSL_SESSION       *copy = SSL_SESSION_dup(session);
    terni_tls_session *x;

    if (!copy) {
        ERR_clear_error();
        return;
    }
    pthread_mutex_lock(&s->lock);
    x = find(s, server);
    if (!x)
        x = add(s, server);
    if (x) {
        SSL_SESSION_free(x->session);
        x->session = copy;
        copy = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    SSL_SESSION_free(copy);
}

SSL_SESSION *terni_tls_sessions_get(terni_tls_sessions *s, const char *server)
{
    terni_tls_session *x;
    SSL_SESSION       *copy;

    pthread_mutex_lock(&s->lock);
    x = find(s, server);
    copy = x ? SSL_SESSION_dup(x->session) : NULL;
    pthread_mutex_unlock(&s->lock);
    return copy;
}
