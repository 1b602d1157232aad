// rpc/server/health_internal.h: the health service that every server has: which services serve, for those who ask
// and those who watch. Knows nothing of connections.
//
// Lifetime:  embedded in the server; terni_health_init / terni_health_done, when no handler runs any more.
// Threads:   any, under its lock.
#ifndef RPC_SERVER_HEALTH_INTERNAL_H
#define RPC_SERVER_HEALTH_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>

#include <tern/stub.h>

typedef struct terni_health_entry   terni_health_entry;
typedef struct terni_health_watcher terni_health_watcher;

typedef struct terni_health terni_health;
struct terni_health {
    pthread_mutex_t       lock;
    terni_health_entry   *entries;
    terni_health_watcher *watchers;
    bool                  is_stopping;  // nothing serves any more
};

// `tern_service_opts.user_data` of its registration is the terni_health.
extern const tern_service terni_health_service;
extern const void *const  terni_health_handlers;

void terni_health_init(terni_health *h);
void terni_health_done(terni_health *h);

// 0 or -ENOMEM. Watchers are told.
TERN_NODISCARD int terni_health_set(terni_health *h, const char *service, bool is_serving);
// The same for a service that nobody has spoken of yet; others stay as they are.
TERN_NODISCARD int terni_health_add(terni_health *h, const char *service);
// From now on nothing serves; watchers are told, and their streams end.
void terni_health_stop(terni_health *h);

#endif
