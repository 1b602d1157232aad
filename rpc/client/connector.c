// How one connection of a set is made, and made again.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpc/client/channel_internal.h"

static void set_state(terni_route *r, terni_route_state next)
{
    r->set->n_in[r->state]--;
    r->state = next;
    r->set->n_in[next]++;
}

// ---- failure -------------------------------------------------------------

static void on_retry(tern_timer *t)
{
    terni_route *r = TERN_CONTAINER_OF(t, terni_route, retry_timer);

    set_state(r, TERNI_ROUTE_IDLE);
    if (r->set->waiting)
        terni_route_connect(r);
}

static void back_off(terni_route *r, const char *why)
{
    terni_set *set = r->set;
    uint64_t   now = tern_poller_now_ns(set->poller);

    r->n_tried = 0;
    r->backoff_ms = r->backoff_ms ? r->backoff_ms * 8 / 5 : TERNI_MIN_BACKOFF_MS;
    if (r->backoff_ms > TERNI_MAX_BACKOFF_MS)
        r->backoff_ms = TERNI_MAX_BACKOFF_MS;
    set_state(r, TERNI_ROUTE_FAILED);
    tern_timer_set(tern_poller_wheel(set->poller), &r->retry_timer,
                   now + terni_with_jitter(r->backoff_ms, now + (uintptr_t)r) * TERN_NS_PER_MS);
    snprintf(set->why, sizeof set->why, "%s", why);
    terni_set_route_failed(set);
}

static void dial(terni_route *r);

static void try_next(terni_route *r, const char *why)
{
    if (++r->n_tried < r->n_addresses)
        dial(r);
    else
        back_off(r, why);
}

// ---- names ---------------------------------------------------------------

// The name was looked up for another route, and stands for `n_found` addresses.
static void revise(terni_route *r, unsigned n_found)
{
    bool is_wanted = r->nth < n_found;

    if (is_wanted && r->state == TERNI_ROUTE_ABSENT)
        set_state(r, TERNI_ROUTE_IDLE);
    if (is_wanted || (r->state != TERNI_ROUTE_IDLE && r->state != TERNI_ROUTE_FAILED))
        return;
    tern_timer_cancel(tern_poller_wheel(r->set->poller), &r->retry_timer);
    set_state(r, TERNI_ROUTE_ABSENT);
}

// False if the route turns out to lead nowhere: its name stands for fewer addresses now.
static bool take_found(terni_route *r)
{
    terni_set *set = r->set;

    for (unsigned i = 0; i < set->n_routes && r->n_found; i++)
        if (set->routes[i].first == r->first)
            revise(&set->routes[i], r->n_found);
    if (!r->n_found || r->nth < r->n_found)
        return true;
    set_state(r, TERNI_ROUTE_ABSENT);
    terni_set_route_failed(set);
    return false;
}

// ---- dialling ------------------------------------------------------------

static const tern_address *address_of(const terni_route *r)
{
    return &r->set->channel->addresses[r->first + r->n_tried];
}

// In one line of a status: a long host is cut.
static void fail_dial(terni_route *r, int err)
{
    const tern_address *a = address_of(r);
    char                why[sizeof r->set->why];

    switch (a->kind) {
    case TERN_ADDRESS_TCP:
        snprintf(why, sizeof why, "cannot connect to tcp://%.60s:%u: %s", a->host, a->port,
                 strerror(-err));
        break;
    case TERN_ADDRESS_UNIX:
        snprintf(why, sizeof why, "cannot connect to unix:%.60s: %s", a->host, strerror(-err));
        break;
    case TERN_ADDRESS_FD:
        snprintf(why, sizeof why, "cannot connect through fd:%d: %s", a->fd, strerror(-err));
        break;
    }
    try_next(r, why);
}

static void on_dialed(int fd, void *arg)
{
    terni_route *r = arg;
    terni_set   *set = r->set;
    int          err = fd;

    r->dialer = NULL;
    if (set->is_closing) {
        if (fd >= 0)
            close(fd);
        set_state(r, TERNI_ROUTE_IDLE);
        terni_set_check_gone(set);
        return;
    }
    if (set->channel->opts.balance == TERN_ROUND_ROBIN && !take_found(r))
        return;
    if (fd < 0 || (err = terni_link_new(r, fd, &r->link)) < 0) {
        fail_dial(r, err);
        return;
    }
    set_state(r, TERNI_ROUTE_OPEN);
    terni_set_add_link(set, r->link);  // in the first flight, without waiting for the settings
}

// A descriptor makes one connection, whoever is first: its number may be another's afterwards.
static bool is_used_up(const terni_route *r)
{
    unsigned bit = 1U << (r->first + r->n_tried);

    return address_of(r)->kind == TERN_ADDRESS_FD &&
           (atomic_fetch_or(&r->set->channel->used_fds, bit) & bit);
}

static void dial(terni_route *r)
{
    terni_set *set = r->set;
    uint64_t   deadline = tern_poller_now_ns(set->poller) + TERNI_DIAL_TIMEOUT_MS * TERN_NS_PER_MS;
    int        err;

    r->n_found = 0;
    if (is_used_up(r)) {
        fail_dial(r, -EBADF);
        return;
    }
    if ((err = tern_dial(set->poller, address_of(r), deadline, on_dialed, r, &r->dialer)) < 0)
        back_off(r, err == -ENOMEM ? "out of memory for a connection" : "the poller is going");
    else if (set->channel->opts.balance == TERN_ROUND_ROBIN)
        tern_dialer_pick(r->dialer, r->nth, &r->n_found);
}

void terni_route_connect(terni_route *r)
{
    if (r->state != TERNI_ROUTE_IDLE && r->state != TERNI_ROUTE_FAILED)
        return;
    tern_timer_cancel(tern_poller_wheel(r->set->poller), &r->retry_timer);
    r->n_tried = 0;
    set_state(r, TERNI_ROUTE_DIALING);
    dial(r);
}

// ---- the link ------------------------------------------------------------

void terni_route_settle(terni_route *r, const terni_link *link)
{
    if (r->link == link)
        r->backoff_ms = 0;
}

static bool part(terni_route *r, terni_link *link)
{
    if (r->link != link)
        return false;
    r->link = NULL;
    terni_set_remove_link(r->set, link);
    return true;
}

void terni_route_leave(terni_route *r, terni_link *link)
{
    if (!part(r, link))
        return;
    set_state(r, TERNI_ROUTE_IDLE);
    if (r->set->waiting && !r->set->is_closing)
        terni_route_connect(r);
}

void terni_route_fail(terni_route *r, terni_link *link, const char *why)
{
    if (!part(r, link))
        return;
    set_state(r, r->set->is_closing ? TERNI_ROUTE_IDLE : TERNI_ROUTE_DIALING);
    if (!r->set->is_closing)
        try_next(r, why);
}

// ---- life ----------------------------------------------------------------

void terni_route_init(terni_route *r, terni_set *set)
{
    *r = (terni_route){ .set = set, .n_addresses = set->channel->n_addresses };
    tern_timer_init(&r->retry_timer, on_retry);
    set->n_in[TERNI_ROUTE_IDLE]++;
}

void terni_route_init_at(terni_route *r, terni_set *set, unsigned address, unsigned nth)
{
    terni_route_init(r, set);
    r->first = address;
    r->n_addresses = 1;
    r->nth = nth;
    if (nth)
        set_state(r, TERNI_ROUTE_ABSENT);  // until the name is known to stand for so many
}

void terni_route_close(terni_route *r)
{
    tern_timer_cancel(tern_poller_wheel(r->set->poller), &r->retry_timer);
    if (r->dialer)
        tern_dialer_cancel(r->dialer);
}
