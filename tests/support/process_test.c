#include "tests/support/leak.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <tern/base.h>

#include "tests/support/process.h"

static int say_two(void *arg, int out)
{
    process_say(out, arg);
    process_say(out, "");
    return 7;
}

static void test_child_says_lines_and_ends_with_its_code(void **state)
{
    process p = process_start(say_two, (void *)(uintptr_t) "a word");
    char    line[16];

    (void)state;
    process_hear(&p, line, sizeof line);
    assert_string_equal(line, "a word");
    process_hear(&p, line, sizeof line);
    assert_string_equal(line, "");
    assert_int_equal(process_wait(&p), 7);
}

TERN_NORETURN static int wait_for_signals(void *arg, int out)
{
    (void)arg;
    process_say(out, "here");
    for (;;)
        pause();
}

static process start_waiting(void)
{
    process p = process_start(wait_for_signals, NULL);
    char    line[16];

    process_hear(&p, line, sizeof line);
    return p;
}

static void test_child_is_ended_or_killed_also_when_frozen(void **state)
{
    process p = start_waiting();

    (void)state;
    assert_int_equal(process_end(&p), -SIGTERM);
    p = start_waiting();
    process_kill(&p);
    p = start_waiting();
    process_freeze(&p);
    process_kill(&p);
}

// The grandchild is of a process that is killed, and would hold the pipe open.
TERN_NORETURN static int start_another(void *arg, int out)
{
    process p = process_start(wait_for_signals, arg);
    char    line[16];

    process_hear(&p, line, sizeof line);
    process_say(out, "both");
    for (;;)
        pause();
}

static void test_child_dies_with_its_test(void **state)
{
    process       p = process_start(start_another, NULL);
    char          line[16];
    struct pollfd lines = { .events = POLLIN };

    (void)state;
    process_hear(&p, line, sizeof line);
    lines.fd = dup(p.lines);
    process_kill(&p);
    assert_int_equal(poll(&lines, 1, 30000), 1);
    assert_int_equal(read(lines.fd, line, 1), 0);
    close(lines.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_child_says_lines_and_ends_with_its_code),
        TERN_TEST(test_child_is_ended_or_killed_also_when_frozen),
        TERN_TEST(test_child_dies_with_its_test),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
