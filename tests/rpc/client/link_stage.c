#include "tests/rpc/client/link_stage.h"

#include "tests/support/leak.h"

#include <unistd.h>

#include "tests/support/fake_clock.h"
#include "tests/support/sockets.h"

#define START (1000 * TERN_NS_PER_S)

// ---- the link's owner ----------------------------------------------------

static stage *stage_of(const terni_link *link) { return link->owner; }

static void on_settled(terni_link *link)
{
    (void)link;
    journal_say("settled ");
}

static void on_room(terni_link *link)
{
    (void)link;
    journal_say("room ");
}

static void on_leaving(terni_link *link)
{
    assert_true(link->is_retired);
    journal_say("leaving ");
}

static void on_lost(terni_link *link, const char *why)
{
    assert_true(link->is_retired);
    journal_say("lost(%s) ", why);
}

static void on_gone(terni_link *link)
{
    assert_null(link->calls);
    stage_of(link)->link = NULL;
    journal_say("gone ");
}

static const terni_link_events link_events = { on_settled, on_room, on_leaving, on_lost, on_gone };

// ---- the calls' carrier --------------------------------------------------

static void on_begin(terni_outcall *call)
{
    stage *s = TERN_CONTAINER_OF(call->carrier, stage, carrier);
    int    err = terni_link_open(s->link, call);

    if (err < 0)
        journal_say("refused(%d) ", err);
}

static void on_ended(terni_outcall *call, const terni_close *close)
{
    assert_int_equal(call->state, TERNI_OUTCALL_IDLE);
    journal_say("ended(%u%s%s) ", close->code, close->is_reset ? ",reset" : "",
                close->is_not_processed ? ",not processed" : "");
    if (!TERN_CONTAINER_OF(call->carrier, stage, carrier)->keeps_calls)
        terni_outcall_close(call, close);
}

static void on_drop(terni_outcall *call, tern_code code, const char *why)
{
    if (call->state == TERNI_OUTCALL_OPEN)
        terni_link_cancel(call, code, why);
}

static void describe_wait(const terni_outcall *call, char *text, size_t size)
{
    (void)call;
    (void)text;
    (void)size;
}

static const terni_carrier_ops carrier_ops = { on_begin, on_ended, on_drop, describe_wait };

// ---- a call --------------------------------------------------------------

static void on_done(terni_outcall *call)
{
    journal_say("done(%d,%s) ", call->status.code, call->status.msg);
}

static void on_opened(terni_outcall *call)
{
    (void)call;
    journal_say("opened ");
}

static void on_message(terni_outcall *call, const terni_piece *piece)
{
    journal_say("message(%zu) ", piece->len);
    terni_session_consumed(&call->on->session, &call->stream, piece->len);
}

static void on_writable(terni_outcall *call)
{
    (void)call;
    journal_say("writable ");
}

static const terni_outcall_events stream_events = { on_opened, on_message, on_writable };

void caller_make(terni_outcall *call, stage *s, tern_method_kind kind, const tern_call_opts *opts)
{
    assert_int_equal(
        terni_outcall_init(call, &s->carrier, &letters_methods[kind], opts, TERNI_DOES_NOT_PARK),
        0);
    call->done = on_done;
    call->events = kind == TERN_BIDI_STREAM ? &stream_events : NULL;
}

void caller_start(terni_outcall *call, stage *s, const tern_call_opts *opts)
{
    Test__Note note = letters_note("hello");

    caller_make(call, s, TERN_UNARY, opts);
    terni_outcall_start(call, terni_outcall_encode(call, &note));
}

void caller_start_stream(terni_outcall *call, stage *s)
{
    caller_make(call, s, TERN_BIDI_STREAM, NULL);
    terni_outcall_start(call, 0);
}

void caller_done(terni_outcall *call)
{
    assert_true(terni_outcall_is_done(call));
    terni_codec_free(call->reply);
    terni_outcall_done(call);
}

// ---- the stage -----------------------------------------------------------

static const terni_target target = { .wire = &fake_wire_table };

tern_code stage_open(stage *s)
{
    const terni_link_opts opts = { .poller = s->poller,
                                   .target = &target,
                                   .limits = &terni_limits_default,
                                   .events = &link_events,
                                   .owner = s };
    int                   fds[2];

    sockets_unix_pair(fds);
    s->peer = fds[1];
    return terni_link_new(&opts, fds[0], &s->link).code;
}

void stage_begin_unsettled(stage *s)
{
    fake_wire_reset();
    fake_clock_start(START);
    *s = (stage){ .poller = tern_poller_new(NULL), .peer = -1 };
    s->carrier = (terni_carrier){ .ops = &carrier_ops, .poller = s->poller };
    assert_int_equal(stage_open(s), TERN_OK);
    assert_string_equal(journal_take(), "create ");
}

void stage_step(stage *s)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(tern_poller_step(s->poller, 0), 0);
}

void stage_pass(stage *s, uint64_t ms)
{
    fake_clock_advance(ms * TERN_NS_PER_MS);
    stage_step(s);
}

static void settle(void)
{
    terni_engine *e = the_wire.engine;

    e->opts.events->settled(e->opts.owner);
    assert_string_equal(journal_take(), "settled ");
}

void stage_begin(stage *s)
{
    stage_begin_unsettled(s);
    settle();
}

void stage_hang_up(stage *s)
{
    close(s->peer);
    s->peer = -1;
    stage_step(s);
}

void stage_end(stage *s)
{
    if (s->link)
        terni_link_abort(s->link);
    stage_step(s);
    assert_null(s->link);
    if (s->peer >= 0)
        close(s->peer);
    tern_poller_free(s->poller);
}

void wire_close(terni_outcall *call, uint32_t code)
{
    fake_wire_raise_closed(the_wire.engine, &call->stream, &(terni_close){ .code = code });
}

void wire_reply(terni_outcall *call, const char *bytes, size_t len)
{
    fake_wire_raise_message(the_wire.engine, &call->stream, bytes, len);
}
