// The server is killed, without a word, at every point of a call: the client is told once, and does not hang.
#include "tests/rpc/matrix/players.h"

#include <stdlib.h>
#include <string.h>

static host the_victim;

static void start_victim(void)
{
    players_start(&the_victim, &(players_setup){ .place = HOST_IN_PROCESS, .scheme = HOST_UNIX });
}

static void kill_it(void) { host_kill(&the_victim); }

// ---- points of a call, on a thread or a fiber -----------------------------

static void expect_loss(tern_status st)
{
    TERN_ASSERT(st.code == TERN_UNAVAILABLE);
    TERN_ASSERT(strlen(st.msg) > 0);
}

static void killed_before_the_call(tern_channel *ch)
{
    TERN_AUTO(kinds_item) *reply = NULL;

    kill_it();
    expect_loss(kinds_kinds_unary(ch, KINDS_ITEM(), NULL, &reply));
}

static void killed_between_two_calls(tern_channel *ch)
{
    TERN_AUTO(kinds_item) *first = NULL, *second = NULL;

    TERN_ASSERT(kinds_kinds_unary(ch, KINDS_ITEM(), NULL, &first).code == TERN_OK);
    kill_it();
    expect_loss(kinds_kinds_unary(ch, KINDS_ITEM(), NULL, &second));
}

static void killed_after_the_first_of_a_down_stream(tern_channel *ch)
{
    TERN_AUTO(kinds_kinds_down_stream) *s =
        kinds_kinds_down(ch, KINDS_ITEM(.n_replies = 3, .hang = true), NULL);

    TERN_ASSERT(kinds_kinds_down_next(s));
    kill_it();
    while (kinds_kinds_down_next(s))
        ;  // what had come
    expect_loss(kinds_kinds_down_status(s));
}

static void killed_in_an_up_stream(tern_channel *ch)
{
    static uint8_t load[32 * 1024];
    TERN_AUTO(kinds_kinds_up_stream) *s = kinds_kinds_up(ch, NULL);
    TERN_AUTO(kinds_item) *reply = NULL;
    tern_code code = TERN_OK;

    for (uint32_t i = 0; i < 10 && code == TERN_OK; i++)
        code = kinds_kinds_up_send(s, KINDS_ITEM(.number = i, .load = { sizeof load, load }));
    TERN_ASSERT(code == TERN_OK);
    kill_it();
    for (uint32_t i = 10; code == TERN_OK; i++)  // until it is noticed
        code = kinds_kinds_up_send(s, KINDS_ITEM(.number = i, .load = { sizeof load, load }));
    TERN_ASSERT(code == TERN_UNAVAILABLE);
    expect_loss(kinds_kinds_up_finish(s, &reply));
}

static void killed_between_question_and_answer(tern_channel *ch)
{
    TERN_AUTO(kinds_kinds_both_stream) *s = kinds_kinds_both(ch, NULL);

    TERN_ASSERT(kinds_kinds_both_send(s, KINDS_ITEM(.number = 0)) == TERN_OK);
    TERN_ASSERT(kinds_kinds_both_next(s));
    kill_it();
    (void)!kinds_kinds_both_send(s, KINDS_ITEM(.number = 1));  // may have left before it is known
    TERN_ASSERT(!kinds_kinds_both_next(s));
    expect_loss(kinds_kinds_both_status(s));
}

typedef void point(tern_channel *ch);

static point *const points[] = {
    killed_before_the_call,
    killed_between_two_calls,
    killed_after_the_first_of_a_down_stream,
    killed_in_an_up_stream,
    killed_between_question_and_answer,
};

static point *the_point;

static void run_point(void *arg)
{
    TERN_AUTO(tern_channel) *ch = host_connect(the_victim.address, NULL);

    (void)arg;
    the_point(ch);
}

static void test_server_killed_at_every_point(void **state)
{
    (void)state;
    for (players_style style = PLAY_ON_THREAD; style <= PLAY_ON_FIBER; style++) {
        for (size_t i = 0; i < TERN_COUNT_OF(points); i++) {
            start_victim();
            the_point = points[i];
            players_run(style, run_point, NULL);
            host_end(&the_victim);
        }
    }
}

// ---- with callbacks: each end comes exactly once --------------------------

static unsigned n_ends, n_items;

static void on_reply(tern_status st, const kinds_item *reply, void *arg)
{
    (void)arg;
    TERN_ASSERT(st.code == TERN_UNAVAILABLE && !reply);
    n_ends++;
}

static void on_item(const kinds_item *item, void *arg)
{
    (void)item;
    (void)arg;
    n_items++;
}

static void on_end(tern_status st, void *arg)
{
    (void)arg;
    TERN_ASSERT(st.code == TERN_UNAVAILABLE);
    n_ends++;
}

static void up_writable(kinds_kinds_up_stream *s, void *arg)
{
    uint32_t *n = arg;

    if (*n < 5)
        (void)!kinds_kinds_up_send(s, KINDS_ITEM(.number = (*n)++));
}

enum { N_EACH = 20 };

static bool are_all_under_way(void *arg)
{
    (void)arg;
    return n_items == 2 * N_EACH && atomic_load(&the_counts->n_hanging) == 2 * N_EACH;
}

// Handlers hang in unary calls and in a stream, uploads are open; then the process is gone.
static void test_all_callbacks_are_told_once(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    uint32_t n_up[N_EACH] = { 0 };

    (void)state;
    n_ends = n_items = 0;
    start_victim();
    {
        TERN_AUTO(tern_channel) *ch =
            host_connect(the_victim.address, &(tern_channel_opts){ .poller = poller });

        for (int i = 0; i < N_EACH; i++) {
            kinds_kinds_unary_async(ch, KINDS_ITEM(.hang = true), NULL, on_reply, NULL);
            kinds_kinds_down_async(ch, KINDS_ITEM(.n_replies = 2, .hang = true), NULL,
                                   &(kinds_kinds_down_events){ .message = on_item, .end = on_end },
                                   NULL);
            kinds_kinds_up_async(
                ch, NULL, &(kinds_kinds_up_events){ .writable = up_writable, .end = on_reply },
                &n_up[i]);
        }
        wait_driving(poller, are_all_under_way, NULL, "all calls to be under way");
        kill_it();
        assert_int_equal(tern_poller_run_until_idle(poller), 0);
        assert_int_equal(n_ends, 3 * N_EACH);
    }
    host_end(&the_victim);
}

// ---- in the middle of a reply --------------------------------------------

enum { LARGE = 16 * 1024 * 1024 };

static bool has_read_some(void *poller)
{
    return tern_poller_get_stats(poller).read_bytes > LARGE / 16;
}

// The reply is larger than sockets hold, and the writer ends when some of it has come.
static void test_half_a_reply_is_no_reply(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    uint8_t *load = calloc(1, LARGE);

    (void)state;
    n_ends = 0;
    start_victim();
    {
        TERN_AUTO(tern_channel) *ch =
            host_connect(the_victim.address, &(tern_channel_opts){ .poller = poller });

        kinds_kinds_unary_async(ch, KINDS_ITEM(.load = { LARGE, load }), NULL, on_reply, NULL);
        wait_driving(poller, has_read_some, poller, "some of the reply");
        assert_int_equal(n_ends, 0);
        kill_it();
        assert_int_equal(tern_poller_run_until_idle(poller), 0);
        assert_true(tern_poller_get_stats(poller).read_bytes < LARGE);
        assert_int_equal(n_ends, 1);
    }
    host_end(&the_victim);
    free(load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_server_killed_at_every_point),
        TERN_TEST(test_all_callbacks_are_told_once),
        TERN_TEST(test_half_a_reply_is_no_reply),
    };

    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
