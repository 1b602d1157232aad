#include "tests/rpc/client/outcall_stage.h"

#include "tests/support/leak.h"

#include <stdio.h>

#include "rpc/base/list_internal.h"
#include "rpc/client/link_internal.h"

static stage *stage_of(const terni_outcall *call)
{
    return TERN_CONTAINER_OF(call->carrier, stage, carrier);
}

static caller *caller_of(terni_outcall *call) { return TERN_CONTAINER_OF(call, caller, call); }

// ---- the carrier ---------------------------------------------------------

static void take_off(terni_outcall *call)
{
    if (call->state == TERNI_OUTCALL_IDLE)
        return;
    TERNI_LIST_REMOVE(call);
    call->on = NULL;
    terni_outcall_set_state(call, TERNI_OUTCALL_IDLE);
}

void caller_move(caller *c, terni_outcall_state next)
{
    static terni_link link;
    terni_outcall    *call = &c->call;

    take_off(call);
    if (next == TERNI_OUTCALL_IDLE)
        return;
    TERNI_LIST_PUSH(&stage_of(call)->calls, call);
    call->on = next == TERNI_OUTCALL_OPEN ? &link : NULL;
    terni_outcall_set_state(call, next);
}

static void on_begin(terni_outcall *call)
{
    journal_say("begin ");
    caller_move(caller_of(call), TERNI_OUTCALL_WAITING);
}

static void on_ended(terni_outcall *call, const terni_close *close)
{
    (void)call;
    (void)close;
    fail_msg("who has told it?");
}

static void on_drop(terni_outcall *call, tern_code code, const char *why)
{
    journal_say("drop(%d,%s) ", code, why);
    take_off(call);
}

static void describe_wait(const terni_outcall *call, char *text, size_t size)
{
    (void)call;
    snprintf(text, size, "waited in vain");
}

static const terni_carrier_ops ops = { on_begin, on_ended, on_drop, describe_wait };

// ---- the stage -----------------------------------------------------------

void stage_begin(stage *s)
{
    fake_clock_start(STAGE_START);
    journal_clear();
    *s = (stage){ .poller = tern_poller_new(NULL) };
    s->carrier = (terni_carrier){ .ops = &ops, .poller = s->poller };
}

void stage_end(stage *s)
{
    assert_null(s->calls);
    if (s->poller)
        tern_poller_free(s->poller);
}

void stage_pass(stage *s, uint64_t ms)
{
    fake_clock_advance(ms * TERN_NS_PER_MS);
    assert_int_equal(tern_poller_step(s->poller, 0), 0);
}

// ---- callers -------------------------------------------------------------

static void on_done(terni_outcall *call)
{
    caller_of(call)->n_done++;
    journal_say("done(%d,%s) ", call->status.code, call->status.msg);
}

int caller_make(caller *c, stage *s, tern_method_kind kind, const tern_call_opts *opts)
{
    int err = terni_outcall_init(&c->call, &s->carrier, &letters_methods[kind], opts,
                                 TERNI_DOES_NOT_PARK);

    c->call.done = on_done;
    c->n_done = 0;
    return err;
}

void caller_start(caller *c, stage *s, tern_method_kind kind, const tern_call_opts *opts)
{
    Test__Note note = letters_note("hello");
    int        err = caller_make(c, s, kind, opts);

    if (err == 0)
        err = terni_outcall_encode(&c->call, &note);
    terni_outcall_start(&c->call, err);
}

void caller_done(caller *c)
{
    assert_int_equal(c->n_done, 1);
    assert_true(terni_outcall_is_done(&c->call));
    terni_codec_free(c->call.reply);
    terni_outcall_done(&c->call);
}
