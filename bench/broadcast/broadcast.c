// One message to many watchers: a loop that wakes each, whose `ready` pushes it, and tern_broadcast_send. A server with
// one poller, and a client that reads all, on threads of this process. What is measured is the processor's time of the
// server's thread for each message to each watcher.
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tern/broadcast.h>

#include "news.tern.h"

enum { N_MESSAGES = 50 };

static news_item item;

static atomic_size_t n_watching, n_read;

// ---- one by one ----------------------------------------------------------

typedef struct watcher watcher;
struct watcher {
    news_news_one_by_one_out *out;
    watcher                  *next;
    bool                      is_due;
};

static watcher *watchers;  // the poller's until all watch

static void push_one(news_news_one_by_one_out *out)
{
    watcher *w = out->state;

    if (!w->out) {
        w->out = out;
        w->next = watchers;
        watchers = w;
        atomic_fetch_add(&n_watching, 1);
    } else if (w->is_due) {
        w->is_due = false;
        news_news_one_by_one_push(out, &item);
    }
}

typedef struct round_of round_of;
struct round_of {
    tern_task task;
};

// On the poller, as a program would whose watchers are in a list there.
static void wake_all(tern_task *task)
{
    (void)task;
    for (watcher *w = watchers; w; w = w->next) {
        w->is_due = true;
        news_news_one_by_one_wake(w->out);
    }
}

// ---- at once -------------------------------------------------------------

static tern_broadcast *all;

static void join(news_news_at_once_out *out)
{
    tern_broadcast_member *m = out->state;
    bool                   is_new = !m->room_;

    tern_broadcast_ready(all, m, out);
    if (is_new)
        atomic_fetch_add(&n_watching, 1);
}

static void leave(news_news_at_once_out *out, tern_status st)
{
    (void)st;
    tern_broadcast_leave(out->state);
}

// ---- the client ----------------------------------------------------------

static void on_item(const news_item *i, void *arg)
{
    (void)i;
    (void)arg;
    atomic_fetch_add_explicit(&n_read, 1, memory_order_relaxed);
}

static void on_end(tern_status st, void *arg)
{
    (void)arg;
    if (st.code != TERN_CANCELLED && st.code != TERN_UNAVAILABLE)
        errx(1, "%s", st.msg);
}

// ---- measuring -----------------------------------------------------------

static void *drive(void *poller)
{
    if (tern_poller_run(poller) < 0)
        errx(1, "the server's poller fails");
    return NULL;
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void until(tern_poller *client, atomic_size_t *n, size_t wanted)
{
    while (atomic_load(n) < wanted)
        (void)!tern_poller_step(client, 1);
}

static double measure(tern_poller *client, tern_poller *server, pthread_t thread, size_t n,
                      bool at_once)
{
    round_of  r = { .task.run = wake_all };
    clockid_t clock;
    double    before;

    pthread_getcpuclockid(thread, &clock);
    atomic_store(&n_read, 0);
    before = seconds(clock);
    for (size_t i = 1; i <= N_MESSAGES; i++) {
        if (!at_once)
            tern_poller_post(server, &r.task);
        else if (tern_broadcast_send(all, &item) < 0)
            errx(1, "cannot send");
        until(client, &n_read, i * n);
    }
    return (seconds(clock) - before) / (double)(N_MESSAGES * n) * 1e9;
}

int main(int argc, char **argv)
{
    size_t            n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    tern_poller      *server = tern_poller_new(NULL), *client = tern_poller_new(NULL);
    tern_server      *srv = tern_listen("unix:@tern-bench-broadcast", NULL);
    tern_channel_opts opts = { .poller = client, .n_connections = 4, .timeout_ms = -1 };
    tern_channel     *ch = tern_connect("unix:@tern-bench-broadcast", &opts);
    pthread_t         thread;
    double            one_by_one, at_once;

    item = *NEWS_ITEM(.number = 1234567, .title = "the terns are back from the other pole");
    all = tern_broadcast_new(&news_item_descriptor, &(tern_broadcast_opts){ .max_behind = 64 });
    news_news_register(srv,
                       &(news_news_handlers){
                           .one_by_one_async = { .ready = push_one, .state_size = sizeof(watcher) },
                           .at_once_async = { .ready = join,
                                              .end = leave,
                                              .state_size = sizeof(tern_broadcast_member) } },
                       NULL);
    if (tern_report(tern_server_start(srv, &server, 1)) ||
        pthread_create(&thread, NULL, drive, server))
        return 1;
    for (size_t i = 0; i < n; i++)
        news_news_one_by_one_async(ch, NEWS_WATCHING(), NULL,
                                   &(news_news_one_by_one_events){ on_item, on_end }, NULL);
    until(client, &n_watching, n);
    one_by_one = measure(client, server, thread, n, false);
    for (size_t i = 0; i < n; i++)
        news_news_at_once_async(ch, NEWS_WATCHING(), NULL,
                                &(news_news_at_once_events){ on_item, on_end }, NULL);
    until(client, &n_watching, 2 * n);
    at_once = measure(client, server, thread, n, true);
    printf(
        "%zu watchers, of the server's thread for each message to each: one by one %.0f ns, at once %.0f ns\n",
        n, one_by_one, at_once);
    return 0;
}
