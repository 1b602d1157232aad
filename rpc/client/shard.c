// A channel's connections from one poller, and the calls that wait for one.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/client/channel_internal.h"

// ---- waiting calls -------------------------------------------------------

static void fail(terni_call *call)
{
    static const terni_meta_list none;
    const terni_set             *set = call->set;

    if (!set->channel->retry.max_attempts || !terni_call_retry(call, TERN_UNAVAILABLE, &none))
        terni_call_finish(call, TERN_UNAVAILABLE, set->why, strlen(set->why));
}

// From a list of its own: what fails may begin again, and may end others of the list.
static void fail_waiting(terni_set *set)
{
    terni_call *failing = set->waiting;

    set->waiting = NULL;
    set->waiting_tail = &set->waiting;
    if (failing)
        failing->link = &failing;
    for (terni_call *call; (call = failing);) {
        terni_call_unlink(call);
        if (call->waits_for_ready)
            terni_call_wait(call);
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
static bool start_on(terni_link *link, terni_call *call)
{
    int err = terni_link_open(link, call);

    if (err == -EAGAIN)
        return false;
    if (err == -ENOTCONN) {  // it has used up its numbers, or is about to close
        terni_link_retire(link);
        return false;
    }
    if (err < 0)
        terni_call_finish(call, TERN_RESOURCE_EXHAUSTED, failure_of_open(err),
                          strlen(failure_of_open(err)));
    return true;
}

// Calls go round over the links that take them.
static bool start(terni_set *set, terni_call *call)
{
    for (uint32_t n = set->n_in[TERNI_ROUTE_OPEN]; n > 0 && set->current; n--) {
        terni_link *link = set->current;

        set->current = link->ready_next;
        if (start_on(link, call))
            return true;
    }
    return false;
}

static void put_back(terni_set *set, terni_call *call)
{
    call->next = set->waiting;
    call->link = &set->waiting;
    if (call->next)
        call->next->link = &call->next;
    else
        set->waiting_tail = &call->next;
    set->waiting = call;
}

static void connect_idle(terni_set *set)
{
    for (unsigned i = 0; i < set->n_routes && set->n_in[TERNI_ROUTE_IDLE]; i++)
        if (set->routes[i].state == TERNI_ROUTE_IDLE)
            terni_route_connect(&set->routes[i]);
}

void terni_set_start_waiting(terni_set *set)
{
    for (terni_call *call; set->current && (call = set->waiting);) {
        terni_call_unlink(call);
        if (start(set, call))
            continue;
        put_back(set, call);
        connect_idle(set);  // a link that takes no more was left
        return;
    }
}

void terni_call_begin(terni_call *call)
{
    terni_set  *set = call->set;
    terni_link *link = set->current;

    if (set->is_closing) {
        terni_call_finish(call, TERN_CANCELLED, "the channel was freed", 21);
        return;
    }
    if (call->deadline_ns != TERN_NEVER && !tern_timer_is_set(&call->timer))
        tern_timer_set(tern_poller_wheel(set->poller), &call->timer, call->deadline_ns);
    if (TERN_LIKELY(link && !set->waiting && !set->n_in[TERNI_ROUTE_IDLE])) {
        set->current = link->ready_next;
        if (TERN_LIKELY(terni_link_open(link, call) == 0))
            return;
    }
    terni_call_wait(call);
    connect_idle(set);
    terni_set_start_waiting(set);
    terni_set_route_failed(set);  // if so: a moment ago nobody was there
}

// ---- what becomes of the routes ------------------------------------------

// While one address was being tried another may have come back: when all have failed for the first time
// after a success, each has another try before calls fail. So servers may be restarted in turn.
void terni_set_route_failed(terni_set *set)
{
    unsigned n_failed = set->n_in[TERNI_ROUTE_FAILED];

    if (!set->waiting || n_failed + set->n_in[TERNI_ROUTE_ABSENT] < set->n_routes)
        return;
    if (set->has_tried_again || (n_failed == 1 && set->channel->n_addresses == 1)) {
        fail_waiting(set);
        return;
    }
    set->has_tried_again = true;
    for (unsigned i = 0; i < set->n_routes; i++)
        terni_route_connect(&set->routes[i]);
}

void terni_set_add_link(terni_set *set, terni_link *link)
{
    terni_link *before = set->current;

    if (before) {
        link->ready_next = before;
        link->ready_prev = before->ready_prev;
    } else {
        link->ready_next = link->ready_prev = link;
    }
    link->ready_prev->ready_next = link->ready_next->ready_prev = link;
    set->current = link;
    terni_set_start_waiting(set);
}

void terni_set_remove_link(terni_set *set, terni_link *link)
{
    if (set->current == link)
        set->current = link->ready_next == link ? NULL : link->ready_next;
    link->ready_prev->ready_next = link->ready_next;
    link->ready_next->ready_prev = link->ready_prev;
}

void terni_set_link_settled(terni_set *set, terni_link *link)
{
    terni_route_settle(link->route, link);
    set->has_tried_again = false;
    set->why[0] = '\0';
    terni_set_start_waiting(set);  // more calls fit now
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
static void add_routes(terni_set *set)
{
    const tern_channel *ch = set->channel;

    if (ch->opts.balance == TERN_PICK_FIRST) {
        terni_route_init(&set->routes[set->n_routes++], set);
        return;
    }
    for (unsigned i = 0; i < ch->n_addresses; i++)
        for (unsigned nth = 0; nth < width(ch, i); nth++)
            terni_route_init_at(&set->routes[set->n_routes++], set, i, nth);
}

int terni_set_new(tern_channel *ch, tern_poller *poller, terni_set **ret_set)
{
    unsigned   n_routes = count_routes(ch);
    terni_set *set = tern_mem_zalloc(sizeof *set + n_routes * sizeof set->routes[0]);

    if (!set)
        return -ENOMEM;
    set->channel = ch;
    set->poller = poller;
    while (set->n_routes < n_routes)
        add_routes(set);
    set->waiting_tail = &set->waiting;
    *ret_set = set;
    return 0;
}

void terni_set_check_gone(terni_set *set)
{
    if (!set->is_closing || set->n_links || set->n_in[TERNI_ROUTE_DIALING] || set->is_gone)
        return;
    set->is_gone = true;
    if (!set->is_private)  // a private one's driver sees it
        terni_set_free(set);
}

void terni_set_free(terni_set *set)
{
    tern_channel *ch = set->channel;

    if (set->is_private)
        tern_poller_free(set->poller);
    terni_unary_forget_free(set);
    tern_mem_free(set);
    terni_channel_unref(ch);
}

void terni_set_close(terni_set *set)
{
    terni_call *call;

    set->is_closing = true;
    snprintf(set->why, sizeof set->why, "the channel was freed");
    while ((call = set->waiting) || (call = set->backing_off)) {
        terni_call_unlink(call);
        terni_call_finish(call, TERN_CANCELLED, set->why, strlen(set->why));
    }
    for (unsigned i = 0; i < set->n_routes; i++)
        terni_route_close(&set->routes[i]);
    for (terni_link *link = set->links; link; link = link->next)
        terni_link_abort(link);
    terni_set_check_gone(set);
}
