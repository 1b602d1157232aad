// What a channel is doing, for people.
#include "rpc/base/seldom_internal.h"

#include "rpc/call/survey_internal.h"
#include "rpc/client/channel_internal.h"
#include "rpc/session/survey_internal.h"

static void describe_call(const terni_outcall *call, const char *state, terni_text *to)
{
    uint64_t now = tern_poller_now_ns(call->carrier->poller);

    terni_text_add(to, "    %s: %s, attempt %u, for ", call->head.method->path, state,
                   call->n_attempts);
    terni_text_add_span(to, call->since_ns, now);
    terni_session_describe_deadline(now, call->head.deadline_ns, to);
    terni_text_add(to, "%s%s\n", call->is_answered ? ", has been answered to" : "",
                   call->is_starved ? ", waits for room to send" : "");
}

static void describe_calls(const terni_outcall *calls, const char *state, unsigned *n,
                           terni_text *to)
{
    for (; calls; calls = calls->next)
        if (++*n <= TERNI_SURVEY_MAX_CALLS)
            describe_call(calls, state, to);
}

static void describe_link(const terni_link *link, unsigned *n_calls, terni_text *to)
{
    terni_text_add(to, "  connection with ");
    terni_session_describe(&link->session, to);
    terni_text_add(to, "%s%s\n", link->has_settled ? "" : ", new",
                   link->is_retired ? ", takes no more calls" : "");
    describe_calls(link->calls, "on its way", n_calls, to);
}

static void describe_connector(const terni_connector *c, unsigned *n_calls, terni_text *to)
{
    static const char *const states[TERNI_N_CONNECTOR_STATES] = {
        [TERNI_CONNECTOR_IDLE] = "not connected",
        [TERNI_CONNECTOR_DIALING] = "connecting",
        [TERNI_CONNECTOR_OPEN] = "connected",
        [TERNI_CONNECTOR_FAILED] = "failed, and backs off",
        [TERNI_CONNECTOR_ABSENT] = "not wanted",
    };
    char address[96];

    terni_connector_address(c, address, sizeof address);
    terni_text_add(to, "  to %s: %s\n", address, states[c->state]);
    for (const terni_link *link = c->links; link; link = link->next)
        describe_link(link, n_calls, to);
}

static void describe_shard(terni_text *to, void *arg)
{
    const terni_shard *shard = arg;
    unsigned           n_calls = 0;

    terni_text_add(to, "%s%s%s\n",
                   shard->is_private ? "of threads that wait" : "of its fibers and callbacks",
                   shard->why[0] ? ": " : "", shard->why);
    for (const terni_connector *c = shard->connectors; c; c = c->next)
        describe_connector(c, &n_calls, to);
    describe_calls(shard->waiting, "waits for a connection", &n_calls, to);
    describe_calls(shard->backing_off, "waits for another attempt", &n_calls, to);
    if (n_calls > TERNI_SURVEY_MAX_CALLS)
        terni_text_add(to, "  and %u more calls\n", n_calls - TERNI_SURVEY_MAX_CALLS);
}

static bool is_there(const terni_shard *shard)
{
    const tern_poller *poller = atomic_load_explicit(&shard->found_by, memory_order_acquire);

    return poller && !tern_poller_is_closed(poller) && !tern_poller_is_inherited(poller);
}

static unsigned count_shards(const tern_channel *ch)
{
    unsigned n = 0;

    for (const terni_shard *shard = ch->shards; shard; shard = shard->next)
        n += is_there(shard);
    return n;
}

// Under the lock, as whoever else posts to a shard.
static terni_survey *ask_all(tern_channel *ch, unsigned *ret_n)
{
    unsigned      n = count_shards(ch), i = 0;
    terni_survey *s = terni_survey_new(n);

    for (terni_shard *shard = ch->shards; s && shard && i < n; shard = shard->next) {
        if (!is_there(shard))
            continue;
        terni_survey_ask(s, i, terni_shard_poller(shard), describe_shard, shard);
        if (shard->is_private)
            terni_survey_drive(s, i);
        i++;
    }
    *ret_n = i;
    return s;
}

void tern_channel_dump(tern_channel *ch, FILE *to)
{
    unsigned      n = 0;
    terni_survey *s = NULL;

    fprintf(to, "channel %p: %s%s%s\n", (void *)ch,
            tern_channel_state_name(tern_channel_get_state(ch)), ch->status.code ? ", " : "",
            ch->status.msg);
    if (ch->status.code)
        return;
    pthread_mutex_lock(&ch->lock);
    s = ask_all(ch, &n);
    pthread_mutex_unlock(&ch->lock);
    if (!s) {
        fprintf(to, "out of memory\n");
        return;
    }
    terni_survey_wait(s);
    for (unsigned i = 0; i < n; i++) {
        fprintf(to, "poller %u: ", i);
        if (!terni_survey_print(s, i, to))
            fprintf(to, "does not answer\n");
    }
    terni_survey_unref(s);
}
