// Every kind of call, in every style, over every transport, on one poller and on four; and messages and
// crowds at their limits.
#include "tests/rpc/matrix/players.h"

#include <stdlib.h>
#include <string.h>

static void test_all_kinds_in_all_styles(void **state)
{
    (void)state;
    for (host_scheme scheme = 0; scheme < HOST_N_SCHEMES; scheme++) {
        for (unsigned i = 0; i < 4; i++) {
            const players_setup setup = { .place = HOST_OWN_THREADS,
                                          .n_pollers = i & 1 ? 4 : 1,
                                          .scheme = scheme,
                                          .is_async = i & 2 };
            host                srv;

            players_start(&srv, &setup);
            for (players_style style = 0; style < N_STYLES; style++)
                players_play(srv.address, style);
            host_end(&srv);
        }
    }
}

// ---- a message of 64 MiB -------------------------------------------------

enum { HUGE_LOAD = 64 * 1024 * 1024 - 1024 };

static void send_huge(void *address)
{
    TERN_AUTO(tern_channel) *ch = host_connect(address, NULL);
    TERN_AUTO(kinds_item) *reply = NULL;
    uint8_t *load = malloc(HUGE_LOAD);

    memset(load, 'h', HUGE_LOAD);
    load[HUGE_LOAD / 2] = 'x';
    TERN_ASSERT(kinds_kinds_unary(ch, KINDS_ITEM(.load = { HUGE_LOAD, load }), NULL, &reply).code ==
                TERN_OK);
    TERN_ASSERT(reply->load.len == HUGE_LOAD && memcmp(reply->load.data, load, HUGE_LOAD) == 0);
    free(load);
}

static void test_message_of_64_mib_goes_both_ways(void **state)
{
    host srv;

    (void)state;
    players_start(&srv, &(players_setup){ 0 });
    players_run(PLAY_ON_THREAD, send_huge, srv.address);
    players_run(PLAY_ON_FIBER, send_huge, srv.address);
    host_end(&srv);
}

static void test_message_above_the_limit_is_refused_in_a_sentence(void **state)
{
    const size_t len = 65 * 1024 * 1024;
    host         srv;

    (void)state;
    players_start(&srv, &(players_setup){ 0 });
    {
        TERN_AUTO(tern_channel) *ch = host_connect(srv.address, NULL);
        TERN_AUTO(kinds_item) *reply = NULL;
        uint8_t    *load = calloc(1, len);
        tern_status st;

        assert_int_equal(kinds_kinds_unary(ch, KINDS_ITEM(), NULL, &reply).code, TERN_OK);
        st = kinds_kinds_unary(ch, KINDS_ITEM(.load = { len, load }), NULL, &reply);
        assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
        assert_non_null(strstr(st.msg, "max_message"));
        free(load);
    }
    host_end(&srv);
}

// ---- many at once on one connection --------------------------------------

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define N_CROWD 1000  // fibers under a sanitizer are large
#endif
#endif
#ifndef N_CROWD
#define N_CROWD 10000
#endif

static unsigned n_in_crowd, n_left;

static void join_crowd(const kinds_item *item, void *arg)
{
    (void)item;
    (void)arg;
    n_in_crowd++;
}

static bool is_crowd_whole(void *arg)
{
    (void)arg;
    return n_in_crowd == N_CROWD;
}

static void leave_crowd(tern_status st, void *arg)
{
    (void)arg;
    TERN_ASSERT(st.code == TERN_CANCELLED);
    n_left++;
}

static void test_ten_thousand_streams_on_a_connection(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    host srv;

    (void)state;
    n_in_crowd = n_left = 0;
    players_start(&srv, &(players_setup){ 0 });
    {
        TERN_AUTO(tern_channel) *ch =
            host_connect(srv.address, &(tern_channel_opts){ .poller = poller });
        TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();

        for (unsigned i = 0; i < N_CROWD; i++)
            kinds_kinds_down_async(
                ch, KINDS_ITEM(.n_replies = 1, .hang = true), &(tern_call_opts){ .cancel = cancel },
                &(kinds_kinds_down_events){ .message = join_crowd, .end = leave_crowd }, NULL);
        wait_driving(poller, is_crowd_whole, NULL, "the crowd to be whole");
        wait_for_count(&the_counts->n_hanging, N_CROWD, "handlers that hang");
        tern_cancel_fire(cancel);
        assert_int_equal(tern_poller_run_until_idle(poller), 0);
        assert_int_equal(n_left, N_CROWD);
        wait_for_count(&the_counts->n_released, N_CROWD, "handlers that were released");
    }
    host_end(&srv);
}

// ---- a reader that does not read -----------------------------------------

// The server has one poller, whose fibers do not interrupt each other, and a reply leaves when the round is
// over: who gets one knows that the writer has had its turn and waits, however slow the machine is. What it
// had to wait for is not there if it has sent nothing from one reply to the next.
static unsigned n_sent_until_parked(const host *srv)
{
    TERN_AUTO(tern_channel) *other = host_connect(srv->address, NULL);
    unsigned before, sent = 0;

    do {
        TERN_AUTO(kinds_item) *reply = NULL;

        before = sent;
        assert_int_equal(kinds_kinds_unary(other, KINDS_ITEM(), NULL, &reply).code, TERN_OK);
        sent = atomic_load(&the_counts->n_sent_down);
    } while (sent != before);
    return sent;
}

static void test_writer_waits_for_a_slow_reader(void **state)
{
    enum { WINDOW = 256 * 1024, LOAD = 1024, MANY = 100000 };
    static uint8_t load[LOAD];
    host           srv;

    (void)state;
    players_start(&srv, &(players_setup){ .scheme = HOST_UNIX });
    {
        TERN_AUTO(tern_channel) *ch = host_connect(srv.address, NULL);
        TERN_AUTO(kinds_kinds_down_stream) *s =
            kinds_kinds_down(ch, KINDS_ITEM(.n_replies = MANY, .load = { LOAD, load }), NULL);

        assert_non_null(kinds_kinds_down_next(s));
        // Nobody drives this client now: the server is on its own until it parks.
        assert_in_range(n_sent_until_parked(&srv), 1, 4 * WINDOW / LOAD);
    }
    host_end(&srv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_all_kinds_in_all_styles),
        TERN_TEST(test_message_of_64_mib_goes_both_ways),
        TERN_TEST(test_message_above_the_limit_is_refused_in_a_sentence),
        TERN_TEST(test_ten_thousand_streams_on_a_connection),
        TERN_TEST(test_writer_waits_for_a_slow_reader),
    };

    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
