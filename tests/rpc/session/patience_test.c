// Peers that begin something and do not go on with it, on a clock that stands until it is moved.
#include "tests/rpc/session/stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

static const int64_t header_ms = 20 * 1000, message_ms = 60 * 1000;

static void start_settled(owner *o, terni_role role)
{
    if (role == TERNI_SERVER)
        owner_start_server(o);
    else
        owner_start_client(o);
    terni_session_settled(&o->session);
}

static void check_ended(owner *o, const char *word)
{
    peer_hang_up(o);
    assert_true(o->is_closed);
    assert_int_equal(o->err, -EPROTO);
    assert_non_null(strstr(o->why, word));
    owner_end(o);
}

static void test_half_a_frame_ends_the_connection_in_time(void **state)
{
    (void)state;
    for (terni_role role = TERNI_CLIENT; role <= TERNI_SERVER; role++) {
        owner o;

        start_settled(&o, role);
        peer_say(&o, "one\ntw");
        owner_pass(&o, (uint64_t)header_ms - 10);
        assert_null(strstr(peer_hear(&o), "goaway"));
        owner_pass(&o, 20);
        check_ended(&o, "header_timeout_ms");
    }
}

static void test_byte_now_and_then_does_not_help_half_a_frame(void **state)
{
    owner o;

    (void)state;
    start_settled(&o, TERNI_SERVER);
    for (int i = 0; i < 21; i++) {
        peer_say(&o, "x");
        owner_pass(&o, 1000);
    }
    check_ended(&o, "header_timeout_ms");
}

static void test_frames_that_come_in_halves_have_their_time_each(void **state)
{
    owner o;

    (void)state;
    start_settled(&o, TERNI_SERVER);
    for (int i = 0; i < 5; i++) {
        peer_say(&o, "on");
        owner_pass(&o, (uint64_t)header_ms - 1000);
        peer_say(&o, "e\n");
    }
    peer_say(&o, "on");
    for (int i = 0; i < 5; i++) {
        owner_pass(&o, (uint64_t)header_ms - 1000);
        peer_say(&o, "e\non");
    }
    assert_false(o.session.has_failed);
    owner_end(&o);
}

static void test_long_frame_has_the_time_of_a_message(void **state)
{
    owner o;

    (void)state;
    start_settled(&o, TERNI_SERVER);
    the_wire.need = TERNI_LONG_FRAME + 1;
    peer_say(&o, "x");
    owner_pass(&o, (uint64_t)message_ms - 10);
    assert_false(o.session.has_failed);
    owner_pass(&o, 20);
    check_ended(&o, "message_timeout_ms");
}

static void test_message_that_stands_still_ends_the_connection(void **state)
{
    (void)state;
    for (terni_role role = TERNI_CLIENT; role <= TERNI_SERVER; role++) {
        owner o;

        start_settled(&o, role);
        the_wire.stalled_ns = STAGE_START;
        peer_say(&o, "one\n");
        owner_pass(&o, (uint64_t)message_ms - 10);
        the_wire.stalled_ns += 5 * TERN_NS_PER_S;  // it went on
        owner_pass(&o, 20);
        assert_false(o.session.has_failed);
        peer_say(&o, "PING\n");  // something else that comes
        owner_pass(&o, 5000);
        check_ended(&o, "message_timeout_ms");
    }
}

static void test_peer_without_anything_begun_may_be_silent(void **state)
{
    owner o;

    (void)state;
    start_settled(&o, TERNI_SERVER);
    peer_say(&o, "on");
    peer_say(&o, "e\n");
    owner_pass(&o, 3600 * 1000);
    assert_false(o.is_closed);
    assert_false(tern_timer_is_set(&o.session.patience->timer));
    owner_end(&o);
}

// All of it had come, but the poller was left to itself.
static void test_what_came_while_nobody_listened_is_in_time(void **state)
{
    owner o;

    (void)state;
    start_settled(&o, TERNI_CLIENT);
    peer_say(&o, "on");
    fake_clock_advance(3600 * TERN_NS_PER_S);
    peer_say(&o, "e");
    assert_false(o.session.has_failed);
    peer_say(&o, "\n");
    owner_pass(&o, 3600 * 1000);
    assert_false(o.is_closed);
    owner_end(&o);
}

static void test_peer_that_reads_nothing_is_dropped_in_time(void **state)
{
    static char much[4096 + 1];
    owner       o;

    (void)state;
    start_settled(&o, TERNI_SERVER);
    memset(much, 'x', sizeof much - 1);
    for (int i = 0; i < 1024; i++)
        fake_wire_write(the_wire.engine, much);
    terni_session_ping(&o.session, 1);  // sends it
    owner_step(&o);
    owner_pass(&o, (uint64_t)message_ms - 10);
    assert_false(o.is_closed);
    owner_pass(&o, 20);
    assert_true(o.is_closed);
    assert_int_equal(o.err, -ETIMEDOUT);
    assert_non_null(strstr(o.why, "write_timeout_ms"));
    owner_end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_half_a_frame_ends_the_connection_in_time),
        TERN_TEST(test_byte_now_and_then_does_not_help_half_a_frame),
        TERN_TEST(test_frames_that_come_in_halves_have_their_time_each),
        TERN_TEST(test_long_frame_has_the_time_of_a_message),
        TERN_TEST(test_message_that_stands_still_ends_the_connection),
        TERN_TEST(test_peer_without_anything_begun_may_be_silent),
        TERN_TEST(test_what_came_while_nobody_listened_is_in_time),
        TERN_TEST(test_peer_that_reads_nothing_is_dropped_in_time),
    };

    stage_be_quiet();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
