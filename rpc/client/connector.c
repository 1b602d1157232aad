// How one connection of a shard is made, and made again.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpc/client/channel_internal.h"

static void set_state(terni_connector *c, terni_connector_state next)
{
    c->shard->n_in[c->state]--;
    c->state = next;
    c->shard->n_in[next]++;
}

// ---- failure -------------------------------------------------------------

static void on_retry(tern_timer *t)
{
    terni_connector *c = TERN_CONTAINER_OF(t, terni_connector, retry_timer);

    set_state(c, TERNI_CONNECTOR_IDLE);
    if (c->shard->waiting)
        terni_connector_connect(c);
}

static void back_off(terni_connector *c, const char *why)
{
    terni_shard *shard = c->shard;
    uint64_t     now = tern_poller_now_ns(shard->poller);

    c->n_tried = 0;
    c->backoff_ms = c->backoff_ms ? c->backoff_ms * 8 / 5 : TERNI_MIN_BACKOFF_MS;
    if (c->backoff_ms > TERNI_MAX_BACKOFF_MS)
        c->backoff_ms = TERNI_MAX_BACKOFF_MS;
    set_state(c, TERNI_CONNECTOR_FAILED);
    tern_timer_set(tern_poller_wheel(shard->poller), &c->retry_timer,
                   now + terni_with_jitter(c->backoff_ms, now + (uintptr_t)c) * TERN_NS_PER_MS);
    snprintf(shard->why, sizeof shard->why, "%s", why);
    terni_shard_route_failed(shard);
}

static void dial(terni_connector *c);

static void try_next(terni_connector *c, const char *why)
{
    if (++c->n_tried < c->n_addresses)
        dial(c);
    else
        back_off(c, why);
}

// ---- names ---------------------------------------------------------------

// The name was looked up for another connector, and stands for `n_found` addresses.
static void revise(terni_connector *c, unsigned n_found)
{
    bool is_wanted = c->nth < n_found;

    if (is_wanted && c->state == TERNI_CONNECTOR_ABSENT)
        set_state(c, TERNI_CONNECTOR_IDLE);
    if (is_wanted || (c->state != TERNI_CONNECTOR_IDLE && c->state != TERNI_CONNECTOR_FAILED))
        return;
    tern_timer_cancel(tern_poller_wheel(c->shard->poller), &c->retry_timer);
    set_state(c, TERNI_CONNECTOR_ABSENT);
}

// False if the connector turns out to lead nowhere: its name stands for fewer addresses now.
static bool take_found(terni_connector *c)
{
    terni_shard *shard = c->shard;

    for (unsigned i = 0; i < shard->n_connectors && c->n_found; i++)
        if (shard->connectors[i].first == c->first)
            revise(&shard->connectors[i], c->n_found);
    if (!c->n_found || c->nth < c->n_found)
        return true;
    set_state(c, TERNI_CONNECTOR_ABSENT);
    terni_shard_route_failed(shard);
    return false;
}

// ---- dialling ------------------------------------------------------------

static const tern_address *address_of(const terni_connector *c)
{
    return &c->shard->channel->addresses[c->first + c->n_tried];
}

// In one line of a status: a long host is cut.
static void fail_dial(terni_connector *c, int err)
{
    const tern_address *a = address_of(c);
    char                why[sizeof c->shard->why];

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
    try_next(c, why);
}

static void on_dialed(int fd, void *arg)
{
    terni_connector *c = arg;
    terni_shard     *shard = c->shard;
    int              err = fd;

    c->dialer = NULL;
    if (shard->is_closing) {
        if (fd >= 0)
            close(fd);
        set_state(c, TERNI_CONNECTOR_IDLE);
        terni_shard_check_gone(shard);
        return;
    }
    if (shard->channel->opts.balance == TERN_ROUND_ROBIN && !take_found(c))
        return;
    if (fd < 0 || (err = terni_link_new(c, fd, &c->link)) < 0) {
        fail_dial(c, err);
        return;
    }
    set_state(c, TERNI_CONNECTOR_OPEN);
    terni_shard_add_link(shard, c->link);  // in the first flight, without waiting for the settings
}

// A descriptor makes one connection, whoever is first: its number may be another's afterwards.
static bool is_used_up(const terni_connector *c)
{
    unsigned bit = 1U << (c->first + c->n_tried);

    return address_of(c)->kind == TERN_ADDRESS_FD &&
           (atomic_fetch_or(&c->shard->channel->used_fds, bit) & bit);
}

static void dial(terni_connector *c)
{
    terni_shard *shard = c->shard;
    uint64_t deadline = tern_poller_now_ns(shard->poller) + TERNI_DIAL_TIMEOUT_MS * TERN_NS_PER_MS;
    int      err;

    c->n_found = 0;
    if (is_used_up(c)) {
        fail_dial(c, -EBADF);
        return;
    }
    if ((err = tern_dial(shard->poller, address_of(c), deadline, on_dialed, c, &c->dialer)) < 0)
        back_off(c, err == -ENOMEM ? "out of memory for a connection" : "the poller is going");
    else if (shard->channel->opts.balance == TERN_ROUND_ROBIN)
        tern_dialer_pick(c->dialer, c->nth, &c->n_found);
}

void terni_connector_connect(terni_connector *c)
{
    if (c->state != TERNI_CONNECTOR_IDLE && c->state != TERNI_CONNECTOR_FAILED)
        return;
    tern_timer_cancel(tern_poller_wheel(c->shard->poller), &c->retry_timer);
    c->n_tried = 0;
    set_state(c, TERNI_CONNECTOR_DIALING);
    dial(c);
}

// ---- the link ------------------------------------------------------------

void terni_connector_settle(terni_connector *c, const terni_link *link)
{
    if (c->link == link)
        c->backoff_ms = 0;
}

static bool part(terni_connector *c, terni_link *link)
{
    if (c->link != link)
        return false;
    c->link = NULL;
    terni_shard_remove_link(c->shard, link);
    return true;
}

void terni_connector_leave(terni_connector *c, terni_link *link)
{
    if (!part(c, link))
        return;
    set_state(c, TERNI_CONNECTOR_IDLE);
    if (c->shard->waiting && !c->shard->is_closing)
        terni_connector_connect(c);
}

void terni_connector_fail(terni_connector *c, terni_link *link, const char *why)
{
    if (!part(c, link))
        return;
    set_state(c, c->shard->is_closing ? TERNI_CONNECTOR_IDLE : TERNI_CONNECTOR_DIALING);
    if (!c->shard->is_closing)
        try_next(c, why);
}

// ---- life ----------------------------------------------------------------

void terni_connector_init(terni_connector *c, terni_shard *shard)
{
    *c = (terni_connector){ .shard = shard, .n_addresses = shard->channel->n_addresses };
    tern_timer_init(&c->retry_timer, on_retry);
    shard->n_in[TERNI_CONNECTOR_IDLE]++;
}

void terni_connector_init_at(terni_connector *c, terni_shard *shard, unsigned address, unsigned nth)
{
    terni_connector_init(c, shard);
    c->first = address;
    c->n_addresses = 1;
    c->nth = nth;
    if (nth)
        set_state(c, TERNI_CONNECTOR_ABSENT);  // until the name is known to stand for so many
}

void terni_connector_close(terni_connector *c)
{
    tern_timer_cancel(tern_poller_wheel(c->shard->poller), &c->retry_timer);
    if (c->dialer)
        tern_dialer_cancel(c->dialer);
}
