#include "transport/base/seldom_internal.h"

#include <tern/group.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "transport/base/socket_internal.h"

typedef struct member member;
struct member {
    tern_poller *poller;
    pthread_t    thread;
    bool         has_thread;
    bool         is_given;
    atomic_uint  n_coming;  // descriptors posted to the poller and not arrived yet
};

struct tern_group {
    unsigned n;
    member   members[];
};

typedef struct delivery delivery;
struct delivery {
    tern_task         task;
    member           *to;
    int               fd;
    tern_group_fd_fn *fn;
    void             *arg;
};

static void *run_member(void *arg)
{
    member *m = arg;
    int     err = tern_poller_run(m->poller);

    if (err < 0)
        tern_log(TERN_LOG_ERROR, "a poller of a group has died, the others go on: %s",
                 strerror(-err));
    return NULL;
}

static unsigned count_processors(cpu_set_t *ret_set)
{
    CPU_ZERO(ret_set);
    if (sched_getaffinity(0, sizeof *ret_set, ret_set) < 0)
        CPU_SET(0, ret_set);
    return (unsigned)CPU_COUNT(ret_set);
}

static void pin(pthread_t thread, const cpu_set_t *allowed, unsigned i)
{
    cpu_set_t one;
    unsigned  wanted = i % (unsigned)CPU_COUNT(allowed);

    CPU_ZERO(&one);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && wanted-- == 0)
            CPU_SET(cpu, &one);
    (void)pthread_setaffinity_np(thread, sizeof one, &one);  // a wish
}

static int start_thread(member *m)
{
    sigset_t all, before;
    int      err;

    sigfillset(&all);  // signals are for the program's own threads
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&m->thread, NULL, run_member, m);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    m->has_thread = err == 0;
    return -err;
}

static int start_member(tern_group *g, unsigned i, const tern_group_opts *opts)
{
    member *m = &g->members[i];

    if (opts->n_given) {
        m->poller = opts->given[i];
        m->is_given = true;
        return 0;
    }
    if (!(m->poller = tern_poller_new(&(tern_poller_opts){ .backend = opts->backend })))
        return -ENOMEM;
    return i == 0 && opts->is_first_driven_by_caller ? 0 : start_thread(m);
}

int tern_group_new_sized(const tern_group_opts *given, tern_group **ret_group, uint64_t sizes)
{
    cpu_set_t       allowed;
    unsigned        n = count_processors(&allowed);
    tern_group     *g;
    tern_group_opts opts;
    int             err;

    if ((err = tern_opts_read(&opts, sizeof opts, given, tern_size_at(sizes, 0))) < 0)
        return err;
    if (opts.n_given)
        n = opts.n_given;
    else if (opts.n_pollers)
        n = opts.n_pollers;
    if (n > TERN_MAX_POLLERS)
        return -EINVAL;
    if (!(g = tern_mem_zalloc(sizeof *g + n * sizeof *g->members)))
        return -ENOMEM;
    g->n = n;
    for (unsigned i = 0; i < n; i++) {
        if ((err = start_member(g, i, &opts)) < 0)
            goto fail;
        if (opts.is_pinned && g->members[i].has_thread)
            pin(g->members[i].thread, &allowed, i);
    }
    *ret_group = g;
    return 0;
fail:
    tern_group_free(g);
    return err;
}

void tern_group_free(tern_group *g)
{
    if (!g)
        return;
    for (unsigned i = 0; i < g->n; i++)
        if (g->members[i].has_thread && tern_poller_is_inherited(g->members[i].poller))
            g->members[i].has_thread = false;  // it is the parent's; others' pollers may be gone
    for (unsigned i = 0; i < g->n; i++)
        if (g->members[i].has_thread)
            tern_poller_stop(g->members[i].poller);
    for (unsigned i = 0; i < g->n; i++)
        if (g->members[i].has_thread) {
            TERN_ASSERT(!pthread_equal(g->members[i].thread, pthread_self()));
            pthread_join(g->members[i].thread, NULL);
        }
    for (unsigned i = 0; i < g->n; i++)
        if (!g->members[i].is_given)
            tern_poller_free(g->members[i].poller);
    tern_mem_free(g);
}

unsigned tern_group_size(const tern_group *g) { return g->n; }

tern_poller *tern_group_get(const tern_group *g, unsigned i)
{
    TERN_ASSERT(i < g->n);
    return g->members[i].poller;
}

static unsigned load_of(member *m)
{
    return tern_poller_n_operators(m->poller) + (unsigned)atomic_load(&m->n_coming);
}

static member *least_loaded(tern_group *g)
{
    member  *best = &g->members[0];
    unsigned least = load_of(best);

    for (unsigned i = 1; i < g->n && least > 0; i++) {
        unsigned load = load_of(&g->members[i]);

        if (load < least) {
            least = load;
            best = &g->members[i];
        }
    }
    return best;
}

static void deliver(tern_task *task)
{
    delivery *d = TERN_CONTAINER_OF(task, delivery, task);

    TERN_DEBUG_ASSERT(atomic_load(&d->to->n_coming) > 0);
    d->fn(d->to->poller, d->fd, d->arg);
    atomic_fetch_sub(&d->to->n_coming, 1);
    tern_mem_free(d);
}

int tern_group_give(tern_group *g, int fd, tern_group_fd_fn *fn, void *arg)
{
    member   *to = least_loaded(g);
    delivery *d;

    if (to->poller == tern_poller_current()) {
        fn(to->poller, fd, arg);
        return 0;
    }
    if (!(d = tern_mem_alloc(sizeof *d))) {
        terni_socket_close(fd);
        return -ENOMEM;
    }
    *d = (delivery){ .task.run = deliver, .to = to, .fd = fd, .fn = fn, .arg = arg };
    atomic_fetch_add(&to->n_coming, 1);
    tern_poller_post(to->poller, &d->task);
    return 0;
}
