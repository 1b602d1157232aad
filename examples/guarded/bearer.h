// bearer.h: tokens as most of the world sends them, "authorization: Bearer TOKEN". A server's interceptor that lets in who has
// one, and a client's that adds it and renews it in time. Made to be copied.
//
// Lifetime:  both belong to the program, and outlive what they are given to.
// Threads:   any: calls begin on all of them.
#ifndef BEARER_H
#define BEARER_H

#include <pthread.h>
#include <stddef.h>

#include <tern/outgoing.h>
#include <tern/server.h>

// ---- servers -------------------------------------------------------------

typedef struct bearer_guard bearer_guard;
struct bearer_guard {
    const char *const *tokens;
    size_t             n_tokens;
};

tern_server_interceptor bearer_guard_interceptor(bearer_guard *g);

// ---- clients -------------------------------------------------------------

enum { BEARER_MAX_TOKEN = 4096 };

// Writes a token and how long it is good for, in ms; false when there is none now. One call at a time.
typedef bool bearer_fetch_fn(char token[BEARER_MAX_TOKEN], int64_t *ret_valid_ms, void *arg);

typedef struct bearer_source bearer_source;
struct bearer_source {
    bearer_fetch_fn *fetch;
    void            *arg;
    pthread_mutex_t  lock;
    char             token[BEARER_MAX_TOKEN];
    int64_t          renew_at_ms;  // on the monotonic clock
};

void bearer_source_init(bearer_source *s, bearer_fetch_fn *fetch, void *arg);
void bearer_source_done(bearer_source *s);
// Its calls never go in plain text.
tern_client_interceptor bearer_source_interceptor(bearer_source *s);

#endif
