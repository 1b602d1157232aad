// The loop itself: tasks, posts from elsewhere, stopping, embedding, time, and its own end.
#include "tests/transport/backends.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/poller/poller_internal.h"
#include "transport/base/sys_internal.h"

// A task that counts, and hands itself over again as often as it is told.
typedef struct job job;
struct job {
    tern_task    task;
    tern_poller *p;
    int          n_runs, n_again;
    void (*hand_over)(tern_poller *p, tern_task *task);
};

static void run_job(tern_task *task)
{
    job *j = TERN_CONTAINER_OF(task, job, task);

    j->n_runs++;
    if (j->n_again != 0) {
        j->n_again -= j->n_again > 0;
        j->hand_over(j->p, task);
    }
}

static job make_job(tern_poller *p) { return (job){ .task.run = run_job, .p = p }; }

static int run_in_thread(pthread_t *ret_thread, void *(*fn)(void *), void *arg)
{
    return pthread_create(ret_thread, NULL, fn, arg);
}

// ---- tasks ---------------------------------------------------------------

static int order[8], n_order;

static void note_order(tern_task *task)
{
    job *j = TERN_CONTAINER_OF(task, job, task);

    order[n_order++] = j->n_again;
}

static void test_tasks_run_once_and_in_order(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    job          jobs[4];

    (void)state;
    n_order = 0;
    for (int i = 0; i < 4; i++) {
        jobs[i] = (job){ .task.run = note_order, .n_again = i };
        (i < 2 ? tern_poller_defer : tern_poller_post)(p, &jobs[i].task);
    }
    net_settle(p);
    assert_int_equal(n_order, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(order[i], i);
    tern_poller_free(p);
}

// They must not keep the loop from its descriptors, its timers, and from stopping.
static void test_task_that_reposts_itself_starves_no_one(void **state)
{
    void (*const ways[])(tern_poller *, tern_task *) = { tern_poller_defer, tern_poller_post,
                                                         tern_poller_recycle };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(ways); i++) {
        tern_poller *p = net_poller(backend_under_test);
        job          endless = make_job(p);
        probe        pr = { 0 };
        int          ours, theirs;

        endless.n_again = -1;
        endless.hand_over = ways[i];
        ways[i](p, &endless.task);
        net_pair(NET_TCP, &ours, &theirs);
        probe_start(&pr, p, ours, NULL);
        net_write(theirs, "x", 1);
        NET_UNTIL(p, pr.n_bytes == 1);
        assert_in_range(endless.n_runs, 1, 2000 * TERNI_MAX_TASKS_PER_ROUND);
        tern_conn_abort(pr.conn);
        net_settle(p);
        assert_int_equal(pr.n_closed, 1);
        net_close(theirs);
        tern_poller_free(p);  // ends, though the task never does
    }
}

static void test_budget_leaves_the_rest_to_the_next_round(void **state)
{
    enum { N = TERNI_MAX_TASKS_PER_ROUND + 5 };
    static job   jobs[N];
    tern_poller *p = net_poller(backend_under_test);
    int          n_runs = 0;

    (void)state;
    for (int i = 0; i < N; i++) {
        jobs[i] = make_job(p);
        tern_poller_defer(p, &jobs[i].task);
    }
    assert_int_equal(tern_poller_step(p, 0), 0);
    for (int i = 0; i < N; i++)
        n_runs += jobs[i].n_runs;
    assert_int_equal(n_runs, TERNI_MAX_TASKS_PER_ROUND);
    assert_int_equal(tern_poller_next_ns(p), 0);   // at once
    assert_int_equal(tern_poller_step(p, -1), 0);  // does not wait
    assert_int_equal(jobs[N - 1].n_runs, 1);
    tern_poller_free(p);
}

// ---- other threads -------------------------------------------------------

enum { N_THREADS = 4 };

typedef struct storm storm;
struct storm {
    tern_poller *p;
    int          n_posts;  // of each thread
    atomic_int   n_run;    // counted on the poller's thread
};

typedef struct posted posted;
struct posted {
    tern_task task;
    storm    *s;
};

static void count_posted(tern_task *task)
{
    posted *one = TERN_CONTAINER_OF(task, posted, task);

    one->s->n_run++;
    free(one);
}

static void *post_many(void *arg)
{
    storm *s = arg;

    for (int i = 0; i < s->n_posts; i++) {
        posted *one = malloc(sizeof *one);

        *one = (posted){ .task.run = count_posted, .s = s };
        tern_poller_post(s->p, &one->task);
    }
    return NULL;
}

static void test_posts_from_many_threads_all_run_once(void **state)
{
    storm     s = { .p = net_poller(backend_under_test), .n_posts = net_is_slow() ? 2000 : 20000 };
    pthread_t threads[N_THREADS];

    (void)state;
    for (int i = 0; i < N_THREADS; i++)
        assert_int_equal(run_in_thread(&threads[i], post_many, &s), 0);
    NET_UNTIL(s.p, s.n_run == N_THREADS * s.n_posts);
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    net_settle(s.p);
    assert_int_equal(s.n_run, N_THREADS * s.n_posts);
    tern_poller_free(s.p);
}

static void *post_one(void *arg)
{
    job *j = arg;

    tern_poller_post(j->p, &j->task);
    return NULL;
}

static void test_post_wakes_a_poller_that_sleeps(void **state)
{
    tern_poller *p = net_poller(backend_under_test);

    (void)state;
    for (int i = 0; i < 200; i++) {
        job       j = make_job(p);
        pthread_t thread;

        assert_int_equal(run_in_thread(&thread, post_one, &j), 0);
        while (j.n_runs == 0)
            assert_int_equal(tern_poller_step(p, -1), 0);  // for ever, if the wake were lost
        pthread_join(thread, NULL);
    }
    tern_poller_free(p);
}

static void stop_it(tern_task *task) { tern_poller_stop(TERN_CONTAINER_OF(task, job, task)->p); }

static void test_posts_of_its_own_thread_cost_no_wake(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    job          stop = { .task.run = stop_it, .p = p }, j = make_job(p);
    uint64_t     n_wakes;

    (void)state;
    net_settle(p);
    n_wakes = tern_poller_get_stats(p).n_wakes;
    j.n_again = 100;
    j.hand_over = tern_poller_post;
    tern_poller_post(p, &j.task);
    while (j.n_runs < 101)
        assert_int_equal(tern_poller_step(p, 0), 0);
    tern_poller_post(p, &stop.task);
    assert_int_equal(tern_poller_run(p), 0);
    // At most one for each time that it was left.
    assert_in_range(tern_poller_get_stats(p).n_wakes - n_wakes, 0, 103);
    tern_poller_free(p);
}

// ---- stopping ------------------------------------------------------------

static void *run_it(void *arg)
{
    assert_int_equal(tern_poller_run(arg), 0);
    return NULL;
}

static void test_stop_from_another_thread(void **state)
{
    tern_poller *p = net_poller(backend_under_test);

    (void)state;
    for (int i = 0; i < 50; i++) {
        pthread_t thread;

        assert_int_equal(run_in_thread(&thread, run_it, p), 0);
        tern_poller_stop(p);  // before, while, or after it goes to sleep
        pthread_join(thread, NULL);
    }
    tern_poller_free(p);
}

static tern_poller *signalled;
static int          errno_in_handler;

static void on_signal(int signo)
{
    int before = errno;

    (void)signo;
    errno = ENOTTY;
    tern_poller_stop(signalled);
    errno_in_handler = errno;
    errno = before;
}

static void *raise_soon(void *arg)
{
    pthread_kill(*(pthread_t *)arg, SIGUSR1);
    return NULL;
}

static ssize_t refused_write(int fd, const void *buf, size_t n)
{
    ssize_t written = terni_sys_kernel.write(fd, buf, n);

    (void)written;
    errno = EAGAIN;
    return -1;
}

static void test_stop_from_a_signal_handler_keeps_errno(void **state)
{
    struct sigaction action = { .sa_handler = on_signal }, before;
    pthread_t        self = pthread_self(), thread;

    (void)state;
    signalled = net_poller(backend_under_test);
    terni_sys_table.write = refused_write;
    sigaction(SIGUSR1, &action, &before);
    assert_int_equal(run_in_thread(&thread, raise_soon, &self), 0);
    assert_int_equal(tern_poller_run(signalled), 0);
    pthread_join(thread, NULL);
    sigaction(SIGUSR1, &before, NULL);
    assert_int_equal(errno_in_handler, ENOTTY);
    tern_poller_free(signalled);
}

static void step_inside(tern_task *task)
{
    job *j = TERN_CONTAINER_OF(task, job, task);

    j->n_runs = tern_poller_step(j->p, 0);
}

static void test_loop_is_never_entered_twice(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    job          j = { .task.run = step_inside, .p = p };

    (void)state;
    tern_poller_defer(p, &j.task);
    net_settle(p);
    assert_int_equal(j.n_runs, -EDEADLK);
    tern_poller_free(p);
}

static void unhold(tern_task *task) { tern_poller_unhold(TERN_CONTAINER_OF(task, job, task)->p); }

static void test_run_until_idle_waits_for_holds_and_tasks(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    job          j = make_job(p), last = { .task.run = unhold, .p = p };

    (void)state;
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    j.n_again = 10;
    j.hand_over = tern_poller_defer;
    tern_poller_defer(p, &j.task);
    tern_poller_hold(p);
    tern_poller_post(p, &last.task);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_int_equal(j.n_runs, 11);
    tern_poller_free(p);
}

// ---- in a foreign loop ---------------------------------------------------

static bool is_readable(const tern_poller *p, int timeout_ms)
{
    struct pollfd fd = { .fd = tern_poller_fd(p), .events = POLLIN };

    return poll(&fd, 1, timeout_ms) == 1;
}

static void test_foreign_loop_sees_events_posts_and_deadlines(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    job          j = make_job(p);
    probe        pr = { 0 };
    pthread_t    thread;
    int          ours, theirs;

    (void)state;
    net_pair(NET_TCP, &ours, &theirs);
    probe_start(&pr, p, ours, NULL);
    net_settle(p);
    assert_false(is_readable(p, 0));
    if (!net_has_filter)  // after a handshake there are blocks to be given back
        assert_true(tern_poller_next_ns(p) == TERN_NEVER);

    net_write(theirs, "x", 1);
    assert_true(is_readable(p, 5000));
    net_settle(p);
    assert_int_equal(pr.n_bytes, 1);

    assert_int_equal(run_in_thread(&thread, post_one, &j), 0);
    assert_true(is_readable(p, 5000));
    pthread_join(thread, NULL);
    net_settle(p);
    assert_int_equal(j.n_runs, 1);

    tern_conn_set_read_deadline(pr.conn, tern_poller_now_ns(p) + 10 * TERN_NS_PER_S);
    assert_in_range(tern_poller_next_ns(p), tern_poller_now_ns(p),
                    tern_poller_now_ns(p) + 11 * TERN_NS_PER_S);
    tern_conn_abort(pr.conn);
    assert_int_equal(tern_poller_next_ns(p), 0);
    net_settle(p);
    assert_int_equal(pr.n_closed, 1);
    net_close(theirs);
    tern_poller_free(p);
}

// A foreign loop begins by waiting, not by a step.
static void test_bug_post_before_the_first_step_did_not_wake(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    job          j = make_job(p), stop = { .task.run = stop_it, .p = p };
    pthread_t    thread;

    (void)state;
    assert_int_equal(run_in_thread(&thread, post_one, &j), 0);
    pthread_join(thread, NULL);
    assert_true(is_readable(p, 5000));
    net_settle(p);
    assert_int_equal(j.n_runs, 1);

    tern_poller_defer(p, &stop.task);
    assert_int_equal(tern_poller_run(p), 0);
    j.n_runs = 0;
    tern_poller_post(p, &j.task);
    assert_true(is_readable(p, 5000));  // after run as well
    net_settle(p);
    tern_poller_free(p);
}

// ---- time ----------------------------------------------------------------

static int last_timeout_ms;

static int note_timeout(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
    last_timeout_ms = timeout_ms;
    return terni_sys_kernel.epoll_wait(epfd, events, max, 0);
}

// A program that calls now and then: an hour between two steps made the next deadline an hour late, and
// a deadline counted from tern_poller_now_ns was over before it began.
static void test_bug_time_between_steps_did_not_pass(void **state)
{
    tern_poller *p;
    probe        pr = { 0 };
    int          ours, theirs;

    (void)state;
    net_clock_start();
    p = net_poller(backend_under_test);
    net_pair(NET_TCP, &ours, &theirs);
    probe_start(&pr, p, ours, NULL);
    net_settle(p);

    net_clock_advance(3600 * TERN_NS_PER_S);
    assert_int_equal(tern_poller_now_ns(p), terni_sys_table.now_ns());
    tern_conn_set_read_deadline(pr.conn, tern_poller_now_ns(p) + 500 * TERN_NS_PER_MS);
    net_settle(p);
    assert_int_equal(pr.n_closed, 0);

    net_clock_advance(400 * TERN_NS_PER_MS);
    terni_sys_table.epoll_wait = note_timeout;
    assert_int_equal(tern_poller_step(p, -1), 0);
    if (backend_under_test == TERN_BACKEND_EPOLL)
        assert_in_range(last_timeout_ms, 1, 102);  // coarse, never late
    net_clock_advance(102 * TERN_NS_PER_MS);
    net_settle(p);
    assert_int_equal(pr.n_closed, 1);
    net_close(theirs);
    tern_poller_free(p);
}

// ---- the end -------------------------------------------------------------

static void test_free_accepts_null_and_the_unused(void **state)
{
    (void)state;
    tern_poller_free(NULL);
    tern_poller_free(net_poller(backend_under_test));
}

static void test_free_hangs_up_what_is_attached(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    probe        pr[100];
    int          ours, theirs[100];

    (void)state;
    memset(pr, 0, sizeof pr);
    for (int i = 0; i < 100; i++) {
        net_pair(i % 2 ? NET_TCP : NET_UNIX, &ours, &theirs[i]);
        probe_start(&pr[i], p, ours, NULL);
        if (i % 3 == 0)
            probe_send_pattern(&pr[i], 0, 1000);
    }
    tern_poller_free(p);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pr[i].n_closed, 1);
        assert_int_equal(pr[i].err, -ECANCELED);
        net_close(theirs[i]);
    }
}

static void test_free_runs_tasks_and_due_timers(void **state)
{
    tern_poller *p;
    job          posted_job, deferred, recycled;
    probe        pr = { 0 };
    int          ours, theirs;

    (void)state;
    net_clock_start();
    p = net_poller(backend_under_test);
    posted_job = deferred = recycled = make_job(p);
    net_pair(NET_TCP, &ours, &theirs);
    probe_start(&pr, p, ours, NULL);
    tern_conn_set_read_deadline(pr.conn, tern_poller_now_ns(p) + TERN_NS_PER_S);
    tern_poller_post(p, &posted_job.task);
    tern_poller_defer(p, &deferred.task);
    tern_poller_recycle(p, &recycled.task);
    net_clock_advance(2 * TERN_NS_PER_S);
    tern_poller_free(p);
    assert_int_equal(posted_job.n_runs + deferred.n_runs + recycled.n_runs, 3);
    assert_int_equal(pr.n_closed, 1);
    assert_int_equal(pr.err, -ETIMEDOUT);  // the timer was first
    net_close(theirs);
}

static int spare_fd;

static void connect_anew(probe *pr)
{
    probe *next = pr->arg;

    assert_int_equal(probe_try(next, tern_conn_poller(pr->conn), spare_fd, NULL), -ECANCELED);
}

// What reconnects when it is closed does so here as well, and would stay behind.
static void test_bug_attach_while_the_poller_is_freed_leaked(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    probe        next = { 0 }, pr = { .on_closed = connect_anew, .arg = &next };
    int          ours, theirs, their_spare;

    (void)state;
    net_pair(NET_TCP, &ours, &theirs);
    net_pair(NET_TCP, &spare_fd, &their_spare);
    probe_start(&pr, p, ours, NULL);
    tern_poller_free(p);
    assert_int_equal(pr.n_closed, 1);
    assert_int_equal(next.n_closed, 0);
    net_close(theirs);
    net_close(their_spare);
}

static int failing_eventfd(unsigned initial, int flags)
{
    (void)initial, (void)flags;
    errno = EMFILE;
    return -1;
}

static int failing_epoll_create1(int flags)
{
    (void)flags;
    errno = EMFILE;
    return -1;
}

static int failing_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    (void)epfd, (void)op, (void)fd, (void)event;
    errno = ENOSPC;  // fs.epoll.max_user_watches
    return -1;
}

static void test_new_without_descriptors_gives_null_and_leaks_nothing(void **state)
{
    (void)state;
    terni_sys_table.eventfd = failing_eventfd;
    assert_null(backends_new_poller());
    terni_sys_table = terni_sys_kernel;
    terni_sys_table.epoll_create1 = failing_epoll_create1;
    assert_null(tern_poller_new(NULL));
    terni_sys_table = terni_sys_kernel;
    terni_sys_table.epoll_ctl = failing_epoll_ctl;
    assert_null(tern_poller_new(NULL));
    assert_true(net_n_logged() > 0);
}

// ---- what outlives it ----------------------------------------------------

typedef struct visitor visitor;
struct visitor {
    tern_guest   guest;
    tern_poller *p;
    job          last;
    int          n_told;
};

static void leave(tern_guest *guest)
{
    visitor *v = TERN_CONTAINER_OF(guest, visitor, guest);

    v->n_told++;
    assert_int_equal(tern_poller_join(v->p, guest), -ECANCELED);
    tern_poller_defer(v->p, &v->last.task);
}

static void test_guest_is_told_once_and_its_tasks_still_run(void **state)
{
    tern_poller *p = backends_new_poller();
    visitor      stays = { .guest.leave = leave, .p = p, .last = make_job(p) };
    visitor      parts = { .guest.leave = leave, .p = p };

    (void)state;
    assert_int_equal(tern_poller_join(p, &stays.guest), 0);
    assert_int_equal(tern_poller_join(p, &parts.guest), 0);
    tern_poller_part(&parts.guest);
    tern_poller_part(&parts.guest);
    tern_poller_free(p);
    assert_int_equal(stays.n_told, 1);
    assert_int_equal(stays.last.n_runs, 1);
    assert_int_equal(parts.n_told, 0);
}

static void test_held_poller_closes_when_freed_and_keeps_its_blocks(void **state)
{
    tern_poller *p = backends_new_poller();
    tern_block  *block = tern_block_new(tern_poller_pool(p), 1000);

    (void)state;
    assert_non_null(block);
    assert_ptr_equal(tern_poller_ref(p), p);
    assert_false(tern_poller_is_closed(p));
    tern_poller_free(p);
    assert_true(tern_poller_is_closed(p));
    memset(block->base, 1, 1000);
    tern_block_unref(block);
    tern_poller_unref(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_tasks_run_once_and_in_order),
        NET_TEST(test_task_that_reposts_itself_starves_no_one),
        NET_TEST(test_budget_leaves_the_rest_to_the_next_round),
        NET_TEST(test_posts_from_many_threads_all_run_once),
        NET_TEST(test_post_wakes_a_poller_that_sleeps),
        NET_TEST(test_posts_of_its_own_thread_cost_no_wake),
        NET_TEST(test_stop_from_another_thread),
        NET_TEST(test_stop_from_a_signal_handler_keeps_errno),
        NET_TEST(test_loop_is_never_entered_twice),
        NET_TEST(test_run_until_idle_waits_for_holds_and_tasks),
        NET_TEST(test_foreign_loop_sees_events_posts_and_deadlines),
        NET_TEST(test_bug_post_before_the_first_step_did_not_wake),
        NET_TEST(test_bug_time_between_steps_did_not_pass),
        NET_TEST(test_free_accepts_null_and_the_unused),
        NET_TEST(test_free_hangs_up_what_is_attached),
        NET_TEST(test_free_runs_tasks_and_due_timers),
        NET_TEST(test_bug_attach_while_the_poller_is_freed_leaked),
        NET_TEST(test_new_without_descriptors_gives_null_and_leaks_nothing),
        NET_TEST(test_guest_is_told_once_and_its_tasks_still_run),
        NET_TEST(test_held_poller_closes_when_freed_and_keeps_its_blocks),
    };

    const struct CMUnitTest with_conns[] = {
        NET_TEST(test_task_that_reposts_itself_starves_no_one),
        NET_TEST(test_foreign_loop_sees_events_posts_and_deadlines),
        NET_TEST(test_bug_time_between_steps_did_not_pass),
        NET_TEST(test_free_hangs_up_what_is_attached),
        NET_TEST(test_free_runs_tasks_and_due_timers),
        NET_TEST(test_bug_attach_while_the_poller_is_freed_leaked),
    };

    return backends_run(tests, TERN_COUNT_OF(tests)) +
           backends_run_filtered(with_conns, TERN_COUNT_OF(with_conns));
}
