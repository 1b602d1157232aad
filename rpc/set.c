// A channel's connections from one poller: made when calls want them, made again when they are lost.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tern/mem.h>

#include "rpc/channel_internal.h"

static void ensure_connecting(terni_set *set);

// ---- waiting calls -------------------------------------------------------

static void fail_waiting(terni_set *set)
{
    terni_call *calls = set->waiting, *next;

    set->waiting = NULL;
    set->waiting_tail = &set->waiting;
    for (; calls; calls = next) {
        next = calls->next;
        calls->link = NULL;
        if (calls->waits_for_ready)
            terni_call_wait(calls);
        else
            terni_call_finish(calls, TERN_UNAVAILABLE, set->why, strlen(set->why));
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

    if (err == -EAGAIN || err == -ENOTCONN)
        return false;
    if (err < 0)
        terni_call_finish(call, TERN_RESOURCE_EXHAUSTED, failure_of_open(err),
                          strlen(failure_of_open(err)));
    return true;
}

static void start_waiting(terni_set *set)
{
    for (terni_call *call; set->current && (call = set->waiting);) {
        terni_call_unlink(call);
        if (start_on(set->current, call))
            continue;
        call->next = set->waiting;  // back to the front
        call->link = &set->waiting;
        if (call->next)
            call->next->link = &call->next;
        else
            set->waiting_tail = &call->next;
        set->waiting = call;
        return;
    }
}

void terni_call_begin(terni_call *call)
{
    terni_set *set = call->set;

    if (set->is_closing) {
        terni_call_finish(call, TERN_CANCELLED, "the channel was freed", 21);
        return;
    }
    if (call->deadline_ns != TERN_NEVER && !tern_timer_is_set(&call->timer))
        tern_timer_set(tern_poller_wheel(set->poller), &call->timer, call->deadline_ns);
    if (set->current && !set->waiting && start_on(set->current, call))
        return;
    terni_call_wait(call);
    if (set->current && !set->current->is_retired)
        return;
    if (set->retry_ns && !call->waits_for_ready)
        fail_waiting(set);  // a moment ago nobody was there
    else
        ensure_connecting(set);
}

// ---- connecting ----------------------------------------------------------

static void dial(terni_set *set);

static void on_retry(tern_timer *t)
{
    terni_set *set = TERN_CONTAINER_OF(t, terni_set, retry_timer);

    set->retry_ns = 0;
    if (set->waiting)
        ensure_connecting(set);
}

// Plus or minus a fifth, so that clients that lost the same server do not come back as one.
static uint64_t with_jitter(uint64_t ms, uint64_t seed)
{
    uint64_t random = (seed * UINT64_C(0x9e3779b97f4a7c15)) >> 33;

    return ms * 4 / 5 + random % (ms * 2 / 5 + 1);
}

static void back_off(terni_set *set, const char *why)
{
    uint64_t now = tern_poller_now_ns(set->poller);

    snprintf(set->why, sizeof set->why, "%s", why);
    set->backoff_ms = set->backoff_ms ? set->backoff_ms * 8 / 5 : TERNI_MIN_BACKOFF_MS;
    if (set->backoff_ms > TERNI_MAX_BACKOFF_MS)
        set->backoff_ms = TERNI_MAX_BACKOFF_MS;
    set->retry_ns = now + with_jitter(set->backoff_ms, now) * TERN_NS_PER_MS;
    tern_timer_set(tern_poller_wheel(set->poller), &set->retry_timer, set->retry_ns);
    fail_waiting(set);
}

// In one line of a status: a long host is cut.
static void describe_failure(const tern_address *a, int err, char *why, size_t size)
{
    if (a->kind == TERN_ADDRESS_TCP)
        snprintf(why, size, "cannot connect to tcp://%.60s:%u: %s", a->host, a->port,
                 strerror(-err));
    else
        snprintf(why, size, "cannot connect to unix:%.60s: %s", a->host, strerror(-err));
}

static void on_dial_failed(terni_set *set, int err)
{
    char why[sizeof set->why];

    describe_failure(&set->channel->addresses[set->address], err, why, sizeof why);
    if (++set->address < set->channel->n_addresses) {
        dial(set);
        return;
    }
    set->address = 0;
    back_off(set, why);
}

static void on_dialed(int fd, void *arg)
{
    terni_set *set = arg;
    int        err = fd;

    set->dialer = NULL;
    if (set->is_closing) {
        if (fd >= 0)
            close(fd);
        terni_set_check_gone(set);
        return;
    }
    if (fd >= 0 && (err = terni_link_new(set, fd, &set->current)) == 0)
        start_waiting(set);  // in the first flight, without waiting for the settings
    else
        on_dial_failed(set, err);
}

static void dial(terni_set *set)
{
    uint64_t deadline = tern_poller_now_ns(set->poller) + TERNI_DIAL_TIMEOUT_MS * TERN_NS_PER_MS;

    if (tern_dial(set->poller, &set->channel->addresses[set->address], deadline, on_dialed, set,
                  &set->dialer) < 0)
        back_off(set, "out of memory for a connection");
}

static void ensure_connecting(terni_set *set)
{
    if (!set->dialer && !set->retry_ns)
        dial(set);
}

void terni_set_link_ready(terni_set *set, terni_link *link)
{
    (void)link;
    set->backoff_ms = 0;
    set->address = 0;
    start_waiting(set);  // more calls fit now
}

void terni_set_link_gone(terni_set *set, terni_link *link, const char *why)
{
    if (set->current != link)
        return;
    set->current = NULL;
    if (why && !set->is_closing)
        back_off(set, why);
    else if (set->waiting)
        ensure_connecting(set);
}

// ---- life ----------------------------------------------------------------

int terni_set_new(tern_channel *ch, tern_poller *poller, terni_set **ret_set)
{
    terni_set *set = tern_mem_zalloc(sizeof *set);

    if (!set)
        return -ENOMEM;
    set->channel = ch;
    set->poller = poller;
    set->waiting_tail = &set->waiting;
    tern_timer_init(&set->retry_timer, on_retry);
    pthread_mutex_init(&set->lock, NULL);
    pthread_cond_init(&set->has_progress, NULL);
    *ret_set = set;
    return 0;
}

void terni_set_check_gone(terni_set *set)
{
    if (!set->is_closing || set->n_links || set->dialer || set->is_gone)
        return;
    tern_timer_cancel(tern_poller_wheel(set->poller), &set->retry_timer);
    set->is_gone = true;
    if (!set->is_private)  // a private one's driver sees it
        terni_set_free(set);
}

void terni_set_free(terni_set *set)
{
    tern_channel *ch = set->channel;

    if (set->is_private)
        tern_poller_free(set->poller);
    pthread_cond_destroy(&set->has_progress);
    pthread_mutex_destroy(&set->lock);
    tern_mem_free(set);
    terni_channel_unref(ch);
}

void terni_set_close(terni_set *set)
{
    terni_call *call;

    set->is_closing = true;
    snprintf(set->why, sizeof set->why, "the channel was freed");
    while ((call = set->waiting)) {
        terni_call_unlink(call);
        terni_call_finish(call, TERN_CANCELLED, set->why, strlen(set->why));
    }
    if (set->dialer)
        tern_dialer_cancel(set->dialer);
    for (terni_link *link = set->links; link; link = link->next)
        terni_link_abort(link);
    terni_set_check_gone(set);
}
