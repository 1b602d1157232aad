// One connection while its addresses change: what a name stands for, other lists of them, and its own end.
#include "tests/rpc/client/connector_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <fcntl.h>

// ---- names that stand for several ----------------------------------------

static void owner_begin_nth(owner *o, unsigned nth)
{
    owner_begin_with(o, "unix:@z,tcp://name:1",
                     &(terni_wish){ .first = 1, .n_tries = 1, .is_picky = true, .nth = nth });
}

static void test_first_of_a_name_is_there_others_are_absent(void **state)
{
    owner o;

    (void)state;
    owner_begin_nth(&o, 0);
    assert_int_equal(o.c->state, TERNI_CONNECTOR_IDLE);
    owner_end(&o);
    owner_begin_nth(&o, 1);
    assert_int_equal(o.c->state, TERNI_CONNECTOR_ABSENT);
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

static void test_what_a_name_stands_for_is_told_before_it_opens(void **state)
{
    owner o;

    (void)state;
    owner_begin_nth(&o, 0);
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "IDLE>DIALING dial(name) pick(0) ");
    dialer_answer_found(A_SOCKET, 3);
    assert_string_equal(journal_take(), "found(3) link(name) ");
    owner_end(&o);
}

static void test_name_that_is_not_found_tells_nothing(void **state)
{
    owner o;

    (void)state;
    owner_begin_nth(&o, 0);
    terni_connector_connect(o.c);
    (void)journal_take();
    dialer_answer(-EAGAIN);
    assert_memory_equal(journal_take(), "DIALING>FAILED failed(", 22);
    owner_end(&o);
}

static void test_one_that_is_no_more_is_absent(void **state)
{
    owner o;

    (void)state;
    owner_begin_nth(&o, 2);
    terni_connector_revise(o.c, 3);
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "ABSENT>IDLE IDLE>DIALING dial(name) pick(2) ");
    dialer_answer_found(-ENOENT, 2);
    assert_string_equal(journal_take(), "found(2) DIALING>ABSENT failed() ");
    owner_end(&o);
}

static void test_revision_moves_only_what_stands_still(void **state)
{
    owner o;

    (void)state;
    owner_begin_nth(&o, 1);
    terni_connector_revise(o.c, 1);
    assert_string_equal(journal_take(), "");
    terni_connector_revise(o.c, 2);
    terni_connector_revise(o.c, 2);
    assert_string_equal(journal_take(), "ABSENT>IDLE ");
    terni_connector_revise(o.c, 1);
    assert_string_equal(journal_take(), "IDLE>ABSENT ");
    terni_connector_revise(o.c, 2);
    terni_connector_connect(o.c);
    (void)journal_take();
    terni_connector_revise(o.c, 1);  // on its way: it will see itself
    assert_string_equal(journal_take(), "");
    dialer_answer_found(A_SOCKET, 2);
    (void)journal_take();
    terni_connector_revise(o.c, 1);  // it goes on until the connection is lost
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

static void test_revision_ends_a_backoff(void **state)
{
    owner o;

    (void)state;
    owner_begin_nth(&o, 1);
    terni_connector_revise(o.c, 2);
    terni_connector_connect(o.c);
    dialer_answer_found(-ECONNREFUSED, 2);
    (void)journal_take();
    terni_connector_revise(o.c, 1);
    assert_string_equal(journal_take(), "FAILED>ABSENT ");
    owner_pass(&o, 10000);
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

// ---- other addresses -----------------------------------------------------

static bool adopt(owner *o, const char *addresses, const terni_wish *wish)
{
    terni_endpoints *e = parse_endpoints(addresses);
    bool             is_adopted = terni_connector_adopt(o->c, e, wish);

    terni_endpoints_unref(e);
    return is_adopted;
}

static void test_open_connection_serves_addresses_that_have_it_too(void **state)
{
    const terni_wish all = { .n_tries = 3 };
    owner            o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    (void)owner_open(&o);
    assert_false(adopt(&o, "unix:@x,unix:@y,unix:@z", &all));
    assert_true(adopt(&o, "unix:@x,unix:@y,unix:@a", &all));
    link_lose(last_link, "lost");
    (void)journal_take();
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "IDLE>DIALING dial(@x) ");  // of the new ones
    owner_end(&o);
}

static void test_connection_that_is_not_open_is_not_adopted(void **state)
{
    const terni_wish one = { .n_tries = 1 };
    owner            o;

    (void)state;
    owner_begin(&o, "unix:@a");
    assert_false(adopt(&o, "unix:@a", &one));
    terni_connector_connect(o.c);
    assert_false(adopt(&o, "unix:@a", &one));
    dialer_answer(-ECONNREFUSED);
    assert_false(adopt(&o, "unix:@a", &one));
    owner_end(&o);
}

// It has one place to go to, in whatever state it is.
static void test_picky_one_is_adopted_in_any_state(void **state)
{
    const terni_wish same = { .n_tries = 1, .is_picky = true };
    const terni_wish other = { .n_tries = 1, .is_picky = true, .nth = 1 };
    const terni_wish any = { .n_tries = 1 };
    owner            o;

    (void)state;
    owner_begin_with(&o, "unix:@a", &same);
    assert_true(adopt(&o, "unix:@a", &same));
    assert_false(adopt(&o, "unix:@b", &same));
    assert_false(adopt(&o, "unix:@a", &other));
    assert_false(adopt(&o, "unix:@a", &any));
    terni_connector_connect(o.c);
    assert_true(adopt(&o, "unix:@a", &same));
    dialer_answer(-ECONNREFUSED);
    assert_true(adopt(&o, "unix:@a", &same));
    terni_connector_connect(o.c);
    dialer_answer(A_SOCKET);
    assert_true(adopt(&o, "unix:@a", &same));
    owner_end(&o);
}

static void test_adopted_one_goes_on_with_the_addresses_behind(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    (void)owner_reach(&o);
    assert_true(adopt(&o, "unix:@x,unix:@a,unix:@y", &(terni_wish){ .n_tries = 3 }));
    link_lose(last_link, "it never was any good");
    assert_string_equal(journal_take(), "dial(@y) ");
    owner_end(&o);
}

// ---- the end of a connector -----------------------------------------------

static void close_or_retire(owner *o, bool is_gentle)
{
    if (is_gentle)
        terni_connector_retire(o->c);
    else
        terni_connector_close(o->c);
}

static void test_idle_or_failed_one_goes_at_once(void **state)
{
    owner o;

    (void)state;
    for (int is_gentle = 0; is_gentle < 2; is_gentle++) {
        owner_begin(&o, "unix:@a");
        close_or_retire(&o, is_gentle);
        assert_string_equal(journal_take(), "gone ");
        owner_end(&o);
        owner_begin(&o, "unix:@a");
        owner_fail_once(&o);
        (void)journal_take();
        close_or_retire(&o, is_gentle);
        assert_string_equal(journal_take(), "gone ");
        owner_pass(&o, 10000);
        owner_end(&o);
    }
}

static void test_dialling_one_goes_when_its_dialler_has_ended(void **state)
{
    owner o;

    (void)state;
    for (int is_gentle = 0; is_gentle < 2; is_gentle++) {
        owner_begin(&o, "unix:@a");
        terni_connector_connect(o.c);
        (void)journal_take();
        close_or_retire(&o, is_gentle);
        assert_string_equal(journal_take(), "cancel ");
        dialer_answer(-ECANCELED);
        assert_string_equal(journal_take(), "DIALING>IDLE gone ");
        owner_end(&o);
    }
}

static void test_connection_that_comes_too_late_is_closed(void **state)
{
    int   fd = open("/dev/null", O_RDONLY);
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    terni_connector_connect(o.c);
    terni_connector_close(o.c);
    (void)journal_take();
    dialer_answer(fd);
    assert_string_equal(journal_take(), "DIALING>IDLE gone ");
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    owner_end(&o);
}

static void test_retired_one_goes_with_the_last_call_of_its_link(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    (void)owner_open(&o);
    (void)journal_take();
    o.is_wanted = true;  // but it makes no other
    terni_connector_retire(o.c);
    assert_string_equal(journal_take(), "retire left OPEN>IDLE ");
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "");
    link_lose(last_link, "closed");
    assert_string_equal(journal_take(), "gone ");
    owner_end(&o);
}

static void test_closed_one_goes_with_all_its_links(void **state)
{
    terni_link *old, *current;
    owner       o;

    (void)state;
    owner_begin(&o, "unix:@a");
    old = owner_open(&o);
    terni_link_retire(old);
    current = owner_open(&o);
    (void)journal_take();
    terni_connector_close(o.c);
    assert_string_equal(journal_take(), "abort abort ");
    link_lose(current, "aborted");
    assert_string_equal(journal_take(), "left OPEN>IDLE ");
    link_lose(old, "aborted");
    assert_string_equal(journal_take(), "gone ");
    owner_end(&o);
}

static void test_retired_one_may_be_closed(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    (void)owner_open(&o);
    terni_connector_retire(o.c);
    (void)journal_take();
    terni_connector_close(o.c);
    assert_string_equal(journal_take(), "abort ");
    link_lose(last_link, "aborted");
    assert_string_equal(journal_take(), "gone ");
    owner_end(&o);
}

static void test_retired_one_does_not_wait_for_settings(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    (void)owner_reach(&o);
    terni_connector_retire(o.c);
    assert_string_equal(journal_take(), "abort ");
    link_lose(last_link, "aborted");
    assert_string_equal(journal_take(), "DIALING>IDLE gone ");
    owner_end(&o);
}

// Closed before its settings came: it is not made again, whoever wants it.
static void test_closed_one_tries_no_other_address(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    (void)owner_reach(&o);
    o.is_wanted = true;
    terni_connector_close(o.c);
    (void)journal_take();
    link_lose(last_link, "aborted");
    assert_string_equal(journal_take(), "DIALING>IDLE gone ");
    owner_end(&o);
}

// ---- memory --------------------------------------------------------------

static void make_and_close(void *arg)
{
    owner *o = arg;

    owner_make(o, &(terni_wish){ .n_tries = 1 });
    assert_int_equal(!o->c, fail_malloc_has_failed());
    if (o->c)
        terni_connector_close(o->c);
}

static void test_without_memory_there_is_none(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    terni_connector_close(o.c);
    assert_int_equal(for_each_failed_allocation(make_and_close, &o), 1);
    assert_int_equal(o.endpoints->refs, 1);
    owner_end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_first_of_a_name_is_there_others_are_absent),
        TERN_TEST(test_what_a_name_stands_for_is_told_before_it_opens),
        TERN_TEST(test_name_that_is_not_found_tells_nothing),
        TERN_TEST(test_one_that_is_no_more_is_absent),
        TERN_TEST(test_revision_moves_only_what_stands_still),
        TERN_TEST(test_revision_ends_a_backoff),
        TERN_TEST(test_open_connection_serves_addresses_that_have_it_too),
        TERN_TEST(test_connection_that_is_not_open_is_not_adopted),
        TERN_TEST(test_picky_one_is_adopted_in_any_state),
        TERN_TEST(test_adopted_one_goes_on_with_the_addresses_behind),
        TERN_TEST(test_idle_or_failed_one_goes_at_once),
        TERN_TEST(test_dialling_one_goes_when_its_dialler_has_ended),
        TERN_TEST(test_connection_that_comes_too_late_is_closed),
        TERN_TEST(test_retired_one_goes_with_the_last_call_of_its_link),
        TERN_TEST(test_closed_one_goes_with_all_its_links),
        TERN_TEST(test_retired_one_may_be_closed),
        TERN_TEST(test_retired_one_does_not_wait_for_settings),
        TERN_TEST(test_closed_one_tries_no_other_address),
        TERN_TEST(test_without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
