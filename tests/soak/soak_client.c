// soak_client CERTS|- TIMEOUT_MS ADDRESS...: calls of all kinds to each address, from fibers and from a plain thread, until
// stdin ends. What ends otherwise than a call without a fault must is a line of its own:
//
//   failed TARGET KIND BEGAN_S ENDED_S CODE MESSAGE
//
// TARGET counts the addresses; times are CLOCK_MONOTONIC's. On stdin: "pause" (its answer comes when no call is in
// progress), "go", "figures"; each answers with one line of figures.
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tern/fiber.h>
#include <tern/group.h>
#include <tern/task.h>

#include "tests/soak/figures.h"
#include "tests/soak/kinds.h"
#include "tests/soak/party.h"

enum {
    MAX_TARGETS = 16,
    FIBERS = 6,  // for each target
    WORKERS = FIBERS + 1,
    N_POLLERS = 2,
    MAX_THINK_MS = 8,
    PAUSE_MS = 20,
};

typedef struct worker worker;
struct worker {
    caller    caller;
    int       target;
    tern_task start;   // a fiber; or
    pthread_t thread;  // a plain one
};

static struct {
    tern_channel *channels[MAX_TARGETS];
    worker        workers[MAX_TARGETS * WORKERS];
    unsigned      n_targets;
    atomic_uint   n_active, n_workers;
    atomic_bool   is_paused, is_over;
    atomic_size_t n_ended, n_right, n_failed, n_wrong;
    atomic_size_t n_well[MAX_TARGETS];  // calls of each that ended with TERN_OK
} soak;

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// ---- workers -------------------------------------------------------------

// One printf each, which locks: lines stay whole.
static void judge(const worker *w, const kind *k, double began_s, const outcome *out)
{
    soak.n_ended++;
    soak.n_well[w->target] += out->st.code == TERN_OK && !out->is_wrong;
    if (!out->is_wrong && out->st.code == out->wanted) {
        soak.n_right++;
        return;
    }
    *(out->is_wrong ? &soak.n_wrong : &soak.n_failed) += 1;
    printf("%s %d %s %.6f %.6f %s %s\n", out->is_wrong ? "wrong" : "failed", w->target, k->name,
           began_s, now_s(), tern_code_name(out->st.code), out->st.msg);
    (void)!tern_fiber_sleep(PAUSE_MS * UINT64_C(1000000));
}

static void call_once(worker *w)
{
    const kind *k = &kinds[kinds_random(&w->caller, n_kinds)];
    double      began_s = now_s();
    outcome     out = k->run(&w->caller);

    judge(w, k, began_s, &out);
}

static void work(void *arg)
{
    worker *w = arg;

    while (!soak.is_over) {
        uint32_t ms = kinds_random(&w->caller, MAX_THINK_MS);

        soak.n_active++;  // first, so that who pauses sees it
        if (!soak.is_paused)
            call_once(w);
        else
            ms = PAUSE_MS;
        soak.n_active--;
        (void)!tern_fiber_sleep(ms * UINT64_C(1000000));  // nobody cancels it
    }
    soak.n_workers--;
}

static void *work_on_thread(void *arg)
{
    work(arg);
    return NULL;
}

static void work_on_fiber(tern_task *task)
{
    worker *w = TERN_CONTAINER_OF(task, worker, start);

    if (tern_fiber_spawn(tern_poller_current(), work, w, NULL, NULL) < 0)
        errx(1, "no memory for a fiber");
}

static bool has_thread(unsigned i) { return i % WORKERS == FIBERS; }

static void start_worker(tern_group *group, unsigned i, int64_t timeout_ms)
{
    worker *w = &soak.workers[i];

    w->target = (int)(i / WORKERS);
    w->caller = (caller){ soak.channels[w->target], timeout_ms, 0x9e3779b9U * (i + 1) };
    w->start.run = work_on_fiber;
    soak.n_workers++;
    if (!has_thread(i))
        tern_poller_post(tern_group_get(group, i % N_POLLERS), &w->start);
    else if (pthread_create(&w->thread, NULL, work_on_thread, w) != 0)
        errx(1, "no memory for a thread");
}

// ---- orders --------------------------------------------------------------

static void print_well(char *to, size_t size)
{
    int len = 0;

    for (unsigned i = 0; i < soak.n_targets; i++)
        len +=
            snprintf(to + len, size - (size_t)len, "%s%zu", i ? ", " : "", (size_t)soak.n_well[i]);
}

static void say_figures(void)
{
    char more[768], well[MAX_TARGETS * 22];

    print_well(well, sizeof well);
    snprintf(more, sizeof more,
             "\"n_well\": [%s], "
             "\"n_ended\": %zu, \"n_right\": %zu, \"n_failed\": %zu, \"n_wrong\": %zu, "
             "\"n_begun\": %llu, \"n_called_back\": %llu, ",
             well, (size_t)soak.n_ended, (size_t)soak.n_right, (size_t)soak.n_failed,
             (size_t)soak.n_wrong, (unsigned long long)kinds_n_begun(),
             (unsigned long long)kinds_n_called_back());
    figures_say(more);
}

static void await(const atomic_uint *none)
{
    while (*none)
        usleep(1000);
}

static void obey(const char *order)
{
    if (strcmp(order, "pause\n") == 0) {
        soak.is_paused = true;
        await(&soak.n_active);
    } else if (strcmp(order, "go\n") == 0) {
        soak.is_paused = false;
    }
    say_figures();
}

// ---- beginning and end ---------------------------------------------------

static void connect_all(int n, char **addresses, const char *certs)
{
    tern_filter_source filters = { 0 };
    tern_channel_opts  opts = { .keepalive_ms = 5000, .keepalive_timeout_ms = 5000 };

    if (strcmp(certs, "-") != 0) {
        filters = party_filters(certs);
        opts.filters = &filters;
    }
    if (n < 1 || n > MAX_TARGETS)
        errx(2, "%d addresses", n);
    soak.n_targets = (unsigned)n;
    for (int i = 0; i < n; i++)
        soak.channels[i] = tern_connect(addresses[i], &opts);
}

static void end_all(tern_group *group)
{
    soak.is_over = true;
    await(&soak.n_workers);
    for (unsigned i = 0; i < soak.n_targets * WORKERS; i++)
        if (has_thread(i))
            pthread_join(soak.workers[i].thread, NULL);
    for (unsigned i = 0; i < soak.n_targets; i++)
        tern_channel_free(soak.channels[i]);
    tern_group_free(group);
    party_done();
}

int main(int argc, char **argv)
{
    char        line[64];
    tern_group *group;

    if (argc < 4)
        errx(2, "soak_client CERTS|- TIMEOUT_MS ADDRESS...");
    setvbuf(stdout, NULL, _IOLBF, 0);
    figures_install();
    if (tern_group_new(&(tern_group_opts){ .n_pollers = N_POLLERS }, &group) < 0)
        errx(1, "no poller");
    connect_all(argc - 3, argv + 3, argv[1]);
    for (unsigned i = 0; i < soak.n_targets * WORKERS; i++)
        start_worker(group, i, strtol(argv[2], NULL, 10));
    while (fgets(line, sizeof line, stdin))
        obey(line);
    end_all(group);
    say_figures();
    if (figures_n_live() > FIGURES_KEPT)
        errx(1, "%zu allocations left", figures_n_live());
    return 0;
}
