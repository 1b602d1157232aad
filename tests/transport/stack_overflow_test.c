#include "tests/support/faults.h"
#include "tests/support/leak.h"

#include "transport/fiber/stack_overflow_internal.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transport/fiber/context_internal.h"
#include "transport/fiber/stack_internal.h"

static terni_stack_pool pool;
static terni_stack     *stack;
static terni_context    loop, fiber;

static bool find_overflow(const void *addr, terni_stack_overflow *ret_overflow)
{
    if (!stack || !terni_stack_is_guard(stack, addr))
        return false;
    *ret_overflow = (terni_stack_overflow){ "greeter", stack->low, stack->size };
    return true;
}

// ---- a child that dies, and its last words -------------------------------

typedef struct death death;
struct death {
    int  signal;
    int  exit_code;
    char words[4096];
};

static death die(void (*child)(void))
{
    death  d = { 0 };
    int    pipe_fds[2], status;
    size_t len = 0;
    pid_t  pid;

    assert_int_equal(pipe(pipe_fds), 0);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        dup2(pipe_fds[1], STDERR_FILENO);
        close(pipe_fds[0]);
        signal(SIGSEGV, SIG_DFL);  // cmocka's and the sanitizer's
        signal(SIGBUS, SIG_DFL);
        child();
        _exit(0);
    }
    close(pipe_fds[1]);
    for (ssize_t n; (n = read(pipe_fds[0], d.words + len, sizeof d.words - 1 - len)) > 0;)
        len += (size_t)n;
    close(pipe_fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    d.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    d.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return d;
}

static volatile int depth_limit = 1 << 30;

__attribute__((noinline)) static int recurse(int depth)
{
    volatile char frame[512];

    frame[0] = (char)depth;
    return depth < depth_limit ? recurse(depth + 1) + frame[0] : 0;
}

static void overflow(void *arg)
{
    (void)arg;
    recurse(0);
    terni_context_switch(&fiber, &loop, 0);
}

static void run_overflowing_context(void)
{
    terni_stack_pool_init(&pool, NULL);
    if (terni_stack_make(&pool, TERNI_STACK_SIZE, &stack) < 0 ||
        terni_stack_overflow_enter_thread() < 0)
        _exit(99);
    terni_context_init(&fiber, stack->low, stack->size, overflow, NULL);
    terni_context_switch(&loop, &fiber, 0);
}

static void enable(void)
{
    if (terni_stack_overflow_enable(find_overflow) < 0)
        _exit(4);
}

// ---- the message ---------------------------------------------------------

static void overflow_with_handler(void)
{
    enable();
    run_overflowing_context();
}

static void test_overflow_is_named_and_kills(void **state)
{
    death d = die(overflow_with_handler);
    char  size[64];

    (void)state;
    snprintf(size, sizeof size, "(stack of %d KiB at 0x",
             (TERNI_STACK_SIZE - TERNI_STACK_GUARD) / 1024);
    assert_int_equal(d.signal, SIGSEGV);
    assert_non_null(strstr(d.words, "tern: fiber stack overflow in fiber greeter "));
    assert_non_null(strstr(d.words, size));
    assert_non_null(strstr(d.words, "; raise tern_fiber_opts.stack_size\n"));
}

static void *run_in_thread(void *arg)
{
    (void)arg;
    run_overflowing_context();
    return NULL;
}

static void overflow_in_a_thread(void)
{
    pthread_t thread;

    enable();
    pthread_create(&thread, NULL, run_in_thread, NULL);
    pthread_join(thread, NULL);
}

static void test_overflow_in_another_thread_is_named(void **state)
{
    death d = die(overflow_in_a_thread);

    (void)state;
    assert_int_equal(d.signal, SIGSEGV);
    assert_non_null(strstr(d.words, "in fiber greeter "));
}

static void overflow_after_disable(void)
{
    enable();
    terni_stack_overflow_disable();
    run_overflowing_context();
}

static void test_overflow_after_disable_is_silent(void **state)
{
    death d = die(overflow_after_disable);

    (void)state;
    assert_int_equal(d.signal, SIGSEGV);
    assert_string_equal(d.words, "");
}

// ---- faults that are not ours --------------------------------------------

static void write_to_nowhere(void)
{
    volatile int *volatile nowhere = (int *)16;

    *nowhere = 1;
}

static void fault_elsewhere(void)
{
    enable();
    write_to_nowhere();
}

static void test_another_fault_kills_silently(void **state)
{
    death d = die(fault_elsewhere);

    (void)state;
    assert_int_equal(d.signal, SIGSEGV);
    assert_string_equal(d.words, "");
}

static void exit_with_7(int sig, siginfo_t *info, void *ucontext)
{
    (void)sig, (void)ucontext;
    _exit(info->si_addr == (void *)16 ? 7 : 8);
}

static void handle_before(void)
{
    struct sigaction theirs = { .sa_sigaction = exit_with_7, .sa_flags = SA_SIGINFO | SA_ONSTACK };

    sigaction(SIGSEGV, &theirs, NULL);
    enable();
}

static void fault_with_previous_handler(void)
{
    handle_before();
    write_to_nowhere();
}

static void test_another_fault_reaches_the_previous_handler(void **state)
{
    (void)state;
    assert_int_equal(die(fault_with_previous_handler).exit_code, 7);
}

static void overflow_with_previous_handler(void)
{
    handle_before();
    run_overflowing_context();
}

static void test_overflow_reaches_the_previous_handler_after_us(void **state)
{
    death d = die(overflow_with_previous_handler);

    (void)state;
    assert_int_equal(d.exit_code, 8);
    assert_non_null(strstr(d.words, "in fiber greeter "));
}

static void send_to_self(void)
{
    enable();
    raise(SIGSEGV);
    _exit(3);  // not reached
}

static void test_a_sent_signal_still_kills(void **state)
{
    (void)state;
    assert_int_equal(die(send_to_self).signal, SIGSEGV);
}

static void send_ignored(void)
{
    signal(SIGBUS, SIG_IGN);
    enable();
    raise(SIGBUS);
    _exit(3);
}

static void test_a_sent_signal_that_was_ignored_is_ignored(void **state)
{
    (void)state;
    assert_int_equal(die(send_ignored).exit_code, 3);
}

// ---- on, off, threads ----------------------------------------------------

static void test_disable_restores_what_was_there(void **state)
{
    struct sigaction before, after;

    (void)state;
    sigaction(SIGSEGV, NULL, &before);
    assert_int_equal(terni_stack_overflow_enable(find_overflow), 0);
    assert_int_equal(terni_stack_overflow_enable(find_overflow), 0);
    terni_stack_overflow_disable();
    sigaction(SIGSEGV, NULL, &after);
    assert_ptr_equal(after.sa_sigaction, before.sa_sigaction);
}

static void *enter_twice(void *ret_is_on)
{
    stack_t now;

    assert_int_equal(terni_stack_overflow_enter_thread(), 0);
    assert_int_equal(terni_stack_overflow_enter_thread(), 0);
    assert_int_equal(sigaltstack(NULL, &now), 0);
    *(bool *)ret_is_on = !(now.ss_flags & SS_DISABLE) && now.ss_size >= 16384;
    return NULL;
}

static void test_a_thread_gets_an_alternate_stack(void **state)
{
    bool      is_on = false;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, enter_twice, &is_on), 0);
    pthread_join(thread, NULL);
    assert_true(is_on);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_overflow_is_named_and_kills),
        TERN_TEST(test_overflow_in_another_thread_is_named),
        TERN_TEST(test_overflow_after_disable_is_silent),
        TERN_TEST(test_another_fault_kills_silently),
        TERN_TEST(test_another_fault_reaches_the_previous_handler),
        TERN_TEST(test_overflow_reaches_the_previous_handler_after_us),
        TERN_TEST(test_a_sent_signal_still_kills),
        TERN_TEST(test_a_sent_signal_that_was_ignored_is_ignored),
        TERN_TEST(test_disable_restores_what_was_there),
        TERN_TEST(test_a_thread_gets_an_alternate_stack),
    };

    (void)argc;
    leave_faults_to_the_test(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
