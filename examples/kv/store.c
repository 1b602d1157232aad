#include "store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { N_BUCKETS = 4096 };

typedef struct entry entry;
struct entry {
    entry  *next;
    change *last;
};

struct store {
    pthread_mutex_t lock;
    uint64_t        n_changes;
    watcher        *watchers;
    entry          *buckets[N_BUCKETS];
};

static entry **find(store *s, const char *key)
{
    unsigned h = 2166136261U;
    entry  **e;

    for (const char *k = key; *k; k++)
        h = (h ^ (unsigned char)*k) * 16777619U;
    for (e = &s->buckets[h % N_BUCKETS]; *e && strcmp((*e)->last->key, key) != 0; e = &(*e)->next)
        ;
    return e;
}

// ---- changes -------------------------------------------------------------

static change *make_change(const char *key, const uint8_t *value, size_t len, bool is_deleted)
{
    size_t  key_size = strlen(key) + 1;
    change *c = malloc(sizeof *c + key_size + len);

    if (!c)
        return NULL;
    *c = (change){ .refs = 1, .is_deleted = is_deleted, .len = len };
    c->key = memcpy(c + 1, key, key_size);
    c->value = (uint8_t *)c->key + key_size;
    if (len)
        memcpy(c->value, value, len);
    return c;
}

static void unref(change *c)
{
    if (--c->refs == 0)
        free(c);
}

void change_unref(store *s, change *c)
{
    pthread_mutex_lock(&s->lock);
    unref(c);
    pthread_mutex_unlock(&s->lock);
}

// ---- watchers ------------------------------------------------------------

static void drop_queue(watcher *w)
{
    while (w->n > 0)
        unref(w->queue[(w->first + --w->n) % WATCH_QUEUE]);
}

// Who has missed a change gets none behind it: what it has seen is all there was, up to some point.
static void enqueue(watcher *w, change *c)
{
    if (w->is_too_slow || strncmp(c->key, w->prefix, strlen(w->prefix)) != 0)
        return;
    if (w->n == WATCH_QUEUE) {
        w->is_too_slow = true;
        drop_queue(w);
    } else {
        c->refs++;
        w->queue[(w->first + w->n++) % WATCH_QUEUE] = c;
    }
    if (w->n <= 1)  // who has more to take comes by itself
        w->wake(w->arg);
}

void store_watch(store *s, watcher *w)
{
    pthread_mutex_lock(&s->lock);
    w->store = s;
    w->link = &s->watchers;
    if ((w->next = s->watchers))
        w->next->link = &w->next;
    s->watchers = w;
    pthread_mutex_unlock(&s->lock);
}

void store_unwatch(watcher *w)
{
    pthread_mutex_lock(&w->store->lock);
    *w->link = w->next;
    if (w->next)
        w->next->link = w->link;
    drop_queue(w);
    pthread_mutex_unlock(&w->store->lock);
}

change *store_take(watcher *w, bool *ret_is_too_slow)
{
    change *c = NULL;

    pthread_mutex_lock(&w->store->lock);
    *ret_is_too_slow = w->is_too_slow;
    if (w->n > 0) {
        c = w->queue[w->first];
        w->first = (w->first + 1) % WATCH_QUEUE;
        w->n--;
    }
    pthread_mutex_unlock(&w->store->lock);
    return c;
}

// ---- keys and values -----------------------------------------------------

static void publish(store *s, change *c)
{
    c->number = ++s->n_changes;
    for (watcher *w = s->watchers; w; w = w->next)
        enqueue(w, c);
}

// Takes the reference of `c`, but not on failure.
static int replace(store *s, change *c)
{
    entry **e = find(s, c->key);

    if (!*e && !(*e = calloc(1, sizeof **e)))
        return -ENOMEM;
    publish(s, c);
    if ((*e)->last)
        unref((*e)->last);
    (*e)->last = c;
    return 0;
}

static int erase(store *s, change *c)
{
    entry **e = find(s, c->key), *old = *e;

    if (!old)
        return -ENOENT;
    publish(s, c);
    *e = old->next;
    unref(old->last);
    free(old);
    unref(c);
    return 0;
}

// Takes `c`, which may be NULL for want of memory.
static int apply(store *s, change *c, int (*fn)(store *, change *))
{
    int err;

    if (!c)
        return -ENOMEM;
    pthread_mutex_lock(&s->lock);
    if ((err = fn(s, c)) < 0)
        unref(c);
    pthread_mutex_unlock(&s->lock);
    return err;
}

int store_put(store *s, const char *key, const uint8_t *value, size_t len)
{
    return apply(s, make_change(key, value, len, false), replace);
}

int store_delete(store *s, const char *key)
{
    return apply(s, make_change(key, NULL, 0, true), erase);
}

change *store_get(store *s, const char *key)
{
    change *c = NULL;
    entry  *e;

    pthread_mutex_lock(&s->lock);
    if ((e = *find(s, key))) {
        c = e->last;
        c->refs++;
    }
    pthread_mutex_unlock(&s->lock);
    return c;
}

store *store_new(void)
{
    store *s = calloc(1, sizeof *s);

    if (s)
        pthread_mutex_init(&s->lock, NULL);
    return s;
}

void store_free(store *s)
{
    for (size_t i = 0; s && i < N_BUCKETS; i++) {
        for (entry *e; (e = s->buckets[i]);) {
            s->buckets[i] = e->next;
            unref(e->last);
            free(e);
        }
    }
    if (s)
        pthread_mutex_destroy(&s->lock);
    free(s);
}
