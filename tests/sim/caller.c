#include "tests/sim/caller.h"

#include <tern/fiber.h>
#include <tern/task.h>

#include "tests/sim/chance.h"
#include "tests/sim/kernel.h"

typedef struct caller caller;
struct caller {
    call         *call;
    tern_channel *channel;
    tern_poller  *poller;
    tern_task     task;
    tern_cancel  *cancel;  // NULL: none
    bool          is_coming, is_abroad;
    bool          is_on_fiber;  // which has not returned
    bool          is_stuck;     // a sender that has nothing to send for now
    tern_timer    timer;
    void         *stream;  // in callbacks
};

static caller callers[MAX_CALLS];

static tern_call_opts opts_of(const caller *a)
{
    int64_t timeout = a->call->timeout_ms;

    return (tern_call_opts){ .timeout_ms = timeout ? timeout : 120 * 1000,
                             .wait_for_ready = a->call->is_probe || a->call->must_succeed,
                             .cancel = a->cancel };
}

static bool has_enough(const call *c, uint32_t n)
{
    return c->caller == CONDUCT_LEAVES && n >= c->after;
}

static void begins(caller *a)
{
    a->is_coming = false;
    ledger_begins(a->call);
}

// A poller that is freed waits for its fibers, but not for ever.
static void dawdle(const call *c)
{
    if (c->caller == CONDUCT_SLOW && !tern_fiber_is_cancelled())
        (void)!tern_fiber_sleep((1 + chance_pick_low(CHANCE_SERVE, 300)) * TERN_NS_PER_MS);
}

// ---- replies -------------------------------------------------------------

static void take_reply(call *c, const sim_note *reply)
{
    ledger_check_down(c, reply, 0);
    c->n_heard_there = reply->n;
    c->n_got++;
}

static void take_message(call *c, const sim_note *note)
{
    ledger_check_down(c, note, c->n_got);
    c->n_got++;
}

static void left(call *c)
{
    c->has_left = true;
    ledger_ends(c, (tern_status){ .code = TERN_CANCELLED });
}

// ---- on a fiber ----------------------------------------------------------

static void ask_on_fiber(caller *a)
{
    tern_call_opts opts = opts_of(a);
    sim_note      *reply = NULL;
    tern_status    st = sim_desk_ask(a->channel, ledger_up(a->call, 0), &opts, &reply);

    if (st.code == TERN_OK)
        take_reply(a->call, reply);
    ledger_ends(a->call, st);
    sim_note_free(reply);
}

static void tell_on_fiber(caller *a)
{
    call                 *c = a->call;
    tern_call_opts        opts = opts_of(a);
    sim_desk_tell_stream *s = sim_desk_tell(a->channel, ledger_up(c, 0), &opts);
    const sim_note       *note;

    while (!has_enough(c, c->n_got) && (note = sim_desk_tell_next(s))) {
        take_message(c, note);
        dawdle(c);
    }
    if (has_enough(c, c->n_got))
        left(c);
    else
        ledger_ends(c, sim_desk_tell_status(s));
    sim_desk_tell_stream_free(s);
}

static void hear_on_fiber(caller *a)
{
    call                 *c = a->call;
    tern_call_opts        opts = opts_of(a);
    sim_desk_hear_stream *s = sim_desk_hear(a->channel, &opts);
    sim_note             *reply = NULL;
    tern_status           st;

    for (uint32_t i = 0; i < c->n_up && !has_enough(c, i); i++) {
        if (sim_desk_hear_send(s, ledger_up(c, i)) != TERN_OK)
            break;
        c->n_sent++;
        dawdle(c);
    }
    if (has_enough(c, c->n_sent)) {
        left(c);
    } else {
        st = sim_desk_hear_finish(s, &reply);
        if (st.code == TERN_OK)
            take_reply(c, reply);
        ledger_ends(c, st);
    }
    sim_note_free(reply);
    sim_desk_hear_stream_free(s);
}

// Some answers lag behind, so that both directions are full at a time; then the rest.
static void talk_on_fiber(caller *a)
{
    enum { LAG = 3 };

    call                 *c = a->call;
    tern_call_opts        opts = opts_of(a);
    sim_desk_talk_stream *s = sim_desk_talk(a->channel, &opts);
    const sim_note       *note = NULL;
    bool                  is_well = true;

    for (uint32_t i = 0; i < c->n_up && is_well && !has_enough(c, c->n_got); i++) {
        is_well = sim_desk_talk_send(s, ledger_up(c, i)) == TERN_OK;
        c->n_sent += is_well;
        dawdle(c);
        if (is_well && i >= LAG && (note = sim_desk_talk_next(s)))
            take_message(c, note);
        else if (i >= LAG)
            is_well = false;
    }
    sim_desk_talk_close_send(s);
    while (is_well && !has_enough(c, c->n_got) && (note = sim_desk_talk_next(s)))
        take_message(c, note);
    if (has_enough(c, c->n_got)) {
        left(c);
    } else {
        while ((note = sim_desk_talk_next(s)))
            take_message(c, note);
        ledger_ends(c, sim_desk_talk_status(s));
    }
    sim_desk_talk_stream_free(s);
}

static void begin_and_wait(caller *a)
{
    call          *c = a->call;
    tern_call_opts opts = opts_of(a);
    sim_note      *reply = NULL;
    tern_call     *begun = sim_desk_ask_begin(a->channel, ledger_up(c, 0), &opts, &reply);
    tern_status    st;

    dawdle(c);
    if (c->caller == CONDUCT_LEAVES) {
        tern_call_free(begun);
        left(c);
        return;
    }
    st = tern_wait_all(&begun, 1);
    if (st.code == TERN_OK)
        take_reply(c, reply);
    ledger_ends(c, st);
    tern_call_free(begun);
    sim_note_free(reply);
}

static void run_fiber(void *arg)
{
    static void (*const styles[])(caller * a) = { ask_on_fiber, tell_on_fiber, hear_on_fiber,
                                                  talk_on_fiber };
    caller *a = arg;

    begins(a);
    if (a->call->style == STYLE_BEGUN)
        begin_and_wait(a);
    else
        styles[a->call->kind](a);
    a->is_on_fiber = false;
}

// ---- in callbacks --------------------------------------------------------

static void on_reply(tern_status st, const sim_note *reply, void *arg)
{
    caller *a = arg;

    if (st.code == TERN_OK)
        take_reply(a->call, reply);
    ledger_ends(a->call, st);
}

static void on_end(tern_status st, void *arg)
{
    caller *a = arg;

    a->stream = NULL;
    tern_timer_cancel(tern_poller_wheel(a->poller), &a->timer);
    ledger_ends(a->call, st);
}

static void on_told(const sim_note *note, void *arg)
{
    caller *a = arg;

    take_message(a->call, note);
    if (has_enough(a->call, a->call->n_got))
        caller_cancel(a->call);
}

static void on_rested(tern_timer *t)
{
    caller *a = TERN_CONTAINER_OF(t, caller, timer);

    a->is_stuck = false;
    if (a->stream)
        sim_desk_talk_wake(a->stream);
}

// A slow one sends nothing now, and says when it has something.
static bool rests(caller *a, void *stream)
{
    if (a->call->caller != CONDUCT_SLOW || a->is_stuck || chance_pick(CHANCE_SERVE, 2) == 0)
        return false;
    a->stream = stream;
    a->is_stuck = true;
    tern_timer_set(tern_poller_wheel(a->poller), &a->timer,
                   tern_poller_now_ns(a->poller) +
                       (1 + chance_pick_low(CHANCE_SERVE, 300)) * TERN_NS_PER_MS);
    return true;
}

static void on_hear_writable(sim_desk_hear_stream *s, void *arg)
{
    caller *a = arg;
    call   *c = a->call;

    if (rests(a, s))
        return;
    if (has_enough(c, c->n_sent))
        caller_cancel(c);
    if (c->n_sent == c->n_up)
        sim_desk_hear_close_send(s);
    else if (sim_desk_hear_send(s, ledger_up(c, c->n_sent)) == TERN_OK)
        c->n_sent++;
}

static void on_hear_end(tern_status st, const sim_note *reply, void *arg)
{
    caller *a = arg;

    if (st.code == TERN_OK)
        take_reply(a->call, reply);
    on_end(st, arg);
}

static void on_talk_message(sim_desk_talk_stream *s, const sim_note *note, void *arg)
{
    (void)s;
    on_told(note, arg);
}

static void on_talk_writable(sim_desk_talk_stream *s, void *arg)
{
    caller *a = arg;
    call   *c = a->call;

    if (rests(a, s))
        return;
    if (c->n_sent == c->n_up)
        sim_desk_talk_close_send(s);
    else if (sim_desk_talk_send(s, ledger_up(c, c->n_sent)) == TERN_OK)
        c->n_sent++;
}

static void make_with_callbacks(tern_task *task)
{
    caller        *a = TERN_CONTAINER_OF(task, caller, task);
    tern_call_opts opts = opts_of(a);

    begins(a);
    switch (a->call->kind) {
    case CALL_ASK:
        sim_desk_ask_async(a->channel, ledger_up(a->call, 0), &opts, on_reply, a);
        return;
    case CALL_TELL:
        sim_desk_tell_async(a->channel, ledger_up(a->call, 0), &opts,
                            &(sim_desk_tell_events){ .message = on_told, .end = on_end }, a);
        return;
    case CALL_HEAR:
        sim_desk_hear_async(
            a->channel, &opts,
            &(sim_desk_hear_events){ .writable = on_hear_writable, .end = on_hear_end }, a);
        return;
    case CALL_TALK:
        sim_desk_talk_async(a->channel, &opts,
                            &(sim_desk_talk_events){ .message = on_talk_message,
                                                     .writable = on_talk_writable,
                                                     .end = on_end },
                            a);
        return;
    case CALL_N_KINDS:
        break;
    }
    TERN_UNREACHABLE();
}

// ---- all -----------------------------------------------------------------

static caller *caller_of(const call *c) { return &callers[c->id - 1]; }

void caller_start(void) {}

void caller_make(call *c, tern_poller *poller, tern_channel *ch, bool is_abroad)
{
    caller *a = caller_of(c);

    *a = (caller){
        .call = c, .channel = ch, .poller = poller, .is_coming = true, .is_abroad = is_abroad
    };
    tern_timer_init(&a->timer, on_rested);
    if (!c->is_probe && (is_abroad || !c->must_succeed))
        a->cancel = tern_cancel_new();  // without one it cannot be cancelled
    c->is_made = true;
    a->task.run = make_with_callbacks;
    if (c->style == STYLE_ASYNC)
        tern_poller_post(poller, &a->task);
    else
        a->is_on_fiber = a->is_coming = c->is_made =
            tern_fiber_spawn(poller, run_fiber, a, NULL, NULL) == 0;
}

unsigned caller_n_coming(const tern_channel *ch)
{
    unsigned n = 0;

    for (unsigned i = 0; i < ledger_n_planned(); i++)
        n += callers[i].is_coming && callers[i].channel == ch;
    return n;
}

void caller_cancel(call *c)
{
    caller *a = caller_of(c);

    if (!a->cancel || c->is_cancelled)
        return;
    SIM_SAY("call %u is cancelled", c->id);
    c->is_cancelled = true;
    tern_cancel_fire(a->cancel);
}

bool caller_is_home(void)
{
    bool is_home = true;

    for (unsigned i = 0; i < ledger_n_planned(); i++) {
        call *c = callers[i].call;

        if (!callers[i].is_abroad || !c->is_made || (c->n_ends && !callers[i].is_on_fiber))
            continue;
        is_home = false;
        if (c->has_begun)
            caller_cancel(c);
    }
    return is_home;
}

void caller_end(void)
{
    for (unsigned i = 0; i < ledger_n_planned(); i++) {
        tern_cancel_free(callers[i].cancel);
        callers[i].cancel = NULL;
    }
}
