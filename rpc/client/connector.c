#include "rpc/base/seldom_internal.h"

#include "rpc/client/connector_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/base/jitter_internal.h"
#include "rpc/base/list_internal.h"

enum { MAX_WHY = 256, MAX_ADDRESS = 88 };

static tern_poller *poller_of(const terni_connector *c) { return c->link_opts.poller; }

// ---- state ---------------------------------------------------------------

#define TO(state) (1U << TERNI_CONNECTOR_##state)

static const uint8_t next_states[TERNI_N_CONNECTOR_STATES] = {
    [TERNI_CONNECTOR_IDLE] = TO(DIALING) | TO(ABSENT),
    [TERNI_CONNECTOR_DIALING] = TO(IDLE) | TO(OPEN) | TO(FAILED) | TO(ABSENT),
    [TERNI_CONNECTOR_OPEN] = TO(IDLE),
    [TERNI_CONNECTOR_FAILED] = TO(IDLE) | TO(DIALING) | TO(ABSENT),
    [TERNI_CONNECTOR_ABSENT] = TO(IDLE),
};

static void set_state(terni_connector *c, terni_connector_state next)
{
    terni_connector_state before = c->state;

    TERN_ASSERT(next_states[before] & 1U << next);
    TERN_ASSERT((next == TERNI_CONNECTOR_OPEN) == (c->current != NULL));
    c->state = next;
    c->events->moved(c, before);
}

static void check_gone(terni_connector *c)
{
    if (!c->is_closing || c->links || c->state == TERNI_CONNECTOR_DIALING)
        return;
    TERN_ASSERT(!c->current && !c->dialer);
    tern_timer_cancel(tern_poller_wheel(poller_of(c)), &c->retry_timer);
    terni_endpoints_unref(c->endpoints);
    c->events->gone(c);
    tern_mem_free(c);
}

// ---- where it leads ------------------------------------------------------

static terni_endpoint *endpoint_of(const terni_connector *c)
{
    TERN_ASSERT(c->wish.first + c->n_tried < c->endpoints->n);
    return &c->endpoints->items[c->wish.first + c->n_tried];
}

// A long host is cut.
void terni_connector_address(const terni_connector *c, char *text, size_t size)
{
    const terni_target *target = &endpoint_of(c)->target;
    const tern_address *a = &target->address;

    switch (a->kind) {
    case TERN_ADDRESS_TCP:
        snprintf(text, size, "%s://%.60s:%u", target->is_tls ? "tls" : "tcp", a->host, a->port);
        return;
    case TERN_ADDRESS_UNIX:
        snprintf(text, size, "unix:%.60s", a->host);
        return;
    case TERN_ADDRESS_FD:
        snprintf(text, size, "fd:%d", a->fd);
        return;
    case TERN_ADDRESS_INPROC:
        snprintf(text, size, "inproc:%.60s", a->host);
        return;
    }
    TERN_UNREACHABLE();
}

// ---- what is logged ------------------------------------------------------
//
// Who sees that a connection is lost wants to see that it is there again: both are warnings. That nobody could be
// reached in the first place is in the status of the calls that wanted it; those that go on waiting are the shard's.

static void log_loss(terni_connector *c, const char *why)
{
    char address[MAX_ADDRESS];

    c->was_lost = true;
    terni_connector_address(c, address, sizeof address);
    tern_log(TERN_LOG_WARNING, "%s: %s", address, why);
}

static void log_failure(const terni_connector *c, const char *why, uint64_t wait_ns)
{
    tern_log(c->was_lost ? TERN_LOG_WARNING : TERN_LOG_INFO, "%s; again in %.1f s at the earliest",
             why, (double)wait_ns / (double)TERN_NS_PER_S);
}

static void log_recovery(terni_connector *c)
{
    char address[MAX_ADDRESS];

    if (!c->was_lost)
        return;
    c->was_lost = false;
    terni_connector_address(c, address, sizeof address);
    tern_log(TERN_LOG_WARNING, "%s: connected again", address);
}

// ---- failure -------------------------------------------------------------

static void on_retry(tern_timer *t)
{
    terni_connector *c = TERN_CONTAINER_OF(t, terni_connector, retry_timer);

    TERN_ASSERT(c->state == TERNI_CONNECTOR_FAILED && !c->is_closing);
    set_state(c, TERNI_CONNECTOR_IDLE);
    if (c->events->is_wanted(c))
        terni_connector_connect(c);
}

static void back_off(terni_connector *c, const char *why)
{
    uint64_t now = tern_poller_now_ns(poller_of(c)), wait_ns;

    c->n_tried = 0;
    c->backoff_ms = c->backoff_ms ? c->backoff_ms * 8 / 5 : TERNI_MIN_BACKOFF_MS;
    if (c->backoff_ms > TERNI_MAX_BACKOFF_MS)
        c->backoff_ms = TERNI_MAX_BACKOFF_MS;
    set_state(c, TERNI_CONNECTOR_FAILED);
    wait_ns = terni_jitter(c->backoff_ms, now + (uintptr_t)c) * TERN_NS_PER_MS;
    tern_timer_set(tern_poller_wheel(poller_of(c)), &c->retry_timer, now + wait_ns);
    log_failure(c, why, wait_ns);
    c->events->failed(c, why);
}

static void dial(terni_connector *c);

static void try_next(terni_connector *c, const char *why)
{
    if (++c->n_tried < c->wish.n_tries)
        dial(c);
    else
        back_off(c, why);
}

// ---- names ---------------------------------------------------------------

void terni_connector_revise(terni_connector *c, unsigned n_found)
{
    bool is_there = c->wish.nth < n_found;

    if (is_there && c->state == TERNI_CONNECTOR_ABSENT)
        set_state(c, TERNI_CONNECTOR_IDLE);
    if (is_there || (c->state != TERNI_CONNECTOR_IDLE && c->state != TERNI_CONNECTOR_FAILED))
        return;
    tern_timer_cancel(tern_poller_wheel(poller_of(c)), &c->retry_timer);
    set_state(c, TERNI_CONNECTOR_ABSENT);
}

// False if it turns out to lead nowhere: its name stands for fewer addresses now.
static bool take_found(terni_connector *c)
{
    if (c->n_found)
        c->events->found(c, c->n_found);
    if (!c->n_found || c->wish.nth < c->n_found)
        return true;
    set_state(c, TERNI_CONNECTOR_ABSENT);
    c->events->failed(c, NULL);
    return false;
}

// ---- dialling ------------------------------------------------------------

// In one line of a status.
static void fail_dial(terni_connector *c, const char *reason)
{
    bool is_fd = endpoint_of(c)->target.address.kind == TERN_ADDRESS_FD;
    char address[MAX_ADDRESS], why[MAX_WHY];

    terni_connector_address(c, address, sizeof address);
    snprintf(why, sizeof why, "cannot connect %s %s: %.128s", is_fd ? "through" : "to", address,
             reason);
    try_next(c, why);
}

static const terni_link_events link_events;

static tern_status make_link(terni_connector *c, int fd)
{
    terni_link_opts opts = c->link_opts;
    terni_link     *link;
    tern_status     st;

    opts.target = &endpoint_of(c)->target;
    opts.events = &link_events;
    opts.owner = c;
    st = terni_link_new(&opts, fd, &link);
    if (st.code)
        return st;
    TERNI_LIST_PUSH(&c->links, link);
    c->coming = link;
    return st;
}

static void on_dialed(int fd, void *arg)
{
    terni_connector *c = arg;
    tern_status      st;

    TERN_ASSERT(c->state == TERNI_CONNECTOR_DIALING && !c->coming);
    c->dialer = NULL;
    if (c->is_closing) {
        if (fd >= 0)
            close(fd);
        set_state(c, TERNI_CONNECTOR_IDLE);
        check_gone(c);
        return;
    }
    if (c->wish.is_picky && !take_found(c))
        return;
    if (fd < 0) {
        fail_dial(c, tern_address_strerror(&endpoint_of(c)->target.address, fd));
        return;
    }
    st = make_link(c, fd);
    if (st.code)
        fail_dial(c, st.msg);
}

static void dial(terni_connector *c)
{
    tern_poller    *poller = poller_of(c);
    uint64_t        deadline = tern_poller_now_ns(poller) + TERNI_DIAL_TIMEOUT_MS * TERN_NS_PER_MS;
    terni_endpoint *e = endpoint_of(c);
    int             err;

    TERN_ASSERT(c->state == TERNI_CONNECTOR_DIALING && !c->dialer);
    c->n_found = 0;
    if (!terni_endpoint_take(e)) {  // its number may be another's by now
        fail_dial(c, strerror(EBADF));
        return;
    }
    if ((err = tern_dial(poller, &e->target.address, deadline, on_dialed, c, &c->dialer)) < 0)
        back_off(c, err == -ENOMEM ? "out of memory for a connection" : "the poller is going");
    else if (c->wish.is_picky)
        tern_dialer_pick(c->dialer, c->wish.nth, &c->n_found);
}

void terni_connector_connect(terni_connector *c)
{
    if (c->is_closing || (c->state != TERNI_CONNECTOR_IDLE && c->state != TERNI_CONNECTOR_FAILED))
        return;
    tern_timer_cancel(tern_poller_wheel(poller_of(c)), &c->retry_timer);
    c->n_tried = 0;
    set_state(c, TERNI_CONNECTOR_DIALING);
    dial(c);
}

// ---- the link's events ---------------------------------------------------

// Not before: a server that breaks while it is silent would leave no sign of which calls it has begun.
static void on_settled(terni_link *link)
{
    terni_connector *c = link->owner;

    if (c->coming != link)
        return;
    c->coming = NULL;
    c->current = link;
    c->backoff_ms = 0;
    log_recovery(c);
    set_state(c, TERNI_CONNECTOR_OPEN);
    c->events->opened(c, link);
}

static void on_room(terni_link *link)
{
    terni_connector *c = link->owner;

    c->events->room(c);
}

static void part(terni_connector *c)
{
    terni_link *link = c->current;

    c->current = NULL;
    c->events->left(c, link);
    set_state(c, TERNI_CONNECTOR_IDLE);
}

// It never was any good.
static void give_up(terni_connector *c, const char *why)
{
    c->coming = NULL;
    if (c->is_closing)
        set_state(c, TERNI_CONNECTOR_IDLE);
    else
        try_next(c, why);
}

// Of the next connection, as gRPC wants it: or that is closed for the same reason.
static void ask_less_often(terni_connector *c)
{
    int64_t *ms = &c->link_opts.keepalive_ms;

    if (*ms <= 0 || *ms > INT64_MAX / 2)
        return;
    *ms *= 2;
    tern_log(TERN_LOG_WARNING,
             "%s wants fewer PINGs than one after keepalive_ms = %lld: from now on it is %lld",
             endpoint_of(c)->target.authority, (long long)(*ms / 2), (long long)*ms);
}

static void on_leaving(terni_link *link)
{
    terni_connector *c = link->owner;

    if (c->coming == link)
        give_up(c, "the server takes no calls");
    if (c->current != link)
        return;
    if (link->is_bothersome)
        ask_less_often(c);
    part(c);
    if (c->events->is_wanted(c))
        terni_connector_connect(c);
}

static void on_lost(terni_link *link, const char *why)
{
    terni_connector *c = link->owner;

    if (c->coming == link) {
        give_up(c, why);
        return;
    }
    if (c->current == link && !c->is_closing)
        log_loss(c, why);
    on_leaving(link);
}

static void on_link_gone(terni_link *link)
{
    terni_connector *c = link->owner;

    TERNI_LIST_REMOVE(link);
    check_gone(c);
}

static const terni_link_events link_events = {
    .settled = on_settled,
    .room = on_room,
    .leaving = on_leaving,
    .lost = on_lost,
    .gone = on_link_gone,
};

// ---- life ----------------------------------------------------------------

terni_connector *terni_connector_new(const terni_connector_opts *opts)
{
    terni_connector *c = tern_mem_alloc(sizeof *c);

    if (!c)
        return NULL;
    TERN_ASSERT(opts->wish->n_tries > 0 &&
                opts->wish->first + opts->wish->n_tries <= opts->endpoints->n);
    *c = (terni_connector){ .events = opts->events,
                            .owner = opts->owner,
                            .endpoints = terni_endpoints_ref(opts->endpoints),
                            .wish = *opts->wish,
                            .link_opts = opts->link_opts,
                            .state =
                                opts->wish->nth ? TERNI_CONNECTOR_ABSENT : TERNI_CONNECTOR_IDLE };
    tern_timer_init(&c->retry_timer, on_retry);
    return c;
}

static bool find_target(const terni_endpoints *e, const terni_wish *wish, const terni_target *t,
                        unsigned *ret_at)
{
    for (unsigned i = 0; i < wish->n_tries; i++)
        if (terni_target_equals(&e->items[wish->first + i].target, t)) {
            *ret_at = i;
            return true;
        }
    return false;
}

bool terni_connector_adopt(terni_connector *c, terni_endpoints *endpoints, const terni_wish *wish)
{
    unsigned at;

    if (c->is_closing || c->wish.is_picky != wish->is_picky || c->wish.nth != wish->nth)
        return false;
    if (!wish->is_picky && !c->coming && !c->current)
        return false;  // it may be on its way to what is no more
    if (!find_target(endpoints, wish, &endpoint_of(c)->target, &at))
        return false;
    terni_endpoints_unref(c->endpoints);
    c->endpoints = terni_endpoints_ref(endpoints);
    c->wish = *wish;
    c->n_tried = at;
    return true;
}

// What is on its way is stopped; nothing new begins.
static void stop(terni_connector *c)
{
    c->is_closing = true;
    tern_timer_cancel(tern_poller_wheel(poller_of(c)), &c->retry_timer);
    if (c->dialer)
        tern_dialer_cancel(c->dialer);
    c->dialer = NULL;
}

void terni_connector_retire(terni_connector *c)
{
    stop(c);
    if (c->coming)
        terni_link_abort(c->coming);
    if (c->current)
        terni_link_retire(c->current);
    check_gone(c);
}

void terni_connector_close(terni_connector *c)
{
    stop(c);
    for (terni_link *link = c->links; link; link = link->next)
        terni_link_abort(link);
    check_gone(c);
}
