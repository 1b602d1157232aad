// store.h: keys, values, and watchers of their changes. Knows nothing of RPC.
//
// Threads:   any. The lock is held for moments only, so callbacks on a poller may take it too.
// Lifetime:  a change belongs to all queues that hold it; change_unref when done with it. A watcher is the
//            caller's memory, from store_watch to store_unwatch.
#ifndef EXAMPLES_KV_STORE_H
#define EXAMPLES_KV_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct store store;

typedef struct change change;
struct change {
    unsigned refs;
    bool     is_deleted;
    uint64_t number;
    char    *key;
    uint8_t *value;
    size_t   len;
};

enum { WATCH_QUEUE = 256 };  // changes that a watcher may be behind

typedef struct watcher watcher;
struct watcher {
    store      *store;
    watcher    *next, **link;
    const char *prefix;
    void (*wake)(void *arg);  // called under the lock: there is something to take
    void    *arg;
    change  *queue[WATCH_QUEUE];
    unsigned first, n;
    bool     is_too_slow;  // it has missed changes, and gets no more
};

store *store_new(void);
void   store_free(store *s);

int store_put(store *s, const char *key, const uint8_t *value, size_t len);  // 0 or -ENOMEM
int store_delete(store *s, const char *key);  // 0, -ENOENT or -ENOMEM
// A reference to the last change of `key`, or NULL.
change *store_get(store *s, const char *key);

void store_watch(store *s, watcher *w);
void store_unwatch(watcher *w);
// The next change, or NULL; *ret_is_too_slow: there will be none.
change *store_take(watcher *w, bool *ret_is_too_slow);
void    change_unref(store *s, change *c);

#endif
