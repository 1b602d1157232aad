// What a call's handler hears, and what the engine is told, where memory is short or the peer does not read. The engine
// is a fake one, so each allocation and each wait for room is where the test wants it.
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/server/ctx_life_internal.h"
#include "rpc/server/dispatch_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/letters.h"
#include "tests/rpc/fakes/wire.h"
#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"
#include "tests/support/sockets.h"

#define START (1000 * TERN_NS_PER_S)

typedef struct stage stage;
struct stage {
    terni_policy   policy;
    terni_ctx_pool pool;
    terni_home     home;
    terni_caller   caller;
    terni_method   method;
    int            peer;
    uint64_t       fails_at;  // so many allocations from when a message comes; 0: none
};

// ---- the engine's events, brought as a connection of a server does ---------

static stage *stage_of(void *session)
{
    return TERN_CONTAINER_OF((terni_session *)session, stage, caller.session);
}

static tern_ctx *ctx_of(terni_stream *s) { return TERN_CONTAINER_OF(s, tern_ctx, stream); }

static terni_stream *on_opened(void *owner, const terni_open *open)
{
    return &terni_ctx_open(&stage_of(owner)->caller, open)->stream;
}

static void on_message(void *owner, terni_stream *s, const terni_piece *piece)
{
    stage *st = stage_of(owner);

    fail_malloc_at(st->fails_at, st->fails_at != 0);
    terni_dispatch_message(ctx_of(s), piece);
    if (!fail_malloc_has_failed())
        st->fails_at = 0;  // there are no more
    fail_malloc_at(0, 0);
}

static void on_closed(void *owner, terni_stream *s, const terni_close *close)
{
    (void)owner;
    terni_dispatch_closed(ctx_of(s), (tern_code)close->code);
}

static void on_writable(void *owner, terni_stream *s)
{
    (void)owner;
    terni_dispatch_writable(ctx_of(s));
}

static const terni_wire_events events = {
    .opened = on_opened,
    .message = on_message,
    .closed = on_closed,
    .writable = on_writable,
    .failed = terni_session_failed,
};

// ---- the stage -----------------------------------------------------------

static terni_sniff sniff_fake(const uint8_t *bytes, size_t len)
{
    return fake_wire_table.sniff(bytes, len);
}

static void speak_fake(terni_session *s) { terni_session_speak(s, &fake_wire_table); }

static const terni_protocol        fake = { "fake", "fake/1", sniff_fake, speak_fake };
static const terni_protocol *const protocols[] = { &fake, NULL };

static void on_gone(terni_session *s, int err, const char *why) { (void)s, (void)err, (void)why; }

static const terni_session_hooks hooks = { .protocols = protocols, .closed = on_gone };

static void step(stage *s)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(tern_poller_step(s->home.poller, 0), 0);
}

// A connection that has said what it speaks, of a server with one method.
static void begin(stage *s, tern_method_kind kind, terni_handler_fn *sync, const void *async)
{
    const terni_plan *plan = terni_plan_get(&test__note__descriptor);
    int               fds[2];

    fake_wire_reset();
    fake_clock_start(START);
    sockets_unix_pair(fds);
    *s = (stage){ .policy.limits = terni_limits_default, .peer = fds[1] };
    s->method = (terni_method){ .def = &letters_methods[kind],
                                .request_plan = plan,
                                .reply_plan = plan,
                                .sync = sync,
                                .async = async,
                                .reads_stream = kind == TERN_CLIENT_STREAM,
                                .has_reply = true };
    terni_ctx_pool_init(&s->pool);
    s->home =
        (terni_home){ .poller = tern_poller_new(NULL), .policy = &s->policy, .pool = &s->pool };
    s->caller = (terni_caller){
        .home = &s->home,
        .session = { .events = &events, .hooks = &hooks, .limits = &s->policy.limits }
    };
    assert_int_equal(
        terni_session_start(&s->caller.session, s->home.poller, fds[0], NULL, TERNI_SERVER), 0);
    assert_int_equal(send(s->peer, "fake", 4, MSG_NOSIGNAL), 4);
    step(s);
    assert_string_equal(journal_take(), "create ");
}

static void end(stage *s)
{
    assert_null(s->caller.calls);
    assert_int_equal(the_wire.engine->n_streams, 0);
    terni_session_abort(&s->caller.session);
    close(s->peer);
    terni_ctx_pool_done(&s->pool);
    tern_poller_free(s->home.poller);
}

static terni_stream *open_call(stage *s)
{
    return fake_wire_raise_opened(the_wire.engine, &(terni_open){ .method = &s->method });
}

enum { NOTE_BYTES = 5 };  // of "abc"

static void say_note(terni_stream *s)
{
    fake_wire_raise_message(the_wire.engine, s, "\12\3abc", NOTE_BYTES);
}

// ---- an answer without memory --------------------------------------------

static tern_code answer(tern_ctx *ctx, const void *req, void *reply)
{
    (void)ctx, (void)req, (void)reply;
    journal_say("handled ");
    return TERN_OK;
}

// Its stream stayed in the engine's table, and the next call of the same memory was put there a second time.
static void test_bug_answer_without_memory_kept_its_stream(void **state)
{
    stage s;

    (void)state;
    begin(&s, TERN_UNARY, (terni_handler_fn *)answer, NULL);
    the_wire.finish_err = -12;
    for (int i = 0; i < 2; i++) {
        terni_stream *stream = open_call(&s);

        say_note(stream);
        terni_dispatch_end_in(ctx_of(stream));
        assert_int_equal(the_wire.engine->n_streams, 0);
        assert_string_equal(journal_take(),
                            "consumed(5) handled :finish(0,)=-12 "
                            "finish(8,out of memory for the reply)=-12 cancel(8,out of memory) ");
    }
    end(&s);
}

// ---- a message without memory --------------------------------------------

static void hear_note(void *in, const void *msg)
{
    (void)in;
    journal_say("heard(%s) ", ((const Test__Note *)msg)->text);
}

static void hear_end_in(void *in)
{
    (void)in;
    journal_say("finished ");
}

static void hear_end(void *in, tern_status st)
{
    (void)in;
    journal_say("end(%d,%s) ", st.code, st.msg);
}

static const tern_stub_in_slot listening = { hear_note, hear_end_in, hear_end, 0 };

// The call went here, without a word on the wire, and its memory to the next one, while the engine still had the stream.
static void test_bug_message_that_is_lost_ended_no_stream(void **state)
{
    unsigned n_lost = 0;
    stage    s;

    (void)state;
    begin(&s, TERN_CLIENT_STREAM, NULL, &listening);
    for (s.fails_at = 1; s.fails_at; s.fails_at++) {
        terni_stream *stream = open_call(&s);

        terni_dispatch_began(ctx_of(stream));
        say_note(stream);
        if (!s.fails_at)
            break;
        n_lost++;
        assert_int_equal(the_wire.engine->n_streams, 0);
        assert_string_equal(journal_take(), "consumed(5) finish(8,out of memory for a message) "
                                            "end(8,out of memory for a message) ");
        step(&s);
        assert_null(s.caller.calls);
    }
    assert_in_range(n_lost, 2, 10);
    assert_string_equal(journal_take(), "consumed(5) heard(abc) ");
    terni_dispatch_cancel(s.caller.calls, TERN_UNAVAILABLE);
    step(&s);
    end(&s);
}

// ---- behind the answer ---------------------------------------------------

static void reply_at_once(void *in, const void *msg)
{
    hear_note(in, msg);
    tern_stub_reply(in, msg);
}

static const tern_stub_in_slot hasty = { reply_at_once, hear_end_in, hear_end, 0 };

// `message` and `finished` were called all the same while the answer waited for room.
static void test_bug_handler_that_has_answered_heard_more(void **state)
{
    terni_stream *stream;
    stage         s;

    (void)state;
    begin(&s, TERN_CLIENT_STREAM, NULL, &hasty);
    the_wire.blocks = true;
    stream = open_call(&s);
    terni_dispatch_began(ctx_of(stream));
    say_note(stream);
    assert_string_equal(journal_take(), "consumed(5) heard(abc) 5:finish(0,) end(0,) ");
    say_note(stream);
    terni_dispatch_end_in(ctx_of(stream));
    assert_string_equal(journal_take(), "consumed(5) ");
    fake_wire_let_out(the_wire.engine, stream);
    step(&s);
    assert_string_equal(journal_take(), "");
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bug_answer_without_memory_kept_its_stream),
        TERN_TEST(test_bug_message_that_is_lost_ended_no_stream),
        TERN_TEST(test_bug_handler_that_has_answered_heard_more),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
