#include "tests/sim/desk.h"

#include <tern/fiber.h>

#include "tests/sim/chance.h"
#include "tests/sim/ledger.h"

static unsigned n_running;

void desk_start(void) { n_running = 0; }

unsigned desk_n_running(void) { return n_running; }

static serving *begin(uint32_t id)
{
    n_running++;
    return ledger_handler_begins(id);
}

static tern_code end(serving *c, tern_code code)
{
    n_running--;
    ledger_handler_returns(c, code);
    return code;
}

// ---- on fibers -----------------------------------------------------------

static bool has_enough(const serving *c, uint32_t n) { return n >= c->call->after; }

static tern_code give_up(tern_ctx *ctx, const serving *c)
{
    return tern_fail(ctx, TERN_FAILED_PRECONDITION, "call %u was to fail", c->call->id);
}

static void dawdle(const serving *c)
{
    if (c->call->handler == CONDUCT_SLOW)
        (void)!tern_fiber_sleep((1 + chance_pick_low(CHANCE_SERVE, 200)) * TERN_NS_PER_MS);
}

static tern_code hang(tern_ctx *ctx)
{
    tern_code code;

    while ((code = tern_ctx_check(ctx)) == TERN_OK)
        (void)!tern_fiber_sleep(20 * TERN_NS_PER_S);
    return code;
}

// What its conduct makes of a handler that has done `n` messages. False: it goes on.
static bool leaves(tern_ctx *ctx, const serving *c, uint32_t n, tern_code *ret_code)
{
    dawdle(c);
    if (c->call->handler == CONDUCT_HANGS && has_enough(c, n))
        *ret_code = hang(ctx);
    else if (c->call->handler == CONDUCT_FAILS && has_enough(c, n))
        *ret_code = give_up(ctx, c);
    else if (c->call->handler == CONDUCT_LEAVES && has_enough(c, n))
        *ret_code = TERN_OK;
    else
        return false;
    return true;
}

static tern_code ask(tern_ctx *ctx, const sim_note *req, sim_note *reply)
{
    serving  *c = begin(req->call);
    tern_code code = TERN_OK;

    ledger_check_up(c->call, req, 0);
    c->n_heard = 1;
    dawdle(c);
    if (c->call->handler == CONDUCT_HANGS)
        code = hang(ctx);
    else if (c->call->handler == CONDUCT_FAILS)
        code = give_up(ctx, c);
    ledger_fill_down(c, 0, reply);
    c->n_said = 1;
    return end(c, code);
}

static tern_code tell(tern_ctx *ctx, const sim_note *req, sim_desk_tell_out *out)
{
    serving  *c = begin(req->call);
    tern_code code = TERN_OK;

    ledger_check_up(c->call, req, 0);
    c->n_heard = 1;
    while (c->n_said < c->call->n_down && !leaves(ctx, c, c->n_said, &code)) {
        if ((code = sim_desk_tell_send(out, ledger_down(c, c->n_said))) != TERN_OK)
            break;
        c->n_said++;
    }
    return end(c, code);
}

static tern_code hear(tern_ctx *ctx, sim_desk_hear_in *in, sim_note *reply)
{
    serving        *c = NULL;
    const sim_note *note;
    tern_code       code = TERN_OK;

    while ((note = sim_desk_hear_next(in))) {
        c = c ? c : begin(note->call);
        ledger_check_up(c->call, note, c->n_heard);
        c->n_heard++;
        if (leaves(ctx, c, c->n_heard, &code))
            break;
    }
    if (!c)  // nothing has come, so nobody knows which it was
        return tern_ctx_check(ctx) ? tern_ctx_check(ctx) : TERN_ABORTED;
    if (!note)
        code = tern_ctx_check(ctx);
    ledger_fill_down(c, 0, reply);
    c->n_said = 1;
    return end(c, code);
}

static tern_code talk(tern_ctx *ctx, sim_desk_talk_io *io)
{
    serving        *c = NULL;
    const sim_note *note;
    tern_code       code = TERN_OK;

    while (code == TERN_OK && (note = sim_desk_talk_io_next(io))) {
        c = c ? c : begin(note->call);
        ledger_check_up(c->call, note, c->n_heard);
        c->n_heard++;
        if (leaves(ctx, c, c->n_heard, &code))
            return end(c, code);
        if ((code = sim_desk_talk_io_send(io, ledger_down(c, c->n_said))) == TERN_OK)
            c->n_said++;
    }
    if (!c)
        return tern_ctx_check(ctx) ? tern_ctx_check(ctx) : TERN_ABORTED;
    return end(c, code ? code : tern_ctx_check(ctx));
}

// ---- in callbacks --------------------------------------------------------

static void ask_later(sim_desk_ask_call *handle, const sim_note *req)
{
    serving *c = begin(req->call);

    ledger_check_up(c->call, req, 0);
    c->n_heard = 1;
    if (c->call->handler == CONDUCT_FAILS) {
        end(c, TERN_FAILED_PRECONDITION);
        sim_desk_ask_fail(handle, give_up(handle->ctx, c));
        return;
    }
    c->n_said = 1;
    end(c, TERN_OK);
    sim_desk_ask_reply(handle, ledger_down(c, 0));
}

typedef struct stage stage;  // of a stream
struct stage {
    serving *serving;
    bool     is_over, has_heard_all;
};

static bool finishes(const serving *c, uint32_t n, tern_code *ret_code)
{
    *ret_code = c->call->handler == CONDUCT_FAILS ? TERN_FAILED_PRECONDITION : TERN_OK;
    return (c->call->handler == CONDUCT_FAILS || c->call->handler == CONDUCT_LEAVES) &&
           has_enough(c, n);
}

// The call is over here, and was not before.
static void conclude(stage *s, tern_code code)
{
    if (s->is_over)
        sim_fail("call %u: its handler is called after it has finished", s->serving->call->id);
    s->is_over = true;
    end(s->serving, code);
}

static void stage_ends(stage *s, tern_status st)
{
    if (s->serving && !s->is_over)
        conclude(s, st.code ? st.code : TERN_UNKNOWN);
}

// Called back at a time when it has not said its last word yet.
static void check_stage(const stage *s)
{
    if (s->is_over)
        sim_fail("call %u: its handler is called though it has answered",
                 s->serving ? s->serving->call->id : 0);
}

static void tell_ready(sim_desk_tell_out *out)
{
    stage    *s = out->state;
    tern_code code;

    check_stage(s);
    if (!s->serving) {
        s->serving = begin(out->req->call);
        ledger_check_up(s->serving->call, out->req, 0);
        s->serving->n_heard = 1;
    }
    if (finishes(s->serving, s->serving->n_said, &code) ||
        s->serving->n_said == s->serving->call->n_down) {
        conclude(s, code);
        sim_desk_tell_finish(out, code);
        return;
    }
    sim_desk_tell_push(out, ledger_down(s->serving, s->serving->n_said++));
}

static void tell_end(sim_desk_tell_out *out, tern_status st) { stage_ends(out->state, st); }

static serving *heard(stage *s, const sim_note *note)
{
    check_stage(s);
    if (!s->serving)
        s->serving = begin(note->call);
    ledger_check_up(s->serving->call, note, s->serving->n_heard);
    s->serving->n_heard++;
    return s->serving;
}

static void hear_reply(sim_desk_hear_in *in, tern_code code)
{
    stage *s = in->state;

    s->serving->n_said = 1;
    conclude(s, code);
    if (code)
        sim_desk_hear_fail(in, give_up(in->ctx, s->serving));
    else
        sim_desk_hear_reply(in, ledger_down(s->serving, 0));
}

static void hear_message(sim_desk_hear_in *in, const sim_note *note)
{
    serving  *c = heard(in->state, note);
    tern_code code;

    if (finishes(c, c->n_heard, &code))
        hear_reply(in, code);
}

static void hear_finished(sim_desk_hear_in *in)
{
    stage *s = in->state;

    check_stage(s);
    if (!s->serving)
        sim_desk_hear_fail(in, TERN_ABORTED);
    else
        hear_reply(in, TERN_OK);
}

static void hear_end(sim_desk_hear_in *in, tern_status st) { stage_ends(in->state, st); }

static void talk_finish(sim_desk_talk_io *io, tern_code code)
{
    stage *s = io->state;

    if (s->serving)
        conclude(s, code);
    s->is_over = true;
    sim_desk_talk_io_finish(io, code);
}

static void talk_message(sim_desk_talk_io *io, const sim_note *note)
{
    serving  *c = heard(io->state, note);
    tern_code code;

    if (finishes(c, c->n_heard, &code))
        talk_finish(io, code);
    else
        sim_desk_talk_io_wake(io);
}

static void talk_ready(sim_desk_talk_io *io)
{
    stage *s = io->state;

    check_stage(s);
    if (s->serving && s->serving->n_said < s->serving->n_heard)
        sim_desk_talk_io_push(io, ledger_down(s->serving, s->serving->n_said++));
    else if (s->has_heard_all)
        talk_finish(io, s->serving ? TERN_OK : TERN_ABORTED);
}

static void talk_finished(sim_desk_talk_io *io)
{
    stage *s = io->state;

    check_stage(s);
    s->has_heard_all = true;
    sim_desk_talk_io_wake(io);
}

static void talk_end(sim_desk_talk_io *io, tern_status st) { stage_ends(io->state, st); }

// ---- the service ---------------------------------------------------------

void desk_register(tern_server *srv, unsigned async_kinds)
{
    sim_desk_handlers h = { 0 };

    if (async_kinds & 1U << CALL_ASK)
        h.ask_async = ask_later;
    else
        h.ask = ask;
    if (async_kinds & 1U << CALL_TELL) {
        h.tell_async.ready = tell_ready;
        h.tell_async.end = tell_end;
        h.tell_async.state_size = sizeof(stage);
    } else {
        h.tell = tell;
    }
    if (async_kinds & 1U << CALL_HEAR) {
        h.hear_async.message = hear_message;
        h.hear_async.finished = hear_finished;
        h.hear_async.end = hear_end;
        h.hear_async.state_size = sizeof(stage);
    } else {
        h.hear = hear;
    }
    if (async_kinds & 1U << CALL_TALK) {
        h.talk_async.message = talk_message;
        h.talk_async.finished = talk_finished;
        h.talk_async.ready = talk_ready;
        h.talk_async.end = talk_end;
        h.talk_async.state_size = sizeof(stage);
    } else {
        h.talk = talk;
    }
    sim_desk_register(srv, &h, NULL);
}
