#include "tests/transport/fiber_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/fail_malloc.h"
#include "tests/support/faults.h"
#include "transport/fiber/core_internal.h"

// ---- stacks --------------------------------------------------------------

__attribute__((noinline)) static int recurse(int depth)
{
    volatile char frame[1024];

    frame[0] = (char)depth;
    if (depth == 0) {
        tern_fiber_yield();
        return 0;
    }
    return recurse(depth - 1) + (frame[0] == (char)depth);
}

static void recurse_to(void *depth_ptr)
{
    int depth = *(int *)depth_ptr;

    *(int *)depth_ptr = recurse(depth) == depth;
}

static void test_deep_recursion_fits_the_default_stack(void **state)
{
    int depth = 150;

    (void)state;
    spawn_detached(recurse_to, &depth);
    step();
    assert_int_equal(depth, 1);
}

static void test_a_larger_stack_takes_deeper_recursion(void **state)
{
    const tern_fiber_opts opts = { .stack_size = 8 * TERNI_STACK_SIZE };
    int                   depth = 1500;

    (void)state;
    assert_int_equal(tern_fiber_spawn(poller, recurse_to, &depth, &opts, NULL), 0);
    step();
    assert_int_equal(depth, 1);
}

static void test_a_stack_above_the_limit_is_refused(void **state)
{
    const tern_fiber_opts opts = { .stack_size = TERNI_MAX_STACK_SIZE + 1 };

    (void)state;
    assert_int_equal(tern_fiber_spawn(poller, park_once, NULL, &opts, NULL), -EINVAL);
}

static void test_no_memory_is_an_error(void **state)
{
    (void)state;
    fail_malloc_at(1, UINT64_MAX);
    assert_int_equal(tern_fiber_spawn(poller, note_arg, "a", NULL, NULL), -ENOMEM);
    assert_int_equal(tern_fiber_run(poller, note_arg, "a"), -ENOMEM);
    fail_malloc_at(0, 0);
    assert_int_equal(tern_fiber_run(poller, note_arg, "b"), 0);
    assert_string_equal(steps, "b");
}

static void recurse_too_deep(void *unused)
{
    int depth = 1 << 20;

    (void)unused;
    recurse_to(&depth);
}

static void test_overflow_names_the_fiber(void **state)
{
    const tern_fiber_opts opts = { .name = "greeter" };
    char                  words[4096] = "";
    int                   fds[2], status;
    ssize_t               n, len = 0;
    pid_t                 pid;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDERR_FILENO);
        signal(SIGSEGV, SIG_DFL);        // cmocka's and the sanitizer's
        poller = tern_poller_new(NULL);  // that from before the fork is the parent's
        if (tern_fiber_catch_overflow(true) < 0 ||
            tern_fiber_spawn(poller, recurse_too_deep, NULL, &opts, NULL) < 0)
            _exit(99);
        _exit(tern_poller_run_until_idle(poller));
    }
    close(fds[1]);
    while ((n = read(fds[0], words + len, sizeof words - 1 - (size_t)len)) > 0)
        len += n;
    close(fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    assert_non_null(strstr(words, "tern: fiber stack overflow in fiber greeter (stack of "));
}

// ---- many ----------------------------------------------------------------

static size_t resident_kib(void)
{
    char   line[256];
    size_t kib = 0;
    FILE  *f = fopen("/proc/self/status", "r");

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtoul(line + 6, NULL, 10);
    fclose(f);
    return kib;
}

static unsigned n_slept;

static void sleep_and_count(void *ms)
{
    assert_int_equal(tern_fiber_sleep((uint64_t)(uintptr_t)ms * MS), 0);
    n_slept++;
}

static void test_many_fibers_sleep_at_once(void **state)
{
    enum { N = IS_SANITIZED ? 1000 : 100000 };
    size_t before = resident_kib();
    double kib_each;

    (void)state;
    n_slept = 0;
    for (uintptr_t i = 0; i < N; i++)
        spawn_detached(sleep_and_count, (void *)(1000 + i % 1000));
    for (int i = 0; i < N / TERNI_FIBER_BUDGET + 1; i++)
        step();
    kib_each = (double)(resident_kib() - before) / N;
    print_message("%d sleeping fibers: %.2f KiB resident each\n", N, kib_each);
    if (!IS_SANITIZED)
        assert_true(kib_each < 8);
    for (int i = 0; n_slept < N && i < 4 * N; i++)
        step_after(i % 10 ? 0 : 200);
    assert_int_equal(n_slept, N);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        FIBER_TEST(test_deep_recursion_fits_the_default_stack),
        FIBER_TEST(test_a_larger_stack_takes_deeper_recursion),
        FIBER_TEST(test_a_stack_above_the_limit_is_refused),
        FIBER_TEST(test_no_memory_is_an_error),
        FIBER_TEST(test_overflow_names_the_fiber),
        FIBER_TEST(test_many_fibers_sleep_at_once),
    };

    (void)argc;
    leave_faults_to_the_test(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
