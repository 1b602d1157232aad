// One connection speaking one wire, which is a fake one: what is asked of the engine and of the connection,
// and in what order its owner hears of it.
#include "tests/rpc/session/stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

// ---- which wire ----------------------------------------------------------

static void test_client_has_its_engine_at_once(void **state)
{
    owner o;

    (void)state;
    owner_start_client(&o);
    assert_int_equal(the_wire.engine->opts.role, TERNI_CLIENT);
    assert_ptr_equal(the_wire.engine->opts.owner, &o.session);
    assert_ptr_equal(the_wire.engine->opts.events, o.session.events);
    assert_true(terni_session_is_open(&o.session));
    owner_end(&o);
    assert_string_equal(journal_take(), "destroy closed ");
}

static void test_server_waits_until_it_is_sure(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    peer_say(&o, "fa");
    assert_string_equal(journal_take(), "");
    assert_false(terni_session_is_open(&o.session));
    peer_say(&o, "ke");
    assert_string_equal(journal_take(), "create recognised fed ");
    assert_int_equal(the_wire.engine->opts.role, TERNI_SERVER);
    owner_end(&o);
}

static void test_first_bytes_are_fed_with_what_came_behind(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    peer_say(&o, "fakeone\ntwo\nthr");
    assert_string_equal(journal_take(), "create recognised <one> <two> fed ");
    peer_say(&o, "ee\n");
    assert_string_equal(journal_take(), "<three> fed ");
    owner_end(&o);
}

static void test_peer_byte_by_byte_is_the_same(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    for (const char *c = "fakeone\n"; *c; c++)
        peer_say(&o, (char[]){ *c, '\0' });
    assert_string_equal(journal_take(), "create recognised fed fed fed fed <one> fed ");
    owner_end(&o);
}

static void test_refused_peer_gets_its_answer_and_the_end(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    peer_say(&o, "rude!");
    assert_string_equal(peer_hear(&o), "go away\n");
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "closed ");
    assert_int_equal(o.err, -EPROTO);
    assert_string_equal(o.why, "it is rude");
    owner_end(&o);
}

static void test_what_a_refused_peer_says_next_is_dropped(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    peer_say(&o, "rude");
    peer_say(&o, "fakeone\n");
    assert_string_equal(journal_take(), "");
    peer_hang_up(&o);
    assert_true(o.is_closed);
    owner_end(&o);
}

static void test_unknown_protocol_is_closed_without_a_word(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    peer_say(&o, "?");
    assert_string_equal(peer_hear(&o), "");
    peer_hang_up(&o);
    assert_int_equal(o.err, -EPROTO);
    assert_string_equal(o.why, "the peer speaks no protocol that is known here");
    owner_end(&o);
}

static void test_peer_that_says_nothing_is_closed_in_time(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    peer_say(&o, "fa");
    owner_pass(&o, TERNI_HANDSHAKE_MS - 10);
    assert_false(o.is_closed);
    owner_pass(&o, 20);
    assert_true(o.is_closed);
    assert_int_equal(o.err, -ETIMEDOUT);
    owner_end(&o);
}

static void test_peer_that_never_settles_is_closed_in_time(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    owner_pass(&o, TERNI_HANDSHAKE_MS - 10);
    assert_false(o.is_closed);
    owner_pass(&o, 20);
    assert_true(o.is_closed);
    assert_int_equal(o.err, -ETIMEDOUT);
    owner_end(&o);
}

static void test_peer_that_has_settled_may_be_silent(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    terni_session_settled(&o.session);
    owner_pass(&o, 10 * TERNI_HANDSHAKE_MS);
    assert_false(o.is_closed);
    owner_end(&o);
}

static void test_without_memory_for_an_engine_the_connection_goes(void **state)
{
    const fake_wire poor = { .cannot_create = true };
    owner           o;

    (void)state;
    assert_int_equal(owner_start_with(&o, TERNI_SERVER, &poor), 0);
    peer_say(&o, "fake");
    assert_string_equal(journal_take(), "create closed ");
    assert_string_equal(o.why, "out of memory");
    owner_end(&o);
    assert_int_equal(owner_start_with(&o, TERNI_CLIENT, &poor), 0);
    assert_false(terni_session_is_open(&o.session));
    owner_step(&o);
    assert_string_equal(journal_take(), "create closed ");
    owner_end(&o);
}

static void test_long_frame_is_fed_when_it_is_whole(void **state)
{
    static char part[4 * 1024 + 1];
    owner       o;

    (void)state;
    owner_start_server(&o);
    memset(part, 'x', sizeof part - 1);
    the_wire.need = 3 * (sizeof part - 1);
    peer_say(&o, part);
    assert_string_equal(journal_take(), "fed ");
    peer_say(&o, part);
    assert_string_equal(journal_take(), "");
    peer_say(&o, part);
    assert_string_equal(journal_take(), "fed ");
    owner_end(&o);
}

// ---- output --------------------------------------------------------------

// Answers each line, and asks for more than one thing.
static void answer_twice(terni_engine *e, const char *line)
{
    terni_session *s = e->opts.owner;

    assert_true(s->is_feeding);
    (void)line;
    fake_wire_write(e, "a");
    terni_session_ping(s, 1);
    terni_session_ping(s, 2);
}

static void test_what_is_written_while_feeding_goes_once_behind_it(void **state)
{
    tern_poller_stats before;
    owner             o;
    unsigned          n_pumps;

    (void)state;
    owner_start_server(&o);
    the_wire.on_line = answer_twice;
    n_pumps = the_wire.n_pumps;
    before = tern_poller_get_stats(o.poller);
    peer_say(&o, "x\ny\nz\n");
    assert_string_equal(peer_hear(&o), "aaa");
    assert_int_equal(the_wire.n_pumps, n_pumps + 1);
    assert_int_equal(tern_poller_get_stats(o.poller).n_writes, before.n_writes + 1);
    owner_end(&o);
}

static void test_what_is_asked_in_one_round_is_sent_once(void **state)
{
    tern_poller_stats before;
    owner             o;

    (void)state;
    owner_start_client(&o);
    owner_step(&o);
    before = tern_poller_get_stats(o.poller);
    for (int i = 0; i < 3; i++) {
        fake_wire_write(o.session.engine, "b");
        terni_session_ping(&o.session, 1);  // pushes what the engine has written
    }
    assert_string_equal(peer_hear(&o), "bbb");
    assert_int_equal(tern_poller_get_stats(o.poller).n_writes, before.n_writes + 1);
    owner_end(&o);
}

// Each function that asks the engine for something, and what the engine is asked.
static void ask_all(terni_session *s, terni_stream *stream)
{
    terni_headers no_headers = { .encoding = NULL };
    terni_open    open = { .path = "/a.B/C", .path_len = 6 };

    assert_int_equal(terni_session_open(s, stream, &open, NULL, false), 0);
    assert_int_equal(terni_session_headers(s, stream, &no_headers), 0);
    terni_session_end(s, stream);
    terni_session_cancel(s, stream, 1, "enough");
    terni_session_ping(s, 7);
    terni_session_goaway(s, true, "bye");
    terni_session_consumed(s, NULL, 0);
}

static void test_each_request_reaches_the_engine_and_is_pumped(void **state)
{
    terni_stream stream = { .id = 0 };
    owner        o;
    unsigned     n_pumps;

    (void)state;
    owner_start_client(&o);
    n_pumps = the_wire.n_pumps;
    ask_all(&o.session, &stream);
    assert_string_equal(journal_take(), "open(/a.B/C,) headers() end cancel(1,enough) ping(7) "
                                        "goaway(final,0,bye) consumed(0) ");
    assert_int_equal(the_wire.n_pumps, n_pumps + 7);
    owner_end(&o);
}

static void test_without_an_engine_nothing_happens(void **state)
{
    const terni_message no_message = { .plan = NULL };
    terni_headers       no_headers = { .encoding = NULL };
    terni_stream        stream = { .id = 1 };
    terni_open          open = { .path = "/a.B/C", .path_len = 6 };
    owner               o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    assert_int_equal(terni_session_open(&o.session, &stream, &open, NULL, false), -ENOTCONN);
    assert_int_equal(terni_session_message(&o.session, &stream, &no_message), -ENOTCONN);
    assert_int_equal(terni_session_finish(&o.session, &stream, NULL, NULL), -ENOTCONN);
    assert_int_equal(terni_session_headers(&o.session, &stream, &no_headers), -ENOTCONN);
    terni_session_end(&o.session, &stream);
    terni_session_cancel(&o.session, &stream, 1, "enough");
    terni_session_ping(&o.session, 7);
    terni_session_goaway(&o.session, true, "bye");
    terni_session_consumed(&o.session, &stream, 0);
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

static void test_error_of_the_engine_is_the_callers(void **state)
{
    terni_stream stream = { .id = 0 };
    terni_open   open = { .path = "/a.B/C", .path_len = 6 };
    owner        o;

    (void)state;
    owner_start_client(&o);
    the_wire.open_err = -EAGAIN;
    assert_int_equal(terni_session_open(&o.session, &stream, &open, NULL, true), -EAGAIN);
    assert_int_equal(stream.id, 0);
    owner_end(&o);
}

// ---- a peer that does not read -------------------------------------------

static void test_room_comes_back_when_the_peer_reads(void **state)
{
    static char chunk[64 * 1024];
    owner       o;

    (void)state;
    owner_start_client(&o);
    memset(chunk, 'x', sizeof chunk - 1);
    assert_true(terni_session_has_room(&o.session));
    while (terni_session_has_room(&o.session)) {
        fake_wire_write(o.session.engine, chunk);
        terni_session_ping(&o.session, 1);
        owner_step(&o);
    }
    (void)journal_take();
    for (int i = 0; i < 1000 && !terni_session_has_room(&o.session); i++)
        (void)peer_hear(&o);
    for (int i = 0; i < 1000 && tern_conn_unsent(o.session.conn); i++)
        (void)peer_hear(&o);
    assert_string_equal(journal_take(), "drained ");
    owner_end(&o);
}

static void get_stuck(terni_engine *e, const char *line)
{
    (void)line;
    for (int i = 0; i < 4096; i++)
        fake_wire_write(e, "a reply that is 1024 / 16 bytes long, and nobody reads ........");
    the_wire.is_stuck = true;
}

// The engine says when it is too much; what has come meanwhile is looked at when the peer has read.
static void test_peer_that_does_not_read_is_not_read_from(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    for (int i = 0; i < 16; i++)
        get_stuck(the_wire.engine, NULL);
    the_wire.is_stuck = false;
    the_wire.on_line = get_stuck;
    peer_say(&o, "one\ntwo\n");
    assert_string_equal(journal_take(), "<one> fed ");
    peer_say(&o, "three\n");
    assert_string_equal(journal_take(), "");
    the_wire.on_line = NULL;
    the_wire.is_stuck = false;
    while (*peer_hear(&o))
        ;
    assert_string_equal(journal_take(), "drained <two> fed <three> fed ");
    owner_end(&o);
}

static owner *reading;  // while its engine is asked

// The peer reads all just when the session sends.
static void read_behind(terni_session *s)
{
    (void)s;
    if (!the_wire.is_stuck || !reading)
        return;
    the_wire.is_stuck = false;
    for (char text[4096]; recv(reading->peer, text, sizeof text, MSG_DONTWAIT) > 0;)
        ;
}

static void test_bug_peer_that_read_at_the_last_moment_was_not_heard_again(void **state)
{
    terni_session_hooks hooks;
    owner               o;

    (void)state;
    owner_start_server(&o);
    hooks = *o.session.hooks;
    hooks.fed = read_behind;
    o.session.hooks = &hooks;
    reading = &o;
    the_wire.on_line = get_stuck;
    peer_say(&o, "one\ntwo\nthree\n");
    reading = NULL;
    the_wire.on_line = NULL;
    the_wire.is_stuck = false;
    while (*peer_hear(&o))
        ;
    assert_non_null(strstr(journal_take(), "<three>"));
    owner_end(&o);
}

// So that others have one.
static void test_session_waits_for_its_turn(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    the_wire.per_feed = 1;
    assert_int_equal(send(o.peer, "one\ntwo\nthree\nfour\n", 19, 0), 19);
    assert_true(tern_poller_step(o.poller, 0) >= 0);
    assert_string_equal(journal_take(), "<one> fed <two> fed ");  // at its beginning and at its end
    assert_true(tern_poller_step(o.poller, 0) >= 0);
    assert_string_equal(journal_take(), "<three> fed ");
    assert_true(tern_poller_step(o.poller, 0) >= 0);
    assert_string_equal(journal_take(), "<four> fed ");
    owner_end(&o);
}

static void test_session_may_go_while_it_waits_for_its_turn(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    the_wire.per_feed = 1;
    assert_int_equal(send(o.peer, "one\ntwo\nthree\n", 14, 0), 14);
    assert_true(tern_poller_step(o.poller, 0) >= 0);
    assert_string_equal(journal_take(), "<one> fed <two> fed ");
    terni_session_abort(&o.session);
    owner_step(&o);
    assert_string_equal(journal_take(), "destroy closed ");
    assert_true(o.is_closed);
    owner_end(&o);
}

static void test_position_counts_all_that_was_written(void **state)
{
    owner    o;
    uint64_t before;

    (void)state;
    owner_start_client(&o);
    before = terni_session_position(&o.session);
    fake_wire_write(o.session.engine, "12345");
    assert_int_equal(terni_session_position(&o.session), before + 5);
    terni_session_ping(&o.session, 1);
    assert_string_equal(peer_hear(&o), "12345");
    assert_int_equal(terni_session_position(&o.session), before + 5);
    owner_end(&o);
    assert_int_equal(o.session.offered_bytes, before + 5);
}

// ---- who is there --------------------------------------------------------

static void test_peer_has_an_address_and_credentials(void **state)
{
    struct ucred cred;
    char         text[TERN_MAX_ADDRESS];
    owner        o;

    (void)state;
    owner_start_client(&o);
    assert_true(terni_session_peer_address(&o.session, text));
    assert_string_equal(text, "unix:(unnamed)");
    assert_int_equal(terni_session_peer_cred(&o.session, &cred), 0);
    assert_int_equal(cred.pid, getpid());
    owner_end(&o);
}

static void test_expectation_is_met_or_taken_back(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    terni_session_expect_by(&o.session, STAGE_START + TERN_NS_PER_S);
    terni_session_expect_by(&o.session, TERN_NEVER);
    owner_pass(&o, 2000);
    assert_false(o.is_closed);
    terni_session_expect_by(&o.session, STAGE_START + 3 * TERN_NS_PER_S);
    owner_pass(&o, 2000);
    assert_int_equal(o.err, -ETIMEDOUT);
    owner_end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_client_has_its_engine_at_once),
        TERN_TEST(test_server_waits_until_it_is_sure),
        TERN_TEST(test_first_bytes_are_fed_with_what_came_behind),
        TERN_TEST(test_peer_byte_by_byte_is_the_same),
        TERN_TEST(test_refused_peer_gets_its_answer_and_the_end),
        TERN_TEST(test_what_a_refused_peer_says_next_is_dropped),
        TERN_TEST(test_unknown_protocol_is_closed_without_a_word),
        TERN_TEST(test_peer_that_says_nothing_is_closed_in_time),
        TERN_TEST(test_peer_that_never_settles_is_closed_in_time),
        TERN_TEST(test_peer_that_has_settled_may_be_silent),
        TERN_TEST(test_without_memory_for_an_engine_the_connection_goes),
        TERN_TEST(test_long_frame_is_fed_when_it_is_whole),
        TERN_TEST(test_what_is_written_while_feeding_goes_once_behind_it),
        TERN_TEST(test_what_is_asked_in_one_round_is_sent_once),
        TERN_TEST(test_each_request_reaches_the_engine_and_is_pumped),
        TERN_TEST(test_without_an_engine_nothing_happens),
        TERN_TEST(test_error_of_the_engine_is_the_callers),
        TERN_TEST(test_room_comes_back_when_the_peer_reads),
        TERN_TEST(test_peer_that_does_not_read_is_not_read_from),
        TERN_TEST(test_bug_peer_that_read_at_the_last_moment_was_not_heard_again),
        TERN_TEST(test_session_waits_for_its_turn),
        TERN_TEST(test_session_may_go_while_it_waits_for_its_turn),
        TERN_TEST(test_position_counts_all_that_was_written),
        TERN_TEST(test_peer_has_an_address_and_credentials),
        TERN_TEST(test_expectation_is_met_or_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
