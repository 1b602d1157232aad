#include "rpc/base/seldom_internal.h"

#include "rpc/server/server_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/base/opts_internal.h"
#include "rpc/call/waiter_internal.h"
#include "rpc/server/fiber_handler_internal.h"
#include "rpc/session/protocols_internal.h"
#include "rpc/session/target_internal.h"

enum {
    DEFAULT_GRACE_MS = 10 * 1000,
};

static tern_server dead_server = {
    .status = { TERN_RESOURCE_EXHAUSTED, "out of memory for the server" },
};

static void note_failure(tern_server *srv, tern_status st)
{
    if (srv->status.code == TERN_OK)
        srv->status = st;
}

// ---- forks ---------------------------------------------------------------

// After the start, in the child of a fork(): the parent goes on serving. The pollers would know, too, but may be gone.
static bool is_inherited(const tern_server *srv)
{
    return srv->workers && srv->process != getpid();
}

static tern_status inherited(void)
{
    return tern_status_make(TERN_FAILED_PRECONDITION,
                            "fork(): the server is the parent's, which goes on with it");
}

// ---- workers -------------------------------------------------------------

static void on_worker_stopped(void *server)
{
    tern_server *srv = server;

    pthread_mutex_lock(&srv->lock);
    TERN_ASSERT(srv->n_running > 0);
    if (--srv->n_running == 0) {
        srv->state = TERNI_SERVER_STOPPED;
        terni_watchdog_stop(srv->watchdog);
        pthread_cond_broadcast(&srv->has_stopped);
        if (srv->main_poller)
            tern_poller_stop(srv->main_poller);
    }
    pthread_mutex_unlock(&srv->lock);
}

// ---- accepting -----------------------------------------------------------

static void adopt(tern_poller *poller, int fd, void *arg)
{
    const terni_port *port = arg;
    tern_server      *srv = port->server;
    unsigned          i = 0;

    while (i < srv->n_workers && srv->workers[i].poller != poller)
        i++;
    TERN_ASSERT(i < srv->n_workers);  // each poller of the group has one
    terni_worker_adopt(&srv->workers[i], fd, port->is_tls);
}

static void on_accept(tern_listener *l, int fd, void *arg)
{
    terni_port  *port = arg;
    tern_server *srv = port->server;

    (void)l;
    if (srv->state != TERNI_SERVER_RUNNING) {  // another of its addresses was not to be had
        close(fd);
        return;
    }
    if (!terni_quota_take(&srv->policy.connections, 1)) {
        tern_log(TERN_LOG_WARNING, "a connection is refused: max_connections (%u) are open",
                 (unsigned)srv->policy.connections.max);
        close(fd);
        return;
    }
    if (tern_group_give(srv->group, fd, adopt, port) < 0) {
        terni_quota_give(&srv->policy.connections, 1);
        tern_log(TERN_LOG_WARNING, "a connection is refused: out of memory");
    }
}

// As a client writes it.
static void keep_address(tern_server *srv, const terni_port *port)
{
    const char *address = tern_listener_address(port->listener);
    bool        is_tcp = *address == 't';
    const char *tls = is_tcp ? "tls" : "tls+";

    snprintf(srv->address, sizeof srv->address, "%s%s", port->is_tls ? tls : "",
             port->is_tls && is_tcp ? strchr(address, ':') : address);
}

// A port none of whose connections could have a filter is not opened: the program hears why at once.
static bool can_filter(tern_server *srv, const char *address)
{
    const tern_filter_source *source = &srv->policy.filters;
    tern_conn_filter         *filter;
    tern_status               st = tern_status_make(TERN_INVALID_ARGUMENT,
                                                    "TLS wants tern_server_opts.filters: see <tern/tls.h>");

    if (source->make)
        st = terni_filter_source_ask(source, /* host= */ NULL, terni_protocols_alpn(), &filter);
    if (st.code == TERN_OK) {
        filter->ops->free(filter);
        return true;
    }
    note_failure(srv, tern_status_make(st.code, "cannot listen on \"%s\": %s", address, st.msg));
    return false;
}

static bool listen_on(tern_server *srv, const char *address)
{
    terni_port *port = &srv->ports[srv->n_ports];
    char        room[TERN_MAX_ADDRESS];
    const char *socket, *why = NULL;
    int         err;

    if (srv->n_ports == TERNI_MAX_LISTENERS) {
        note_failure(srv,
                     tern_status_make(TERN_INVALID_ARGUMENT, "more than %d addresses to listen on",
                                      TERNI_MAX_LISTENERS));
        return false;
    }
    port->server = srv;
    socket = terni_target_socket(address, room, &port->is_tls);
    if (port->is_tls && !can_filter(srv, address))
        return false;
    err =
        tern_listener_new(srv->workers[0].poller, socket, &(tern_listener_opts){ .ret_why = &why },
                          on_accept, port, &port->listener);
    if (err < 0) {
        note_failure(srv, tern_status_make(
                              err == -EINVAL ? TERN_INVALID_ARGUMENT : TERN_UNAVAILABLE,
                              "cannot listen on \"%s\": %s", address, why ? why : strerror(-err)));
        return false;
    }
    if (srv->n_ports++ == 0)
        keep_address(srv, port);
    return true;
}

static void close_ports(tern_server *srv)
{
    for (unsigned i = 0; i < srv->n_ports; i++)
        tern_listener_close(srv->ports[i].listener);
    srv->n_ports = 0;
}

// Before anybody can have come, whose handler may stop it.
static void note_running(tern_server *srv)
{
    pthread_mutex_lock(&srv->lock);
    srv->state = TERNI_SERVER_RUNNING;
    pthread_mutex_unlock(&srv->lock);
    atomic_store(&srv->is_stopping, false);
}

static bool listen_on_all(tern_server *srv)
{
    char *rest = srv->addresses, *address;

    while ((address = strsep(&rest, ",")))
        if (!listen_on(srv, address)) {
            close_ports(srv);
            return false;
        }
    note_running(srv);
    return true;
}

// The same on the first poller, which holds the listeners: a thread of the program's may drive it already.
typedef struct listening listening;
struct listening {
    tern_server *server;
    tern_task    task;
    terni_waiter waiter;
    bool         has_succeeded;
};

static void run_listening(tern_task *task)
{
    listening *l = TERN_CONTAINER_OF(task, listening, task);

    l->has_succeeded = listen_on_all(l->server);
    terni_waiter_wake(&l->waiter);
}

static bool listen_over_there(tern_server *srv)
{
    tern_poller *poller = srv->workers[0].poller;
    listening    l = { .server = srv, .task.run = run_listening };

    if (poller == tern_poller_current())
        return listen_on_all(srv);
    terni_waiter_init(&l.waiter, poller, /* is_private= */ false);
    tern_poller_post(poller, &l.task);
    if (terni_waiter_wait_anyway(&l.waiter, "the listeners"))
        tern_fiber_cancel(tern_fiber_current());
    terni_waiter_done(&l.waiter);
    return l.has_succeeded;
}

// ---- starting ------------------------------------------------------------

static bool make_workers(tern_server *srv, tern_poller *const *pollers, unsigned n)
{
    int64_t grace_ms = srv->opts.grace_ms ? srv->opts.grace_ms : DEFAULT_GRACE_MS;

    srv->workers = tern_mem_zalloc(n * sizeof *srv->workers);
    if (!srv->workers) {
        note_failure(srv, tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory"));
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        srv->workers[i] = (terni_worker){ .poller = pollers[i],
                                          .policy = &srv->policy,
                                          .account = &srv->account,
                                          .grace_ms = grace_ms,
                                          .stopped = on_worker_stopped,
                                          .owner = srv };
        terni_worker_init(&srv->workers[i]);
    }
    srv->n_workers = srv->n_running = n;
    srv->process = getpid();
    return true;
}

static bool make_group(tern_server *srv, tern_poller *const *pollers, size_t n_pollers)
{
    const tern_group_opts opts = { .n_pollers = srv->opts.n_pollers,
                                   .is_first_driven_by_caller = true,
                                   .given = pollers,
                                   .n_given = (unsigned)n_pollers };
    tern_poller          *all[TERN_MAX_POLLERS];
    int                   err;

    if ((err = tern_group_new(&opts, &srv->group)) < 0) {
        note_failure(srv, tern_status_make(TERN_RESOURCE_EXHAUSTED, "cannot make the pollers: %s",
                                           strerror(-err)));
        return false;
    }
    for (unsigned i = 0; i < tern_group_size(srv->group); i++)
        all[i] = tern_group_get(srv->group, i);
    if (!n_pollers)
        srv->main_poller = all[0];
    return make_workers(srv, all, tern_group_size(srv->group));
}

static int add_to_health(void *health, const tern_service *service)
{
    return terni_health_add(health, service->name);
}

// A program's own comes first.
static bool add_health(tern_server *srv)
{
    const tern_service_opts opts = { .user_data = &srv->health };
    tern_status             st;

    if (srv->opts.no_health || terni_registry_has(&srv->policy.registry, terni_health_service.name))
        return true;
    if (terni_health_add(&srv->health, "") < 0 ||
        terni_registry_visit(&srv->policy.registry, add_to_health, &srv->health) < 0) {
        note_failure(srv, tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory"));
        return false;
    }
    if (terni_registry_add(&srv->policy.registry, &terni_health_service, terni_health_handlers,
                           &opts, &st))
        return true;
    note_failure(srv, st);
    return false;
}

// ---- additions -----------------------------------------------------------

bool terni_server_add(tern_server *srv, terni_server_addition *addition)
{
    if (srv == &dead_server)
        return false;
    if (!addition) {
        note_failure(srv, tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory"));
        return false;
    }
    addition->next = srv->additions;
    srv->additions = addition;
    return true;
}

static bool start_additions(tern_server *srv)
{
    for (terni_server_addition *a = srv->additions; a; a = a->next)
        if (a->start(a, &srv->policy.registry) < 0) {
            note_failure(srv, tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory"));
            return false;
        }
    return true;
}

static void run_additions(tern_task *task)
{
    tern_server *srv = TERN_CONTAINER_OF(task, tern_server, run_task);

    for (terni_server_addition *a = srv->additions; a; a = a->next)
        if (a->run)
            a->run(a);
}

static void stop_additions(tern_server *srv)
{
    for (terni_server_addition *a = srv->additions; a; a = a->next)
        if (a->stop)
            a->stop(a);
}

static void free_additions(tern_server *srv)
{
    for (terni_server_addition *a; (a = srv->additions);) {
        srv->additions = a->next;
        a->free(a);
    }
}

void tern_server_set_health(tern_server *srv, const char *service, bool is_serving)
{
    if (srv != &dead_server && terni_health_set(&srv->health, service, is_serving) < 0)
        tern_log(TERN_LOG_WARNING, "the health of `%s` is not told: out of memory", service);
}

// Unless a handler has stopped the server already: then nobody would end it.
static void start_watchdog(tern_server *srv)
{
    pthread_mutex_lock(&srv->lock);
    if (srv->opts.watchdog_ms && !atomic_load(&srv->is_stopping))
        srv->watchdog = terni_watchdog_start(srv->workers, srv->n_workers, srv->opts.watchdog_ms);
    pthread_mutex_unlock(&srv->lock);
}

bool terni_server_begin(tern_server *srv, tern_poller *const *pollers, size_t n_pollers)
{
    if (srv == &dead_server || srv->status.code != TERN_OK)
        return false;
    if (srv->state != TERNI_SERVER_NEW) {
        note_failure(srv,
                     tern_status_make(TERN_FAILED_PRECONDITION, "the server was started before"));
        return false;
    }
    terni_policy_set_windows(&srv->policy);
    if (!add_health(srv) || !start_additions(srv) || !make_group(srv, pollers, n_pollers))
        return false;
    if (!(n_pollers ? listen_over_there(srv) : listen_on_all(srv)))
        return false;
    start_watchdog(srv);
    if (srv->additions)
        tern_poller_post(srv->workers[0].poller, &srv->run_task);
    return true;
}

// ---- stopping ------------------------------------------------------------

static void stop_all(tern_task *task)
{
    tern_server *srv = TERN_CONTAINER_OF(task, tern_server, stop_task);

    TERN_ASSERT(atomic_load(&srv->is_stopping) && srv->workers);
    close_ports(srv);
    stop_additions(srv);
    if (srv->opts.on_draining)
        srv->opts.on_draining(srv, srv->opts.on_draining_arg);
    terni_health_stop(&srv->health);
    for (unsigned i = 0; i < srv->n_workers; i++)
        terni_worker_stop(&srv->workers[i]);
}

void tern_server_stop(tern_server *srv)
{
    if (srv == &dead_server || !srv->workers || is_inherited(srv) ||
        atomic_exchange(&srv->is_stopping, true))
        return;
    tern_poller_post(srv->workers[0].poller, &srv->stop_task);
}

// What handlers did on other threads has happened: the program may free what they used. The last of the workers stops the
// main poller with the lock in its hands.
static void see_what_others_did(tern_server *srv)
{
    pthread_mutex_lock(&srv->lock);
    pthread_mutex_unlock(&srv->lock);
}

void terni_server_settle(tern_server *srv)
{
    if (is_inherited(srv))  // a handler has forked, and this is the child
        note_failure(srv, inherited());
    else
        see_what_others_did(srv);
}

// ---- in pieces -----------------------------------------------------------

static void *drive_main_poller(void *poller)
{
    (void)!tern_poller_run(poller);  // as above
    return NULL;
}

// Signals are the program's business: none is to find this thread.
static void start_main_thread(tern_server *srv)
{
    sigset_t all, before;
    int      err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&srv->main_thread, NULL, drive_main_poller, srv->main_poller);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    srv->has_main_thread = err == 0;
    if (err)
        note_failure(srv, tern_status_make(TERN_RESOURCE_EXHAUSTED, "cannot start a thread: %s",
                                           strerror(err)));
}

tern_status tern_server_start(tern_server *srv, tern_poller *const *pollers, size_t n_pollers)
{
    if (terni_server_begin(srv, pollers, n_pollers) && n_pollers == 0)
        start_main_thread(srv);
    return srv->status;
}

// ---- life ----------------------------------------------------------------

// How client code finds the call that it acts on behalf of.
static terni_parent *current_parent(void)
{
    tern_ctx *ctx = terni_fiber_handler_current();

    return ctx ? &ctx->as_parent : NULL;
}

static terni_parent *parent_of(tern_ctx *ctx) { return &ctx->as_parent; }

static const terni_parent_source parent_source = { current_parent, parent_of };

tern_server *tern_listen_sized(const char *addresses, const tern_server_opts *opts, uint64_t sizes)
{
    tern_server *srv = tern_mem_zalloc(sizeof *srv);
    int          err;

    if (!srv)
        return &dead_server;
    if ((err = tern_opts_read(&srv->opts, sizeof srv->opts, opts, tern_size_at(sizes, 0))) < 0)
        note_failure(srv, terni_opts_refusal(err, "tern_server_opts"));
    note_failure(srv, terni_policy_init(&srv->policy, &srv->opts, sizes));
    terni_account_init(&srv->account, &srv->policy.memory);
    terni_health_init(&srv->health);
    srv->stop_task.run = stop_all;
    srv->run_task.run = run_additions;
    terni_parent_set_source(&parent_source);
    terni_fiber_handler_name_fibers();
    pthread_mutex_init(&srv->lock, NULL);
    pthread_cond_init(&srv->has_stopped, NULL);
    atomic_init(&srv->is_stopping, true);
    if (!(srv->addresses = tern_mem_strdup(addresses ? addresses : "")))
        note_failure(srv, dead_server.status);
    return srv;
}

static void register_service(tern_server *srv, const tern_service *service, const void *handlers,
                             const tern_service_opts *given, uint64_t sizes)
{
    tern_service_opts opts;
    void             *limits;
    tern_status       st;
    int               err = tern_opts_read(&opts, sizeof opts, given, tern_size_at(sizes, 0));

    if (err < 0) {
        note_failure(srv, terni_opts_refusal(err, "tern_service_opts"));
        return;
    }
    err = terni_opts_read_array(&limits, sizeof *opts.limits, opts.limits, tern_size_at(sizes, 1),
                                opts.n_limits);
    if (err < 0) {
        note_failure(srv, terni_opts_refusal(err, "tern_method_limit"));
        return;
    }
    opts.limits = limits;
    if (!terni_registry_add(&srv->policy.registry, service, handlers, &opts, &st))
        note_failure(srv, st);
    tern_mem_free(limits);
}

void tern_stub_register_sized(tern_server *srv, const tern_service *service, const void *handlers,
                              const tern_service_opts *opts, uint64_t sizes)
{
    if (srv == &dead_server)
        return;
    if (srv->state != TERNI_SERVER_NEW)
        note_failure(srv, tern_status_make(TERN_FAILED_PRECONDITION,
                                           "%s is registered after the start", service->name));
    else
        register_service(srv, service, handlers, opts, sizes);
}

tern_status tern_server_wait(tern_server *srv)
{
    if (srv == &dead_server)
        return srv->status;
    if (is_inherited(srv))
        return inherited();
    pthread_mutex_lock(&srv->lock);
    while (srv->state == TERNI_SERVER_RUNNING)
        pthread_cond_wait(&srv->has_stopped, &srv->lock);
    pthread_mutex_unlock(&srv->lock);
    return srv->status;
}

tern_server_memory tern_server_get_memory(const tern_server *srv)
{
    terni_account *a;

    if (!srv->workers)  // nobody holds anything yet
        return (tern_server_memory){ .max_bytes = srv->account.max };
    a = srv->workers[0].account;
    return (tern_server_memory){ .max_bytes = a->max,
                                 .pooled_bytes = terni_account_pooled(a),
                                 .held_bytes = terni_account_held(a),
                                 .n_slowed = atomic_load(&a->n_slowed),
                                 .n_refused = atomic_load(&a->n_refused),
                                 .n_ended = atomic_load(&a->n_ended) };
}

const char *tern_server_address(const tern_server *srv) { return srv->address; }

unsigned tern_server_n_pollers(const tern_server *srv) { return srv->n_workers; }

tern_poller *tern_server_poller(const tern_server *srv, unsigned i)
{
    return i < srv->n_workers ? srv->workers[i].poller : NULL;
}

// The main poller goes before the others, whose workers may stop only then.
static void join_main_thread(tern_server *srv)
{
    if (srv->has_main_thread) {
        tern_poller_stop(srv->main_poller);
        pthread_join(srv->main_thread, NULL);
    }
    pthread_mutex_lock(&srv->lock);
    srv->main_poller = NULL;
    pthread_mutex_unlock(&srv->lock);
}

// On the program's own pollers there is nobody here who could end the connections.
static bool is_used_elsewhere(tern_server *srv)
{
    bool is_running;

    pthread_mutex_lock(&srv->lock);  // the worker that stops last writes it
    is_running = srv->state == TERNI_SERVER_RUNNING;
    pthread_mutex_unlock(&srv->lock);
    return is_running && !srv->main_poller;
}

void tern_server_free(tern_server *srv)
{
    if (!srv || srv == &dead_server)
        return;
    if (is_inherited(srv)) {
        tern_group_free(srv->group);
        return;
    }
    if (is_used_elsewhere(srv)) {
        tern_log(TERN_LOG_ERROR,
                 "a server is freed while it runs on the program's pollers and stays: "
                 "call tern_server_stop and tern_server_wait first");
        return;
    }
    join_main_thread(srv);
    terni_watchdog_stop(srv->watchdog);
    close_ports(srv);
    tern_group_free(srv->group);
    terni_watchdog_free(srv->watchdog);
    for (unsigned i = 0; i < srv->n_workers; i++)
        terni_worker_done(&srv->workers[i]);
    tern_mem_free(srv->workers);
    free_additions(srv);
    terni_health_done(&srv->health);
    terni_policy_done(&srv->policy);
    terni_account_done(&srv->account);
    pthread_cond_destroy(&srv->has_stopped);
    pthread_mutex_destroy(&srv->lock);
    tern_mem_free(srv->addresses);
    tern_mem_free(srv);
}
