#include "rpc/client/shard_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/base/list_internal.h"

struct terni_spare {
    terni_spare *next;
};

// ---- what holds between two events ---------------------------------------

// Those that are on their way out count no more.
static bool are_counts_right(const terni_shard *shard)
{
    unsigned n_in[TERNI_N_CONNECTOR_STATES] = { 0 }, n = 0;

    for (const terni_connector *c = shard->connectors; c; c = c->next)
        if (!c->is_closing) {
            n_in[c->state]++;
            n++;
        }
    return n == shard->n_connectors && memcmp(n_in, shard->n_in, sizeof n_in) == 0;
}

static bool is_queue_right(const terni_shard *shard)
{
    terni_outcall *const *at = &shard->waiting;

    for (; *at; at = &(*at)->next)
        if ((*at)->state != TERNI_OUTCALL_WAITING || (*at)->link != at)
            return false;
    return at == shard->waiting_tail;
}

bool terni_shard_is_valid(const terni_shard *shard)
{
    return (shard->is_closing || are_counts_right(shard)) && is_queue_right(shard);
}

// ---- how well it is connected --------------------------------------------

static tern_channel_state readiness_of(const terni_shard *shard)
{
    if (shard->is_closing)
        return TERN_CHANNEL_IDLE;
    if (shard->n_in[TERNI_CONNECTOR_OPEN])
        return TERN_CHANNEL_READY;
    if (shard->n_in[TERNI_CONNECTOR_DIALING])
        return TERN_CHANNEL_CONNECTING;
    return shard->n_in[TERNI_CONNECTOR_FAILED] ? TERN_CHANNEL_FAILING : TERN_CHANNEL_IDLE;
}

static void note_readiness(terni_shard *shard)
{
    int now = (int)readiness_of(shard);

    if (now == TERN_CHANNEL_READY)
        shard->n_failures = 0;
    if (atomic_exchange(&shard->readiness, now) != now && shard->changed)
        shard->changed(shard, shard->owner);
}

// ---- memory that serves again --------------------------------------------

void *terni_shard_take_spare(terni_shard *shard, size_t size)
{
    terni_spare *spare;

    if (TERN_UNLIKELY(terni_shard_poller(shard) != tern_poller_current() || !shard->spares))
        return tern_mem_alloc(size);
    TERN_DEBUG_ASSERT(shard->n_spares > 0);
    spare = shard->spares;
    shard->spares = spare->next;
    shard->n_spares--;
    return spare;
}

void terni_shard_give_spare(terni_shard *shard, void *memory)
{
    terni_spare *spare = memory;

    if (shard->is_closing || shard->n_spares >= TERNI_MAX_SPARES) {
        tern_mem_free(memory);
        return;
    }
    spare->next = shard->spares;
    shard->spares = spare;
    shard->n_spares++;
}

static void drop_spares(terni_shard *shard)
{
    for (terni_spare *spare; (spare = shard->spares);) {
        shard->spares = spare->next;
        shard->n_spares--;
        tern_mem_free(spare);
    }
    TERN_ASSERT(shard->n_spares == 0);
}

// ---- calls that wait -----------------------------------------------------

static void enqueue(terni_shard *shard, terni_outcall *call)
{
    TERN_DEBUG_ASSERT(!*shard->waiting_tail);
    call->next = NULL;
    call->link = shard->waiting_tail;
    *shard->waiting_tail = call;
    shard->waiting_tail = &call->next;
    terni_outcall_set_state(call, TERNI_OUTCALL_WAITING);
}

static void put_back(terni_shard *shard, terni_outcall *call)
{
    TERNI_LIST_PUSH(&shard->waiting, call);
    if (!call->next)
        shard->waiting_tail = &call->next;
    terni_outcall_set_state(call, TERNI_OUTCALL_WAITING);
}

// Off the queue, or off those that back off.
static void take_off(terni_shard *shard, terni_outcall *call)
{
    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_WAITING ||
                      call->state == TERNI_OUTCALL_BACKING_OFF);
    if (shard->waiting_tail == &call->next)
        shard->waiting_tail = call->link;
    TERNI_LIST_REMOVE(call);
    terni_outcall_set_state(call, TERNI_OUTCALL_IDLE);
}

// True if the call has found its way: on a link, or to its end.
static bool start_on(terni_link *link, terni_outcall *call)
{
    int err = terni_link_open(link, call);

    if (TERN_LIKELY(err == 0))
        return true;
    if (err == -EAGAIN)
        return false;
    if (err == -ENOTCONN) {  // it has used up its numbers, or is about to close
        terni_link_retire(link);
        return false;
    }
    terni_link_refuse(call, err);
    return true;
}

static bool start(terni_shard *shard, terni_outcall *call)
{
    for (uint32_t n = shard->balancer.n; n > 0 && shard->balancer.n; n--)
        if (start_on(terni_balancer_pick(&shard->balancer, call), call))
            return true;
    return false;
}

static void connect_idle(terni_shard *shard)
{
    for (terni_connector *c = shard->connectors, *next; c && shard->n_in[TERNI_CONNECTOR_IDLE];
         c = next) {
        next = c->next;
        if (c->state == TERNI_CONNECTOR_IDLE)
            terni_connector_connect(c);
    }
}

static void start_waiting(terni_shard *shard)
{
    for (terni_outcall *call; shard->balancer.n && (call = shard->waiting);) {
        take_off(shard, call);
        if (start(shard, call))
            continue;
        put_back(shard, call);
        connect_idle(shard);  // a link that takes no more was left
        return;
    }
}

// ---- another attempt -----------------------------------------------------

static bool retry(terni_outcall *call, tern_code code, const terni_meta_list *trailing)
{
    terni_shard               *shard = terni_shard_of(call);
    uint64_t                   now = tern_poller_now_ns(terni_shard_poller(shard)), delay_ms, until;
    const terni_failed_attempt failed = { .code = code,
                                          .trailing = trailing,
                                          .is_repeatable = !shard->is_closing &&
                                                           terni_outcall_is_repeatable(call),
                                          .n_retries = call->n_retries,
                                          .seed = now + (uintptr_t)call };

    if (!terni_retry_policy_decide(&shard->policy->retry, &failed, &delay_ms))
        return false;
    call->n_retries++;
    until = now + delay_ms * TERN_NS_PER_MS;
    if (until >= call->head.deadline_ns)
        return false;  // the failure says more than a deadline would, and says it at once
    TERNI_LIST_PUSH(&shard->backing_off, call);
    terni_outcall_set_state(call, TERNI_OUTCALL_BACKING_OFF);
    tern_timer_set(tern_poller_wheel(terni_shard_poller(shard)), &call->timer, until);
    return true;
}

static bool has_retries(const terni_shard *shard) { return shard->policy->retry.max_attempts > 0; }

static void fail(terni_outcall *call)
{
    static const terni_meta_list none;
    const terni_shard           *shard = terni_shard_of(call);

    if (!has_retries(shard) || !retry(call, TERN_UNAVAILABLE, &none))
        terni_outcall_finish(call, TERN_UNAVAILABLE, shard->why);
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
        take_off(shard, call);
        if (call->waits_for_ready)
            enqueue(shard, call);
        else
            fail(call);
    }
    // Nobody is told otherwise. A server that is just being started is no news, nor is the same once more.
    if (shard->waiting && ++shard->n_failures == 2)
        tern_log(TERN_LOG_WARNING, "calls wait for a connection: %s", shard->why);
}

// While one address was being tried another may have come back: when all have failed for the first time
// after a success, each has another try before calls fail. So servers may be restarted in turn.
static void check_all_failed(terni_shard *shard)
{
    unsigned n_failed = shard->n_in[TERNI_CONNECTOR_FAILED];

    if (!shard->waiting || n_failed + shard->n_in[TERNI_CONNECTOR_ABSENT] < shard->n_connectors)
        return;
    if (shard->has_tried_again || (n_failed == 1 && shard->is_alone)) {
        fail_waiting(shard);
        return;
    }
    shard->has_tried_again = true;
    for (terni_connector *c = shard->connectors, *next; c; c = next) {
        next = c->next;
        terni_connector_connect(c);
    }
}

// ---- the carrier ---------------------------------------------------------

static const char poller_freed[] = "the poller was freed";

const char terni_shard_inherited[] =
    "fork(): this is the parent's, which goes on with it; the child makes a channel of its own";

static void on_poller_leaving(tern_guest *guest)
{
    terni_shard_close(TERN_CONTAINER_OF(guest, terni_shard, guest), poller_freed);
}

// False: nothing can be begun any more.
static bool get_ready(terni_shard *shard)
{
    if (shard->is_closing)
        return false;
    shard->guest.leave = on_poller_leaving;
    if (tern_poller_join(terni_shard_poller(shard), &shard->guest) < 0) {
        terni_shard_close(shard, poller_freed);
        return false;
    }
    shard->is_ready = true;
    return true;
}

static void begin(terni_outcall *call)
{
    terni_shard *shard = terni_shard_of(call);

    if (TERN_UNLIKELY(call->state == TERNI_OUTCALL_BACKING_OFF))
        take_off(shard, call);
    if (TERN_UNLIKELY(!shard->is_ready) && !get_ready(shard)) {
        terni_outcall_finish(call, TERN_CANCELLED, shard->end_why);
        return;
    }
    if (call->head.deadline_ns != TERN_NEVER && !tern_timer_is_set(&call->timer))
        tern_timer_set(tern_poller_wheel(terni_shard_poller(shard)), &call->timer,
                       call->head.deadline_ns);
    if (TERN_LIKELY(shard->balancer.n && !shard->waiting && !shard->n_in[TERNI_CONNECTOR_IDLE]) &&
        TERN_LIKELY(terni_link_open(terni_balancer_pick(&shard->balancer, call), call) == 0))
        return;
    enqueue(shard, call);
    connect_idle(shard);
    start_waiting(shard);
    check_all_failed(shard);  // if so: a moment ago nobody was there
}

static void on_attempt_ended(terni_outcall *call, const terni_close *close)
{
    const terni_shard *shard = terni_shard_of(call);

    if (TERN_UNLIKELY(shard->is_closing && close->is_reset))
        terni_outcall_finish(call, TERN_CANCELLED, shard->end_why);
    else if (close->is_not_processed && call->n_refusals++ < TERNI_MAX_TRANSPARENT_RETRIES &&
             terni_outcall_is_repeatable(call))
        begin(call);
    else if (has_retries(shard) && retry(call, (tern_code)close->code, &close->metadata))
        return;  // it is in our care
    else if (close->code == TERN_OK && terni_outcall_lacks_reply(call))
        terni_outcall_finish(call, TERN_INTERNAL, "the reply has no message");
    else
        terni_outcall_close(call, close);
}

static void drop(terni_outcall *call, tern_code code, const char *why)
{
    if (call->state == TERNI_OUTCALL_OPEN)
        terni_link_cancel(call, code, why);
    else if (call->state != TERNI_OUTCALL_IDLE)
        take_off(terni_shard_of(call), call);
}

static void describe_wait(const terni_outcall *call, char *text, size_t size)
{
    const terni_shard *shard = terni_shard_of(call);

    if (shard->balancer.n)
        snprintf(text, size, "the deadline has passed before a connection had room");
    else
        snprintf(text, size, "the deadline has passed without a connection%s%s",
                 shard->why[0] ? ": " : "", shard->why);
}

static const terni_carrier_ops carrier_ops = { begin, on_attempt_ended, drop, describe_wait };

// ---- what becomes of the connectors --------------------------------------

static terni_shard *shard_of(const terni_connector *c) { return c->owner; }

// One that is on its way out counts no more.
static void on_moved(terni_connector *c, terni_connector_state before)
{
    if (c->is_closing)
        return;
    TERN_ASSERT(shard_of(c)->n_in[before] > 0);
    shard_of(c)->n_in[before]--;
    shard_of(c)->n_in[c->state]++;
    TERN_DEBUG_ASSERT(terni_shard_is_valid(shard_of(c)));
    note_readiness(shard_of(c));
}

static void on_opened(terni_connector *c, terni_link *link)
{
    terni_shard *shard = shard_of(c);

    shard->has_tried_again = false;
    shard->why[0] = '\0';
    terni_balancer_add(&shard->balancer, link);
    start_waiting(shard);
}

static void on_left(terni_connector *c, terni_link *link)
{
    terni_balancer_remove(&shard_of(c)->balancer, link);
}

static void on_room(terni_connector *c)
{
    if (TERN_UNLIKELY(shard_of(c)->waiting != NULL))
        start_waiting(shard_of(c));
}

static void on_failed(terni_connector *c, const char *why)
{
    terni_shard *shard = shard_of(c);

    if (why)
        snprintf(shard->why, sizeof shard->why, "%s", why);
    check_all_failed(shard);
}

// Those that are there now are for the calls that wait, as this one is; which may yet fail.
static void on_found(terni_connector *c, unsigned n_found)
{
    terni_shard *shard = shard_of(c);

    for (terni_connector *other = shard->connectors; other; other = other->next)
        if (!other->is_closing && other->wish.first == c->wish.first)
            terni_connector_revise(other, n_found);
    if (shard->waiting)
        connect_idle(shard);
}

static bool is_wanted(const terni_connector *c)
{
    const terni_shard *shard = c->owner;

    return shard->waiting && !shard->is_closing;
}

static void check_gone(terni_shard *shard)
{
    if (!shard->is_closing || shard->is_held || shard->connectors || atomic_load(&shard->update))
        return;
    TERN_ASSERT(!shard->is_gone && !shard->waiting && !shard->backing_off);
    tern_poller_part(&shard->guest);
    drop_spares(shard);
    terni_balancer_done(&shard->balancer);
    shard->is_gone = true;
    if (!shard->is_private)  // a private one's driver sees it
        shard->gone(shard, shard->owner);
}

static void on_gone(terni_connector *c)
{
    TERNI_LIST_REMOVE(c);
    check_gone(shard_of(c));
}

static const terni_connector_events connector_events = {
    .moved = on_moved,
    .opened = on_opened,
    .left = on_left,
    .room = on_room,
    .failed = on_failed,
    .found = on_found,
    .is_wanted = is_wanted,
    .gone = on_gone,
};

// ---- addresses -----------------------------------------------------------

// What the balance wants of a list of endpoints, being brought about.
typedef struct change change;
struct change {
    terni_shard     *shard;
    terni_endpoints *endpoints;
};

static bool keep_one(const change *ch, const terni_wish *wish)
{
    for (terni_connector *c = ch->shard->connectors; c; c = c->next)
        if (!c->is_kept && terni_connector_adopt(c, ch->endpoints, wish)) {
            c->is_kept = true;
            return true;
        }
    return false;
}

static int add_one(const change *ch, const terni_wish *wish)
{
    terni_shard               *shard = ch->shard;
    const terni_client_policy *p = shard->policy;
    const terni_connector_opts opts = {
        .events = &connector_events,
        .owner = shard,
        .endpoints = ch->endpoints,
        .wish = wish,
        .link_opts = { .poller = terni_shard_poller(shard),
                       .filters = &p->filters,
                       .authority = *p->authority ? p->authority : NULL,
                       .server_name = *p->server_name ? p->server_name : NULL,
                       .limits = &p->limits,
                       .keepalive_ms = p->keepalive_ms,
                       .keepalive_timeout_ms = p->keepalive_timeout_ms },
    };
    terni_connector *c;

    if (terni_balancer_reserve(&shard->balancer, shard->n_connectors + 1) < 0 ||
        !(c = terni_connector_new(&opts)))
        return -ENOMEM;
    c->is_kept = true;
    TERNI_LIST_PUSH(&shard->connectors, c);
    shard->n_connectors++;
    shard->n_in[c->state]++;
    return 0;
}

static int want(const terni_wish *wish, void *arg)
{
    const change *ch = arg;
    int           err = 0;

    for (unsigned i = 0; i < ch->shard->policy->n_connections && err == 0; i++)
        if (!keep_one(ch, wish))
            err = add_one(ch, wish);
    return err;
}

static void retire(terni_shard *shard, terni_connector *c)
{
    TERN_ASSERT(shard->n_connectors > 0 && shard->n_in[c->state] > 0);
    shard->n_connectors--;
    shard->n_in[c->state]--;
    terni_connector_retire(c);
}

static int change_endpoints(terni_shard *shard, terni_endpoints *endpoints)
{
    change ch = { shard, endpoints };
    int    err;

    for (terni_connector *c = shard->connectors; c; c = c->next)
        c->is_kept = false;
    err = shard->policy->balance->plan(endpoints, want, &ch);
    shard->is_alone = endpoints->n == 1;
    for (terni_connector *c = shard->connectors, *next; c && err == 0; c = next) {
        next = c->next;
        if (!c->is_kept && !c->is_closing)
            retire(shard, c);
    }
    TERN_DEBUG_ASSERT(terni_shard_is_valid(shard));
    note_readiness(shard);
    return err;
}

static void run_update(tern_task *task)
{
    terni_shard     *shard = TERN_CONTAINER_OF(task, terni_shard, update_task);
    terni_endpoints *endpoints = atomic_exchange(&shard->update, NULL);

    TERN_ASSERT(endpoints);
    if (!shard->is_closing && change_endpoints(shard, endpoints) < 0)
        tern_log(TERN_LOG_ERROR, "a channel keeps the addresses it had: out of memory");
    terni_endpoints_unref(endpoints);
    if (shard->waiting)
        connect_idle(shard);
    check_all_failed(shard);
    check_gone(shard);
}

void terni_shard_give_endpoints(terni_shard *shard, terni_endpoints *endpoints)
{
    terni_endpoints *before = atomic_exchange(&shard->update, endpoints);

    if (before)
        terni_endpoints_unref(before);  // the task that was posted for it finds the newer ones
    else
        tern_poller_post(terni_shard_poller(shard), &shard->update_task);
}

// ---- life ----------------------------------------------------------------

static void forget_connectors(terni_shard *shard)
{
    for (terni_connector *c = shard->connectors, *next; c; c = next) {
        next = c->next;
        terni_connector_close(c);
    }
}

int terni_shard_init(terni_shard *shard, const terni_shard_opts *opts)
{
    const terni_client_policy *p = opts->policy;
    int                        err;

    TERN_ASSERT(!atomic_load_explicit(&shard->found_by, memory_order_relaxed));
    memset(&shard->carrier, 0, sizeof *shard - offsetof(terni_shard, carrier));
    shard->carrier = (terni_carrier){ .ops = &carrier_ops,
                                      .poller = opts->poller,
                                      .timeout_ms = p->timeout_ms,
                                      .interceptors = p->interceptors,
                                      .n_interceptors = p->n_interceptors,
                                      .packing = p->packing };
    shard->policy = opts->policy;
    shard->is_private = opts->is_private;
    shard->gone = opts->gone;
    shard->changed = opts->changed;
    shard->owner = opts->owner;
    shard->update_task.run = run_update;
    shard->waiting_tail = &shard->waiting;
    terni_balancer_init(&shard->balancer, p->balance);
    if ((err = change_endpoints(shard, opts->endpoints)) == 0)
        return 0;
    forget_connectors(shard);  // those that could be made
    terni_balancer_done(&shard->balancer);
    shard->is_gone = true;
    return err;
}

void terni_shard_close(terni_shard *shard, const char *why)
{
    terni_outcall *call;

    if (shard->is_closing)
        return;
    shard->is_closing = true;
    shard->is_ready = false;
    note_readiness(shard);
    shard->end_why = why;
    while ((call = shard->waiting) || (call = shard->backing_off)) {
        take_off(shard, call);
        terni_outcall_finish(call, TERN_CANCELLED, why);
    }
    shard->is_held = true;
    forget_connectors(shard);
    shard->is_held = false;
    check_gone(shard);
}
