// kv_crowd crowd N_WATCHERS N_CHANGES: watchers on one connection, each of which has to see every change.
// kv_crowd sloth: a watcher that reads too late is told so, and has seen all up to there.
// The address is in $KV_ADDRESS.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kv.tern.h"

#define CHECK(cond) ((cond) ? (void)0 : die(#cond, __LINE__))

static void die(const char *cond, int line)
{
    fprintf(stderr, "kv_crowd.c:%d: not so: %s\n", line, cond);
    exit(1);
}

// ---- crowd ---------------------------------------------------------------

static size_t n_watching, n_seen, n_ended, n_put;

typedef struct watcher watcher;
struct watcher {
    bool     is_watching;
    uint64_t last;  // number of the change before
};

static void on_change(const kv_change *c, void *arg)
{
    watcher *w = arg;

    if (!w->is_watching) {
        CHECK(c->number == 0);
        w->is_watching = true;
        n_watching++;
        return;
    }
    CHECK(w->last == 0 || c->number == w->last + 1);
    w->last = c->number;
    n_seen++;
}

static void on_end(tern_status st, void *arg)
{
    (void)arg;
    CHECK(st.code == TERN_CANCELLED);
    n_ended++;
}

static void on_put(tern_status st, const kv_put_reply *reply, void *arg)
{
    (void)reply;
    (void)arg;
    CHECK(st.code == TERN_OK);
    n_put++;
}

static void run_until(tern_poller *poller, const size_t *n, size_t wanted)
{
    while (*n < wanted)
        CHECK(tern_poller_step(poller, -1) >= 0);
    CHECK(*n == wanted);
}

static int crowd(size_t n_watchers, size_t n_changes)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    TERN_AUTO(tern_channel) *ch =
        tern_connect(getenv("KV_ADDRESS"), &(tern_channel_opts){ .poller = poller });
    watcher *watchers = calloc(n_watchers, sizeof *watchers);

    for (size_t i = 0; i < n_watchers; i++)
        kv_store_watch_async(
            ch, KV_WATCH_REQUEST(.prefix = "crowd/"), &(tern_call_opts){ .cancel = cancel },
            &(kv_store_watch_events){ .message = on_change, .end = on_end }, &watchers[i]);
    run_until(poller, &n_watching, n_watchers);
    for (size_t i = 0; i < n_changes; i++) {
        kv_store_put_async(ch, KV_PUT_REQUEST(.key = "crowd/key"), NULL, on_put, NULL);
        run_until(poller, &n_put, i + 1);
    }
    run_until(poller, &n_seen, n_watchers * n_changes);
    tern_cancel_fire(cancel);
    run_until(poller, &n_ended, n_watchers);
    free(watchers);
    printf("%zu watchers have seen %zu changes each\n", n_watchers, n_changes);
    return 0;
}

// ---- sloth ---------------------------------------------------------------

// More than the stream's window and the server's queue have room for.
static void put_much(tern_channel *ch)
{
    static uint8_t value[16 * 1024];

    for (int i = 0; i < 500; i++) {
        TERN_AUTO(kv_put_reply) *reply = NULL;
        CHECK(kv_store_put(ch, KV_PUT_REQUEST(.key = "sloth/key", .value = { sizeof value, value }),
                           NULL, &reply)
                  .code == TERN_OK);
    }
}

// At most `n` more. Returns how many there were; *last is the number of the last one.
static size_t read_changes(kv_store_watch_stream *w, size_t n, uint64_t *last)
{
    const kv_change *c;
    size_t           n_read;

    for (n_read = 0; n_read < n && (c = kv_store_watch_next(w)); n_read++) {
        CHECK(*last == 0 || c->number == *last + 1);
        *last = c->number;
    }
    return n_read;
}

static int sloth(void)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(getenv("KV_ADDRESS"), NULL);
    TERN_AUTO(tern_channel) *other = tern_connect(getenv("KV_ADDRESS"), NULL);
    TERN_AUTO(kv_store_watch_stream) *w =
        kv_store_watch(ch, KV_WATCH_REQUEST(.prefix = "sloth/"), NULL);
    uint64_t    last = 0;
    size_t      n;
    tern_status st;

    CHECK(kv_store_watch_next(w));
    put_much(other);
    n = read_changes(w, 8, &last);  // makes room, but some have been lost already
    put_much(other);
    n += read_changes(w, SIZE_MAX, &last);
    st = kv_store_watch_status(w);
    CHECK(n > 8 && n < 1000);
    printf("%s: %s\n", tern_code_name(st.code), st.msg);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "crowd") == 0)
        return crowd(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
    return argc == 2 && strcmp(argv[1], "sloth") == 0 ? sloth() : 2;
}
