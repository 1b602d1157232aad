// Several things happen to a waiting fiber before it runs again: one wins, as the table in <tern/conn_io.h>
// says, in whatever order they came. And what is late hits nobody.
#include "tests/transport/backends.h"

#include <errno.h>
#include <unistd.h>

#include <tern/conn_io.h>
#include <tern/fiber.h>

#include "tests/transport/net.h"
#include "transport/net/conn_core_internal.h"
#include "transport/poller/core_internal.h"
#include "transport/poller/operator_internal.h"

enum { KIB = 1024, NOT_YET = -1000 };

typedef struct scene scene;
struct scene {
    tern_poller *p;
    tern_conn   *c;
    tern_fiber  *reader, *writer;
    int          peer;
    char         buf[8];
    ssize_t      n_read, n_written;
    int          next_read_wait, next_write_wait;  // a cancel that lost is kept for it
};

static char kib[KIB];

static void read_some(void *arg)
{
    scene *s = arg;

    s->n_read = tern_conn_read(s->c, s->buf, sizeof s->buf);
    s->next_read_wait = tern_fiber_sleep(0);
}

static void flush_all(void *arg)
{
    scene *s = arg;

    s->n_written = tern_conn_flush(s->c);
    s->next_write_wait = tern_fiber_sleep(0);
}

// Until the socket is full, and more waits than the kernel will find room for by itself.
static void fill_socket(scene *s)
{
    while (tern_conn_unsent(s->c) < 64 * KIB) {
        assert_int_equal(tern_conn_send_copy(s->c, kib, KIB), 0);
        net_settle(s->p);
    }
}

// A reader waits for input, a writer for its output to go out, which the peer does not take; both for 5 ms.
static void open_scene(scene *s)
{
    uint64_t soon_ns;
    int      ours;

    *s = (scene){ .n_read = NOT_YET, .n_written = NOT_YET };
    net_clock_start();
    s->p = net_poller(backend_under_test);
    net_small_pair(NET_TCP, &ours, &s->peer);
    assert_int_equal(net_conn_io_new(s->p, ours, NULL, &s->c), 0);
    net_greet(s->p, s->c);
    fill_socket(s);
    soon_ns = tern_poller_now_ns(s->p) + 5 * TERN_NS_PER_MS;
    tern_conn_set_read_deadline(s->c, soon_ns);
    tern_conn_set_write_deadline(s->c, soon_ns);
    assert_int_equal(tern_fiber_spawn(s->p, read_some, s, NULL, &s->reader), 0);
    assert_int_equal(tern_fiber_spawn(s->p, flush_all, s, NULL, &s->writer), 0);
    net_settle(s->p);
    assert_int_equal(s->n_read, NOT_YET);
    assert_int_equal(s->n_written, NOT_YET);
}

static void close_scene(scene *s)
{
    net_close(s->peer);
    tern_fiber_detach(s->reader);
    tern_fiber_detach(s->writer);
    if (s->c)
        tern_conn_abort(s->c);
    tern_poller_free(s->p);
}

// ---- what happens, and who wins ------------------------------------------

typedef enum happening { READABLE, WRITABLE, DEADLINE, CLOSE, CANCEL, N_HAPPENINGS } happening;

static const char *const names[] = { "readable", "writable", "deadline",
                                     "close",    "cancel",   "nothing" };

static void become_readable(scene *s)
{
    net_write(s->peer, "x", 1);
    s->c->op.state |= TERNI_OP_READABLE;
    terni_operator_dispatch(&s->c->op);
    assert_int_equal(s->c->in.len, 1);
}

static void become_writable(scene *s)
{
    size_t n_dropped = 0;

    for (int i = 0; i < 100000 && tern_conn_unsent(s->c); i++) {
        (void)net_drain(s->peer, &n_dropped);
        terni_operator_write(&s->c->op);
    }
    assert_int_equal(tern_conn_unsent(s->c), 0);
}

static void pass_deadlines(scene *s)
{
    net_clock_advance(10 * TERN_NS_PER_MS);
    s->p->now_ns += 10 * TERN_NS_PER_MS;
    (void)tern_wheel_advance(&s->p->wheel, s->p->now_ns, 100);
}

static void close_conn(scene *s)
{
    tern_conn_abort(s->c);
    s->c = NULL;
}

// What the poller does when `what` comes, at once.
static void happen(scene *s, happening what)
{
    if (what == READABLE && s->c)
        become_readable(s);
    else if (what == WRITABLE && s->c)
        become_writable(s);
    else if (what == DEADLINE)
        pass_deadlines(s);
    else if (what == CLOSE && s->c)
        close_conn(s);
    else if (what == CANCEL) {
        tern_fiber_cancel(s->reader);
        tern_fiber_cancel(s->writer);
    }
}

typedef struct pair pair;
struct pair {
    tern_task task;
    scene    *s;
    happening first, second;
};

// A task of a round: no fiber runs in between.
static void happen_together(tern_task *task)
{
    pair *both = TERN_CONTAINER_OF(task, pair, task);

    happen(both->s, both->first);
    happen(both->s, both->second);
}

static int winner(const pair *both, happening io, int io_result)
{
    const int order[] = { CLOSE, (int)io, CANCEL, DEADLINE };
    const int results[] = { -ECANCELED, io_result, -ECANCELED, -ETIMEDOUT };

    for (int i = 0; i < 4; i++)
        if (order[i] == (int)both->first || order[i] == (int)both->second)
            return results[i];
    return NOT_YET;
}

// A cancel that lost.
static int next_wait(const pair *both, happening io)
{
    bool is_cancelled = both->first == CANCEL || both->second == CANCEL;
    bool is_beaten =
        both->first == CLOSE || both->second == CLOSE || both->first == io || both->second == io;

    return is_cancelled && is_beaten ? -ECANCELED : 0;
}

static void check_pair(happening first, happening second)
{
    pair  both = { .task.run = happen_together, .first = first, .second = second };
    scene s;

    open_scene(&s);
    both.s = &s;
    tern_poller_defer(s.p, &both.task);
    net_settle(s.p);
    print_message("%s, %s: read %zd, written %zd\n", names[first], names[second], s.n_read,
                  s.n_written);
    assert_int_equal(s.n_read, winner(&both, READABLE, 1));
    assert_int_equal(s.n_written, winner(&both, WRITABLE, 0));
    assert_int_equal(s.next_read_wait, next_wait(&both, READABLE));
    assert_int_equal(s.next_write_wait, next_wait(&both, WRITABLE));
    close_scene(&s);
}

static void test_what_comes_together_has_one_winner(void **state)
{
    (void)state;
    if (backend_under_test != TERN_BACKEND_EPOLL)
        skip();  // an event there is what the kernel has done already, and cannot be made up
    for (int first = 0; first < N_HAPPENINGS; first++)
        for (int second = 0; second <= N_HAPPENINGS; second++)  // N_HAPPENINGS: alone
            if (first != second)
                check_pair((happening)first, (happening)second);
}

// ---- what is late --------------------------------------------------------

static void read_again(void *arg)
{
    scene *s = arg;

    s->n_read = tern_conn_read(s->c, s->buf, sizeof s->buf);
    tern_conn_set_read_deadline(s->c, tern_poller_now_ns(s->p) + TERN_NS_PER_S);
    s->n_written = tern_conn_read(s->c, s->buf, sizeof s->buf);
}

static void open_reader(scene *s)
{
    int ours;

    *s = (scene){ .n_read = NOT_YET, .n_written = NOT_YET };
    net_clock_start();
    s->p = net_poller(backend_under_test);
    net_pair(NET_TCP, &ours, &s->peer);
    assert_int_equal(net_conn_io_new(s->p, ours, NULL, &s->c), 0);
    net_greet(s->p, s->c);
    tern_conn_set_read_deadline(s->c, tern_poller_now_ns(s->p) + 5 * TERN_NS_PER_MS);
    assert_int_equal(tern_fiber_spawn(s->p, read_again, s, NULL, &s->reader), 0);
    assert_int_equal(tern_fiber_spawn(s->p, flush_all, s, NULL, &s->writer), 0);
    net_settle(s->p);
}

static void pass_ms(scene *s, uint64_t ms)
{
    net_clock_advance(ms * TERN_NS_PER_MS);
    net_settle(s->p);
}

static void test_a_deadline_of_the_first_wait_does_not_end_the_second(void **state)
{
    scene s;

    (void)state;
    open_reader(&s);
    s.n_written = NOT_YET;
    net_write(s.peer, "x", 1);
    net_settle(s.p);
    assert_int_equal(s.n_read, 1);
    pass_ms(&s, 10);
    pass_ms(&s, 500);
    assert_int_equal(s.n_written, NOT_YET);
    pass_ms(&s, 500);
    assert_int_equal(s.n_written, -ETIMEDOUT);
    close_scene(&s);
}

static void fire_then_move(tern_task *task)
{
    pair *both = TERN_CONTAINER_OF(task, pair, task);

    pass_deadlines(both->s);
    tern_conn_set_read_deadline(both->s->c, tern_poller_now_ns(both->s->p) + 5 * TERN_NS_PER_MS);
}

static void test_a_deadline_that_is_moved_in_time_has_not_passed(void **state)
{
    scene s;
    pair  both = { .task.run = fire_then_move, .s = &s };

    (void)state;
    open_reader(&s);
    tern_poller_defer(s.p, &both.task);
    net_settle(s.p);
    assert_int_equal(s.n_read, NOT_YET);
    pass_ms(&s, 10);
    assert_int_equal(s.n_read, -ETIMEDOUT);
    close_scene(&s);
}

static void test_a_deadline_set_into_the_past_ends_the_wait(void **state)
{
    scene s;

    (void)state;
    open_reader(&s);
    tern_conn_set_read_deadline(s.c, 0);
    net_settle(s.p);
    assert_int_equal(s.n_read, -ETIMEDOUT);
    close_scene(&s);
}

static void read_then_park(void *arg)
{
    scene *s = arg;

    s->n_read = tern_conn_read(s->c, s->buf, sizeof s->buf);
    s->next_read_wait = tern_fiber_park("what was ready", tern_poller_now_ns(s->p) + TERN_NS_PER_S);
}

static void test_a_ready_of_somebody_else_is_kept_for_the_next_wait(void **state)
{
    scene       s = { .n_read = NOT_YET, .next_read_wait = NOT_YET };
    tern_fiber *f;
    int         ours;

    (void)state;
    s.p = net_poller(backend_under_test);
    net_pair(NET_TCP, &ours, &s.peer);
    assert_int_equal(net_conn_io_new(s.p, ours, NULL, &s.c), 0);
    net_greet(s.p, s.c);
    assert_int_equal(tern_fiber_spawn(s.p, read_then_park, &s, NULL, &f), 0);
    net_settle(s.p);
    tern_fiber_ready(f);
    net_settle(s.p);
    assert_int_equal(s.n_read, NOT_YET);
    net_write(s.peer, "x", 1);
    NET_UNTIL(s.p, s.n_read == 1);
    assert_int_equal(s.next_read_wait, 0);
    tern_fiber_detach(f);
    net_close(s.peer);
    tern_conn_abort(s.c);
    tern_poller_free(s.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_what_comes_together_has_one_winner),
        NET_TEST(test_a_deadline_of_the_first_wait_does_not_end_the_second),
        NET_TEST(test_a_deadline_that_is_moved_in_time_has_not_passed),
        NET_TEST(test_a_deadline_set_into_the_past_ends_the_wait),
        NET_TEST(test_a_ready_of_somebody_else_is_kept_for_the_next_wait),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
