#include "tests/support/leak.h"

#include <pthread.h>
#include <unistd.h>

#include <tern/timer.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_net.h"
#include "tests/support/wait_for.h"
#include "transport/base/sys_internal.h"

static void test_clock_stands_until_told(void **state)
{
    (void)state;
    fake_clock_start(100);
    assert_int_equal(terni_sys_table.now_ns(), 100);
    assert_int_equal(terni_sys_table.now_ns(), 100);
    fake_clock_advance(11);
    assert_int_equal(terni_sys_table.now_ns(), 111);
    fake_clock_set(5);
    assert_int_equal(terni_sys_table.now_ns(), 5);
}

static void check_idle_wait_jumps(void)
{
    uint64_t           before_ns = terni_sys_kernel.now_ns();
    struct epoll_event event;
    int                epfd = epoll_create1(EPOLL_CLOEXEC);

    fake_clock_start(0);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 3600 * 1000), 0);
    assert_int_equal(fake_clock_now_ns(), 3600 * TERN_NS_PER_S);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 0), 0);
    assert_int_equal(fake_clock_now_ns(), 3600 * TERN_NS_PER_S);
    assert_true(terni_sys_kernel.now_ns() - before_ns < 60 * TERN_NS_PER_S);
    close(epfd);
}

static void test_idle_wait_jumps_instead_of_sleeping(void **state)
{
    (void)state;
    fake_clock_start(0);
    fake_clock_jump_when_idle();
    fake_clock_jump_when_idle();
    check_idle_wait_jumps();
}

static void test_jumping_and_fake_net_go_together_in_any_order(void **state)
{
    (void)state;
    fake_net_start();
    fake_clock_start(0);
    fake_clock_jump_when_idle();
    fake_net_start();
    check_idle_wait_jumps();

    terni_sys_table = terni_sys_kernel;
    fake_clock_start(0);
    fake_clock_jump_when_idle();
    fake_net_start();
    fake_clock_jump_when_idle();
    check_idle_wait_jumps();
}

static void test_jumping_clock_moves_with_events_too(void **state)
{
    struct epoll_event event = { .events = EPOLLIN };
    int                epfd = epoll_create1(EPOLL_CLOEXEC), fds[2];

    (void)state;
    fake_clock_start(0);
    fake_clock_jump_when_idle();
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &event), 0);
    assert_int_equal(write(fds[1], "", 1), 1);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 1000), 1);
    assert_int_equal(fake_clock_now_ns(), 1);
    close(fds[0]);
    close(fds[1]);
    close(epfd);
}

static void test_clock_of_the_next_test_does_not_jump(void **state)
{
    struct epoll_event event;
    int                epfd = epoll_create1(EPOLL_CLOEXEC);

    (void)state;
    fake_clock_start(0);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 1), 0);
    assert_int_equal(fake_clock_now_ns(), 0);
    fake_clock_jump_when_idle();
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 1), 0);
    assert_int_equal(fake_clock_now_ns(), TERN_NS_PER_MS);
    close(epfd);
}

// ---- a clock that runs ---------------------------------------------------

static void *wait_an_hour(void *epfd)
{
    struct epoll_event event;

    return (void *)(intptr_t)terni_sys_table.epoll_wait(*(int *)epfd, &event, 1, 3600 * 1000);
}

// It may not have begun to wait before the first leaps.
static bool leaps_to_its_end(void *thread)
{
    void *n_events = NULL;

    fake_clock_advance(600 * TERN_NS_PER_S);
    return pthread_tryjoin_np(*(pthread_t *)thread, &n_events) == 0 && !n_events;
}

static void test_running_clock_leaps_over_the_waits_of_all_threads(void **state)
{
    int       epfd = epoll_create1(EPOLL_CLOEXEC);
    uint64_t  before_ns;
    pthread_t thread;

    (void)state;
    fake_clock_start_running();
    before_ns = fake_clock_now_ns();
    pthread_create(&thread, NULL, wait_an_hour, &epfd);
    wait_for(leaps_to_its_end, &thread, "the end of an hour");
    assert_true(fake_clock_now_ns() - before_ns >= 3600 * TERN_NS_PER_S);
    assert_true(terni_sys_kernel.now_ns() < before_ns + 1800 * TERN_NS_PER_S);
    close(epfd);
}

static void test_running_clock_runs_by_itself(void **state)
{
    struct epoll_event event;
    int                epfd = epoll_create1(EPOLL_CLOEXEC);
    uint64_t           before_ns;

    (void)state;
    fake_clock_start_running();
    before_ns = fake_clock_now_ns();
    assert_true(before_ns >= terni_sys_kernel.now_ns() - 600 * TERN_NS_PER_S);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 5), 0);
    assert_true(fake_clock_now_ns() >= before_ns + 5 * TERN_NS_PER_MS);
    close(epfd);
}

static void test_running_clock_does_not_delay_events(void **state)
{
    struct epoll_event event = { .events = EPOLLIN };
    int                epfd = epoll_create1(EPOLL_CLOEXEC), fds[2];

    (void)state;
    fake_clock_start_running();
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &event), 0);
    assert_int_equal(write(fds[1], "", 1), 1);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, 3600 * 1000), 1);
    assert_int_equal(terni_sys_table.epoll_wait(epfd, &event, 1, -1), 1);
    close(fds[0]);
    close(fds[1]);
    close(epfd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_clock_stands_until_told),
        TERN_TEST(test_idle_wait_jumps_instead_of_sleeping),
        TERN_TEST(test_jumping_and_fake_net_go_together_in_any_order),
        TERN_TEST(test_jumping_clock_moves_with_events_too),
        TERN_TEST(test_clock_of_the_next_test_does_not_jump),
        TERN_TEST(test_running_clock_leaps_over_the_waits_of_all_threads),
        TERN_TEST(test_running_clock_runs_by_itself),
        TERN_TEST(test_running_clock_does_not_delay_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
