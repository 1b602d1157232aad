// Servers that do not start, and those that are freed as soon as they are stopped.
#include "tests/support/leak.h"

#include <tern/log.h>
#include <tern/server.h>

static void say_nothing(tern_log_level level, const char *line, void *arg)
{
    (void)level, (void)line, (void)arg;
}

// It may have come as far as to the program's poller, which goes on.
static void test_bug_stopping_what_has_not_started_was_heard_of_later(void **state)
{
    tern_poller *p = tern_poller_new(NULL);
    tern_server *srv = tern_listen("unix:@tern-start-test,unix:/no/such/folder",
                                   &(tern_server_opts){ .no_health = true });

    (void)state;
    tern_log_set(say_nothing, NULL, TERN_LOG_ERROR);
    assert_int_equal(tern_server_start(srv, &p, 1).code, TERN_UNAVAILABLE);
    tern_server_stop(srv);
    assert_int_equal(tern_server_wait(srv).code, TERN_UNAVAILABLE);
    tern_server_free(srv);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    tern_poller_free(p);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
}

static void test_bug_workers_that_stopped_late_woke_a_poller_that_was_gone(void **state)
{
    const tern_server_opts opts = { .n_pollers = 3, .no_health = true };

    (void)state;
    for (int i = 0; i < 50; i++) {
        tern_server *srv = tern_listen("unix:@tern-start-test", &opts);

        assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
        tern_server_stop(srv);
        tern_server_free(srv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bug_stopping_what_has_not_started_was_heard_of_later),
        TERN_TEST(test_bug_workers_that_stopped_late_woke_a_poller_that_was_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
