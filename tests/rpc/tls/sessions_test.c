// What a client keeps to resume its handshakes: one for each server, and not too many.
#include "tests/support/leak.h"

#include <stdio.h>

#include <openssl/ssl.h>

#include "rpc/tls/sessions_internal.h"

static bool has(terni_tls_sessions *s, const char *server)
{
    SSL_SESSION *found = terni_tls_sessions_get(s, server);

    SSL_SESSION_free(found);
    return found != NULL;
}

static void put(terni_tls_sessions *s, const char *server)
{
    SSL_SESSION *session = SSL_SESSION_new();

    terni_tls_sessions_put(s, server, session);
    SSL_SESSION_free(session);
}

static void test_the_last_one_of_each_server_is_kept(void **state)
{
    terni_tls_sessions s;

    (void)state;
    terni_tls_sessions_init(&s, 10);
    assert_false(has(&s, "a"));
    put(&s, "a");
    put(&s, "a");
    put(&s, "b");
    assert_int_equal(s.n, 2);
    assert_true(has(&s, "a") && has(&s, "b"));
    terni_tls_sessions_done(&s);
}

static void test_the_one_used_longest_ago_makes_room(void **state)
{
    terni_tls_sessions s;
    char               server[16];

    (void)state;
    terni_tls_sessions_init(&s, 300);
    for (int i = 0; i < 300; i++) {
        snprintf(server, sizeof server, "%d", i);
        put(&s, server);
    }
    assert_true(has(&s, "0"));  // and so is the newest
    put(&s, "another");
    assert_int_equal(s.n, 300);
    assert_true(has(&s, "0"));
    assert_false(has(&s, "1"));
    terni_tls_sessions_done(&s);
}

static void put_two(void *arg)
{
    terni_tls_sessions s;

    (void)arg;
    terni_tls_sessions_init(&s, 10);
    put(&s, "a");
    put(&s, "b");
    terni_tls_sessions_done(&s);
}

static void test_without_memory_nothing_is_kept(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(put_two, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_the_last_one_of_each_server_is_kept),
        TERN_TEST(test_the_one_used_longest_ago_makes_room),
        TERN_TEST(test_without_memory_nothing_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
