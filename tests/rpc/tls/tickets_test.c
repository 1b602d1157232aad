// The keys of a server's tickets: a new one each hour, and the last one is still understood.
#include "tests/support/leak.h"

#include <string.h>

#include "rpc/tls/tickets_internal.h"

static void test_key_is_replaced_after_an_hour_and_kept_for_another(void **state)
{
    terni_tls_tickets    t;
    terni_tls_ticket_key first, second;

    (void)state;
    terni_tls_tickets_init(&t);
    terni_tls_tickets_rotate(&t, 100000);
    first = t.keys[0];
    assert_int_equal(t.keys[1].made_at, 0);
    terni_tls_tickets_rotate(&t, 100000 + TERNI_TLS_TICKET_S - 1);
    assert_memory_equal(&t.keys[0], &first, sizeof first);
    terni_tls_tickets_rotate(&t, 100000 + TERNI_TLS_TICKET_S);
    second = t.keys[0];
    assert_memory_not_equal(&second, &first, sizeof first);
    assert_memory_equal(&t.keys[1], &first, sizeof first);
    terni_tls_tickets_rotate(&t, 100000 + 2 * TERNI_TLS_TICKET_S);
    assert_memory_equal(&t.keys[1], &second, sizeof second);
    terni_tls_tickets_done(&t);
}

static void test_key_of_a_server_that_was_idle_is_understood_no_more(void **state)
{
    terni_tls_tickets t;

    (void)state;
    terni_tls_tickets_init(&t);
    terni_tls_tickets_rotate(&t, 100000);
    terni_tls_tickets_rotate(&t, 100000 + 2 * TERNI_TLS_TICKET_S);
    assert_int_equal(t.keys[1].made_at, 0);
    terni_tls_tickets_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_key_is_replaced_after_an_hour_and_kept_for_another),
        TERN_TEST(test_key_of_a_server_that_was_idle_is_understood_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
