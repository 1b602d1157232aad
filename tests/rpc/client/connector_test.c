// One connection that is made, and made again. Dialling and links are the test's: each says how it goes on.
#include "tests/rpc/client/connector_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/fake_clock.h"

// ---- connecting ----------------------------------------------------------

static void test_connector_is_idle_until_asked(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    assert_int_equal(o.c->state, TERNI_CONNECTOR_IDLE);
    assert_string_equal(journal_take(), "");
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "IDLE>DIALING dial(@a) ");
    dialer_answer(A_SOCKET);
    assert_string_equal(journal_take(), "link(@a) ");
    link_settle(last_link);
    assert_string_equal(journal_take(), "DIALING>OPEN opened ");
    owner_end(&o);
}

static void test_asking_twice_is_asking_once(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    terni_connector_connect(o.c);
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "IDLE>DIALING dial(@a) ");
    dialer_answer(A_SOCKET);
    (void)journal_take();
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

static void test_addresses_are_tried_in_order(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b,unix:@c");
    terni_connector_connect(o.c);
    dialer_answer(-ECONNREFUSED);
    dialer_answer(-ENOENT);
    assert_string_equal(journal_take(), "IDLE>DIALING dial(@a) dial(@b) dial(@c) ");
    dialer_answer(A_SOCKET);
    assert_string_equal(journal_take(), "link(@c) ");
    owner_end(&o);
}

static void test_after_the_last_it_has_failed(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    terni_connector_connect(o.c);
    dialer_answer(-ECONNREFUSED);
    (void)journal_take();
    dialer_answer(-ENOENT);
    assert_string_equal(journal_take(), "DIALING>FAILED failed(cannot connect to unix:@b: No such "
                                        "file or directory) ");
    owner_end(&o);
}

static void test_unknown_host_is_called_so(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "tcp://nowhere.invalid:7");
    terni_connector_connect(o.c);
    (void)journal_take();
    dialer_answer(-ENOENT);
    assert_string_equal(journal_take(),
                        "DIALING>FAILED failed(cannot connect to tcp://nowhere.invalid:7: Name or "
                        "service not known: check the name, DNS and /etc/hosts) ");
    owner_end(&o);
}

static void test_link_that_cannot_be_made_is_a_failure_like_any_other(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    link_err = -ENOMEM;
    terni_connector_connect(o.c);
    dialer_answer(A_SOCKET);
    assert_string_equal(journal_take(),
                        "IDLE>DIALING dial(@a) link(@a) DIALING>FAILED failed(cannot connect to "
                        "unix:@a: Cannot allocate memory) ");
    owner_end(&o);
}

static void test_dialler_that_cannot_be_made_is_a_failure(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    dial_err = -ENOMEM;
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "IDLE>DIALING DIALING>FAILED failed(out of memory for a "
                                        "connection) ");
    dial_err = -ECANCELED;
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "FAILED>DIALING DIALING>FAILED failed(the poller is "
                                        "going) ");
    owner_end(&o);
}

static void test_failure_names_the_address(void **state)
{
    char  address[64 + TERN_MAX_HOST], host[101];
    owner o;

    (void)state;
    memset(host, 'h', sizeof host);
    host[sizeof host - 1] = '\0';
    snprintf(address, sizeof address, "tcp://%s:65535", host);
    owner_begin(&o, address);
    terni_connector_connect(o.c);
    (void)journal_take();
    dialer_answer(-ETIMEDOUT);
    host[60] = '\0';  // in one line of a status
    snprintf(address, sizeof address, "failed(cannot connect to tcp://%s:65535: ", host);
    assert_non_null(strstr(journal_take(), address));
    owner_end(&o);
}

static void test_descriptor_makes_one_connection(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "fd:7");
    (void)owner_open(&o);
    link_lose(last_link, "lost");
    (void)journal_take();
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "IDLE>DIALING DIALING>FAILED failed(cannot connect through "
                                        "fd:7: Bad file descriptor) ");
    owner_end(&o);
}

// ---- backoff -------------------------------------------------------------

static uint64_t backoff_ms(const owner *o)
{
    return (o->c->retry_timer.deadline_ns - fake_clock_now_ns()) / TERN_NS_PER_MS;
}

static void test_backoff_grows_to_its_maximum(void **state)
{
    static const unsigned means[] = { 1000,  1600,  2560,  4096,  6553,   10484,
                                      16774, 26838, 42940, 68704, 109926, 120000 };
    owner                 o;

    (void)state;
    owner_begin(&o, "unix:@a");
    for (size_t i = 0; i < TERN_COUNT_OF(means); i++) {
        owner_fail_once(&o);
        assert_in_range(backoff_ms(&o), means[i] * 4 / 5 - 1, means[i] * 6 / 5);
    }
    owner_fail_once(&o);
    assert_in_range(backoff_ms(&o), 96000, 144000);
    owner_end(&o);
}

static void test_after_the_backoff_it_is_idle_or_connects_if_it_is_wanted(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    owner_fail_once(&o);
    (void)journal_take();
    owner_pass(&o, 700);
    assert_string_equal(journal_take(), "");
    owner_pass(&o, 600);
    assert_string_equal(journal_take(), "FAILED>IDLE ");
    owner_fail_once(&o);
    (void)journal_take();
    o.is_wanted = true;
    owner_pass(&o, 2000);
    assert_string_equal(journal_take(), "FAILED>IDLE IDLE>DIALING dial(@a) ");
    owner_end(&o);
}

static void test_asking_cuts_the_backoff_short(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    owner_fail_once(&o);
    (void)journal_take();
    terni_connector_connect(o.c);
    assert_string_equal(journal_take(), "FAILED>DIALING dial(@a) ");
    owner_pass(&o, 5000);  // the timer is gone
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

static void test_connection_that_proves_good_ends_the_backoff(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    owner_fail_once(&o);
    owner_fail_once(&o);
    (void)owner_open(&o);
    link_lose(last_link, "lost");
    owner_fail_once(&o);
    assert_in_range(backoff_ms(&o), 799, 1200);
    owner_end(&o);
}

// A server that accepts and says nothing good is no better than one that does not accept.
static void test_connection_lost_before_it_proves_good_keeps_the_backoff(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a");
    owner_fail_once(&o);
    owner_fail_once(&o);
    link_lose(owner_reach(&o), "lost");
    assert_in_range(backoff_ms(&o), 2047, 3072);
    owner_end(&o);
}

// ---- the end of a connection ---------------------------------------------

static void test_connection_lost_before_its_settings_makes_the_next_address_tried(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    link_lose(owner_reach(&o), "it said nothing");
    assert_string_equal(journal_take(), "dial(@b) ");
    dialer_answer(A_SOCKET);
    (void)journal_take();
    link_lose(last_link, "it said nothing either");
    assert_string_equal(journal_take(), "DIALING>FAILED failed(it said nothing either) ");
    owner_end(&o);
}

static void test_lost_connection_is_made_again_if_it_is_wanted(void **state)
{
    owner o;

    (void)state;
    owner_begin(&o, "unix:@a,unix:@b");
    (void)owner_open(&o);
    (void)journal_take();
    link_lose(last_link, "lost");
    assert_string_equal(journal_take(), "left OPEN>IDLE ");
    (void)owner_open(&o);
    (void)journal_take();
    o.is_wanted = true;
    link_lose(last_link, "lost");
    assert_string_equal(journal_take(), "left OPEN>IDLE IDLE>DIALING dial(@a) ");
    owner_end(&o);
}

static void test_connection_that_leaves_makes_room_for_another(void **state)
{
    terni_link *old;
    owner       o;

    (void)state;
    owner_begin(&o, "unix:@a");
    old = owner_open(&o);
    o.is_wanted = true;
    (void)journal_take();
    terni_link_retire(old);
    assert_string_equal(journal_take(), "retire left OPEN>IDLE IDLE>DIALING dial(@a) ");
    dialer_answer(A_SOCKET);
    link_settle(last_link);
    (void)journal_take();
    old->events->room(old);
    link_lose(old, "closed");  // with its last call
    assert_string_equal(journal_take(), "room ");
    assert_int_equal(o.c->state, TERNI_CONNECTOR_OPEN);
    owner_end(&o);
}

static void test_server_that_is_bothered_is_asked_half_as_often(void **state)
{
    terni_link *link;
    owner       o;

    (void)state;
    owner_begin(&o, "unix:@a");
    o.c->link_opts.keepalive_ms = 1000;
    link = owner_open(&o);
    terni_link_retire(link);
    assert_int_equal(o.c->link_opts.keepalive_ms, 1000);
    link_lose(link, "closed");
    link = owner_open(&o);
    link->is_bothersome = true;
    terni_link_retire(link);
    assert_int_equal(o.c->link_opts.keepalive_ms, 2000);
    link_lose(link, "closed");
    owner_end(&o);
}

static void test_old_connection_proves_nothing_for_the_new_one(void **state)
{
    terni_link *old;
    owner       o;

    (void)state;
    owner_begin(&o, "unix:@a");
    owner_fail_once(&o);
    old = owner_reach(&o);
    terni_link_retire(old);  // before its settings came
    assert_string_equal(journal_take(), "retire DIALING>FAILED failed(the server takes no calls) ");
    terni_connector_connect(o.c);
    link_settle(old);
    assert_int_not_equal(o.c->backoff_ms, 0);
    link_lose(old, "lost");
    assert_int_equal(o.c->state, TERNI_CONNECTOR_DIALING);
    owner_end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_connector_is_idle_until_asked),
        TERN_TEST(test_asking_twice_is_asking_once),
        TERN_TEST(test_addresses_are_tried_in_order),
        TERN_TEST(test_after_the_last_it_has_failed),
        TERN_TEST(test_unknown_host_is_called_so),
        TERN_TEST(test_link_that_cannot_be_made_is_a_failure_like_any_other),
        TERN_TEST(test_dialler_that_cannot_be_made_is_a_failure),
        TERN_TEST(test_failure_names_the_address),
        TERN_TEST(test_descriptor_makes_one_connection),
        TERN_TEST(test_backoff_grows_to_its_maximum),
        TERN_TEST(test_after_the_backoff_it_is_idle_or_connects_if_it_is_wanted),
        TERN_TEST(test_asking_cuts_the_backoff_short),
        TERN_TEST(test_connection_that_proves_good_ends_the_backoff),
        TERN_TEST(test_connection_lost_before_it_proves_good_keeps_the_backoff),
        TERN_TEST(test_connection_lost_before_its_settings_makes_the_next_address_tried),
        TERN_TEST(test_lost_connection_is_made_again_if_it_is_wanted),
        TERN_TEST(test_connection_that_leaves_makes_room_for_another),
        TERN_TEST(test_server_that_is_bothered_is_asked_half_as_often),
        TERN_TEST(test_old_connection_proves_nothing_for_the_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
