// Bytes of messages that somebody above still holds, and the credit that goes back for each of them once.
#include "tests/rpc/session/stage.h"

#include "tests/support/leak.h"

#include <string.h>

static void take(terni_engine *e, const char *line)
{
    terni_session *s = e->opts.owner;

    e->owed += strlen(line);  // as if a message had come, which somebody keeps
    terni_holding_add(s->holding, strlen(line));
}

// The session's, and a reference of the test's.
static terni_holding *begin(owner *o)
{
    terni_holding *h;

    owner_start_server(o);
    h = terni_session_hold(&o->session);
    assert_non_null(h);
    the_wire.on_line = take;
    return h;
}

static void test_session_has_one_when_it_is_wanted(void **state)
{
    terni_holding *h, *again;
    owner          o;

    (void)state;
    owner_start_server(&o);
    assert_null(o.session.holding);
    h = terni_session_hold(&o.session);
    again = terni_session_hold(&o.session);
    assert_ptr_equal(h, again);
    assert_int_equal(h->refs, 3);
    terni_holding_unref(h);
    terni_holding_unref(again);
    terni_holding_unref(NULL);
    assert_int_equal(o.session.holding->refs, 1);
    owner_end(&o);
}

static void test_bytes_go_back_as_they_are_let_go(void **state)
{
    owner          o;
    terni_holding *h = begin(&o);

    (void)state;
    peer_say(&o, "12345\n");
    assert_int_equal(h->bytes, 5);
    (void)journal_take();
    terni_holding_give_back(h, NULL, 2);
    terni_holding_give_back(h, NULL, 3);
    assert_string_equal(journal_take(), "consumed(2) consumed(3) ");
    assert_int_equal(the_wire.engine->owed, 0);
    terni_holding_unref(h);
    owner_end(&o);
}

static void test_after_the_connection_nobody_is_owed_anything(void **state)
{
    owner          o;
    terni_holding *h = begin(&o);

    (void)state;
    peer_say(&o, "12345\n");
    owner_end(&o);
    assert_true(o.is_closed);
    assert_null(h->owner);
    assert_int_equal(h->refs, 1);
    (void)journal_take();
    terni_holding_give_back(h, NULL, 5);
    assert_string_equal(journal_take(), "");
    terni_holding_unref(h);
}

static void make_one(void *arg)
{
    owner          o;
    terni_holding *h;

    (void)arg;
    if (owner_start(&o, TERNI_CLIENT) == 0 && o.session.engine) {
        h = terni_session_hold(&o.session);
        assert_true(h || fail_malloc_has_failed());
        terni_holding_unref(h);
    }
    owner_end(&o);
}

static void test_without_memory_there_is_none(void **state)
{
    (void)state;
    stage_be_quiet();
    assert_true(for_each_failed_allocation(make_one, NULL) > 2);
    stage_be_loud();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_session_has_one_when_it_is_wanted),
        TERN_TEST(test_bytes_go_back_as_they_are_let_go),
        TERN_TEST(test_after_the_connection_nobody_is_owed_anything),
        TERN_TEST(test_without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
