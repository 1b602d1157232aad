// A channel's connections from one poller, and the calls that wait for one.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/client/channel_internal.h"

// ---- waiting calls -------------------------------------------------------

static void fail(terni_outcall *call)
{
    static const terni_meta_list none;
    const terni_shard           *shard = call->shard;

    if (!shard->channel->retry.max_attempts || !terni_outcall_retry(call, TERN_UNAVAILABLE, &none))
        terni_outcall_finish(call, TERN_UNAVAILABLE, shard->why, strlen(shard->why));
}

// From a list of its own: what fails may begin again, and may end others of the list.
static void fail_waiting(terni_shard *shard)
{
    terni_outcall *failing = shard->waiting;

    shard->waiting = NULL;
    shard->waiting_tail = &shard->waiting;
    if (failing)
        failing->link = &failing;
    for (terni_outcall *call; (call = failing);) {
        terni_outcall_unlink(call);
        if (call->waits_for_ready)
            terni_outcall_wait(call);
        else
            fail(call);
    }
}

static const char *failure_of_open(int err)
{
    if (err == -EMSGSIZE)
        return "the request is larger than the server's max_message";
    return err == -E2BIG ? "the metadata are larger than a frame's head"
                         : "out of memory for the call";
}

// True if the call has found its way: on a link, or to its end.
static bool start_on(terni_link *link, terni_outcall *call)
{
    int err = terni_link_open(link, call);

    if (err == -EAGAIN)
        return false;
    if (err == -ENOTCONN) {  // it has used up its numbers, or is about to close
        terni_link_retire(link);
        return false;
    }
    if (err < 0)
        terni_outcall_finish(call, TERN_RESOURCE_EXHAUSTED, failure_of_open(err),
                             strlen(failure_of_open(err)));
    return true;
}

// Calls go round over the links that take them.
static bool start(terni_shard *shard, terni_outcall *call)
{
    for (uint32_t n = shard->n_in[TERNI_CONNECTOR_OPEN]; n > 0 && shard->current; n--) {
        terni_link *link = shard->current;

        shard->current = link->ready_next;
        if (start_on(link, call))
            return true;
    }
    return false;
}

static void put_back(terni_shard *shard, terni_outcall *call)
{
    call->next = shard->waiting;
    call->link = &shard->waiting;
    if (call->next)
        call->next->link = &call->next;
    else
        shard->waiting_tail = &call->next;
    shard->waiting = call;
}

static void connect_idle(terni_shard *shard)
{
    for (unsigned i = 0; i < shard->n_connectors && shard->n_in[TERNI_CONNECTOR_IDLE]; i++)
        if (shard->connectors[i].state == TERNI_CONNECTOR_IDLE)
            terni_connector_connect(&shard->connectors[i]);
}

void terni_shard_start_waiting(terni_shard *shard)
{
    for (terni_outcall *call; shard->current && (call = shard->waiting);) {
        terni_outcall_unlink(call);
        if (start(shard, call))
            continue;
        put_back(shard, call);
        connect_idle(shard);  // a link that takes no more was left
        return;
    }
}

void terni_outcall_begin(terni_outcall *call)
{
    terni_shard *shard = call->shard;
    terni_link  *link = shard->current;

    if (shard->is_closing) {
        terni_outcall_finish(call, TERN_CANCELLED, "the channel was freed", 21);
        return;
    }
    if (call->deadline_ns != TERN_NEVER && !tern_timer_is_set(&call->timer))
        tern_timer_set(tern_poller_wheel(shard->poller), &call->timer, call->deadline_ns);
    if (TERN_LIKELY(link && !shard->waiting && !shard->n_in[TERNI_CONNECTOR_IDLE])) {
        shard->current = link->ready_next;
        if (TERN_LIKELY(terni_link_open(link, call) == 0))
            return;
    }
    terni_outcall_wait(call);
    connect_idle(shard);
    terni_shard_start_waiting(shard);
    terni_shard_route_failed(shard);  // if so: a moment ago nobody was there
}

// ---- what becomes of the connectors ------------------------------------------

// While one address was being tried another may have come back: when all have failed for the first time
// after a success, each has another try before calls fail. So servers may be restarted in turn.
void terni_shard_route_failed(terni_shard *shard)
{
    unsigned n_failed = shard->n_in[TERNI_CONNECTOR_FAILED];

    if (!shard->waiting || n_failed + shard->n_in[TERNI_CONNECTOR_ABSENT] < shard->n_connectors)
        return;
    if (shard->has_tried_again || (n_failed == 1 && shard->channel->n_addresses == 1)) {
        fail_waiting(shard);
        return;
    }
    shard->has_tried_again = true;
    for (unsigned i = 0; i < shard->n_connectors; i++)
        terni_connector_connect(&shard->connectors[i]);
}

void terni_shard_add_link(terni_shard *shard, terni_link *link)
{
    terni_link *before = shard->current;

    if (before) {
        link->ready_next = before;
        link->ready_prev = before->ready_prev;
    } else {
        link->ready_next = link->ready_prev = link;
    }
    link->ready_prev->ready_next = link->ready_next->ready_prev = link;
    shard->current = link;
    terni_shard_start_waiting(shard);
}

void terni_shard_remove_link(terni_shard *shard, terni_link *link)
{
    if (shard->current == link)
        shard->current = link->ready_next == link ? NULL : link->ready_next;
    link->ready_prev->ready_next = link->ready_next;
    link->ready_next->ready_prev = link->ready_prev;
}

void terni_shard_link_settled(terni_shard *shard, terni_link *link)
{
    terni_connector_settle(link->connector, link);
    shard->has_tried_again = false;
    shard->why[0] = '\0';
    terni_shard_start_waiting(shard);  // more calls fit now
}

// ---- life ----------------------------------------------------------------

// How many a connection to each address takes, at most.
static unsigned width(const tern_channel *ch, unsigned address)
{
    return tern_address_needs_resolver(&ch->addresses[address]) ? TERN_MAX_RESOLVED : 1;
}

static unsigned count_routes(const tern_channel *ch)
{
    unsigned n = 0;

    if (ch->opts.balance == TERN_PICK_FIRST)
        return ch->n_connections;
    for (unsigned i = 0; i < ch->n_addresses; i++)
        n += width(ch, i);
    return n * ch->n_connections;
}

// One more connection: anywhere, or to each address.
static void add_routes(terni_shard *shard)
{
    const tern_channel *ch = shard->channel;

    if (ch->opts.balance == TERN_PICK_FIRST) {
        terni_connector_init(&shard->connectors[shard->n_connectors++], shard);
        return;
    }
    for (unsigned i = 0; i < ch->n_addresses; i++)
        for (unsigned nth = 0; nth < width(ch, i); nth++)
            terni_connector_init_at(&shard->connectors[shard->n_connectors++], shard, i, nth);
}

int terni_shard_new(tern_channel *ch, tern_poller *poller, terni_shard **ret_set)
{
    unsigned     n_connectors = count_routes(ch);
    terni_shard *shard =
        tern_mem_zalloc(sizeof *shard + n_connectors * sizeof shard->connectors[0]);

    if (!shard)
        return -ENOMEM;
    shard->channel = ch;
    shard->poller = poller;
    while (shard->n_connectors < n_connectors)
        add_routes(shard);
    shard->waiting_tail = &shard->waiting;
    *ret_set = shard;
    return 0;
}

void terni_shard_check_gone(terni_shard *shard)
{
    if (!shard->is_closing || shard->n_links || shard->n_in[TERNI_CONNECTOR_DIALING] ||
        shard->is_gone)
        return;
    shard->is_gone = true;
    if (!shard->is_private)  // a private one's driver sees it
        terni_shard_free(shard);
}

void terni_shard_free(terni_shard *shard)
{
    tern_channel *ch = shard->channel;

    if (shard->is_private)
        tern_poller_free(shard->poller);
    terni_unary_forget_free(shard);
    tern_mem_free(shard);
    terni_channel_unref(ch);
}

void terni_shard_close(terni_shard *shard)
{
    terni_outcall *call;

    shard->is_closing = true;
    snprintf(shard->why, sizeof shard->why, "the channel was freed");
    while ((call = shard->waiting) || (call = shard->backing_off)) {
        terni_outcall_unlink(call);
        terni_outcall_finish(call, TERN_CANCELLED, shard->why, strlen(shard->why));
    }
    for (unsigned i = 0; i < shard->n_connectors; i++)
        terni_connector_close(&shard->connectors[i]);
    for (terni_link *link = shard->links; link; link = link->next)
        terni_link_abort(link);
    terni_shard_check_gone(shard);
}
