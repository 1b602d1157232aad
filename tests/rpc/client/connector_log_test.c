// What a connection's owner never hears, but whoever runs the program should: that it was lost, and is there again.
#include "tests/rpc/client/connector_stage.h"

#include <stdio.h>
#include <string.h>

#include <tern/log.h>

#include "tests/support/leak.h"

static char lines[1024];

static void keep(tern_log_level level, const char *line, void *arg)
{
    (void)arg;
    snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s: %s\n",
             level == TERN_LOG_WARNING ? "warning" : "info", line);
}

// What was logged since, which begins so.
static void assert_logged(const char *beginning)
{
    assert_true(strncmp(lines, beginning, strlen(beginning)) == 0);
    assert_true(!*lines || strchr(lines, '\n')[1] == '\0');
    lines[0] = '\0';
}

static void begin(owner *o)
{
    owner_begin(o, "unix:@a");
    lines[0] = '\0';
    tern_log_set(keep, NULL, TERN_LOG_INFO);
}

static void end(owner *o)
{
    owner_end(o);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
}

static void test_first_failure_is_no_warning_since_calls_say_it(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    owner_fail_once(&o);
    assert_logged("info: cannot connect to unix:@a: ");
    (void)owner_open(&o);
    assert_string_equal(lines, "");
    end(&o);
}

static void test_loss_retries_and_recovery_are_warnings(void **state)
{
    owner o;

    (void)state;
    begin(&o);
    (void)owner_open(&o);
    link_lose(last_link, "the connection was lost: Connection reset by peer");
    assert_logged("warning: unix:@a: the connection was lost: Connection reset by peer\n");
    owner_fail_once(&o);
    assert_logged("warning: cannot connect to unix:@a: ");
    (void)owner_open(&o);
    assert_logged("warning: unix:@a: connected again\n");
    end(&o);
}

static void test_connection_that_is_let_go_of_is_not_lost(void **state)
{
    owner       o;
    terni_link *link;

    (void)state;
    begin(&o);
    link = owner_open(&o);
    link->events->leaving(link);
    link_lose(link, "closed");
    (void)owner_open(&o);
    assert_string_equal(lines, "");
    end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_first_failure_is_no_warning_since_calls_say_it),
        TERN_TEST(test_loss_retries_and_recovery_are_warnings),
        TERN_TEST(test_connection_that_is_let_go_of_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
