// Options of programs that were compiled with other headers: shorter ones, longer ones.
#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn.h>
#include <tern/conn_filter.h>
#include <tern/conn_io.h>
#include <tern/fiber.h>
#include <tern/group.h>
#include <tern/listener.h>
#include <tern/log.h>
#include <tern/mem.h>
#include <tern/opts.h>

#include "tests/support/opts.h"

OPTS_END_WITH(tern_conn_events, closed);
OPTS_END_WITH(tern_conn_opts, filter);
OPTS_END_WITH(tern_fiber_opts, stack_size);
OPTS_END_WITH(tern_group_opts, given);
OPTS_END_WITH(tern_listener_opts, ret_why);
OPTS_END_WITH(tern_mem, arg);
OPTS_END_WITH(tern_poller_opts, backend);

// ---- reading -------------------------------------------------------------

typedef struct options options;
struct options {
    int a, b;
};

static void test_read_of_none_gives_defaults(void **state)
{
    options o = { 7, 7 };

    (void)state;
    assert_int_equal(tern_opts_read(&o, sizeof o, NULL, sizeof o), 0);
    assert_int_equal(o.a, 0);
    assert_int_equal(o.b, 0);
}

static void test_read_of_older_ones_leaves_the_rest_at_its_default(void **state)
{
    options o = { 7, 7 };
    int    *older = opts_put_at_edge(&(int){ 1 }, sizeof(int));

    (void)state;
    assert_int_equal(tern_opts_read(&o, sizeof o, older, sizeof *older), 0);
    assert_int_equal(o.a, 1);
    assert_int_equal(o.b, 0);
    opts_free(older);
}

static void test_read_of_newer_ones_that_set_nothing_new(void **state)
{
    const int newer[] = { 1, 2, 0, 0 };
    options   o = { 7, 7 };

    (void)state;
    assert_int_equal(tern_opts_read(&o, sizeof o, newer, sizeof newer), 0);
    assert_int_equal(o.a, 1);
    assert_int_equal(o.b, 2);
}

static void test_read_of_what_is_not_known_is_refused_at_each_byte(void **state)
{
    unsigned char newer[sizeof(options) + 8] = { 0 };
    options       o = { 7, 7 };

    (void)state;
    for (size_t i = sizeof o; i < sizeof newer; i++) {
        newer[i] = 1;
        assert_int_equal(tern_opts_read(&o, sizeof o, newer, sizeof newer), -E2BIG);
        assert_int_equal(o.a, 7);
        assert_int_equal(o.b, 7);
        newer[i] = 0;
    }
}

static void test_sizes_are_found_at_their_places(void **state)
{
    uint64_t sizes = TERN_SIZE(0, int) | TERN_SIZE(1, options) | TERN_SIZE(3, char);

    (void)state;
    assert_int_equal(tern_size_at(sizes, 0), sizeof(int));
    assert_int_equal(tern_size_at(sizes, 1), sizeof(options));
    assert_int_equal(tern_size_at(sizes, 2), 0);
    assert_int_equal(tern_size_at(sizes, 3), 1);
}

// ---- those of this layer -------------------------------------------------

static const OPTS_NEWER(tern_conn_events) newer_events = { .added = 1 };
static OPTS_NEWER(tern_conn_opts) newer_conn = { .added = 1 };
static const OPTS_NEWER(tern_fiber_opts) newer_fiber = { .added = 1 };
static const OPTS_NEWER(tern_group_opts) newer_group = { .added = 1 };
static const OPTS_NEWER(tern_listener_opts) newer_listener = { .added = 1 };
static const OPTS_NEWER(tern_poller_opts) newer_poller = { .added = 1 };

static void note_line(tern_log_level level, const char *line, void *arg)
{
    (void)level;
    *(bool *)arg |= strstr(line, "of a newer libtern") != NULL;
}

static void do_nothing(void *arg) { (void)arg; }

static void test_older_options_are_enough(void **state)
{
    // Each without its last member; the poller's has one only.
    void *conn =
        opts_put_at_edge(&(tern_conn_opts){ .high_water = 9 }, offsetof(tern_conn_opts, filter));
    void *fiber = opts_put_at_edge(&(tern_fiber_opts){ .name = "old" },
                                   offsetof(tern_fiber_opts, stack_size));
    void *listener = opts_put_at_edge(&(tern_listener_opts){ .reuse_port = true },
                                      offsetof(tern_listener_opts, ret_why));
    void *group =
        opts_put_at_edge(&(tern_group_opts){ .n_pollers = 1 }, offsetof(tern_group_opts, given));
    static const tern_conn_events events;
    tern_poller                  *p = tern_poller_new(NULL);
    tern_group                   *g;
    tern_listener                *l;
    tern_conn                    *c, *io;
    int                           fds[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(
        tern_conn_new_sized(p, fds[0], &events, NULL, conn, &c,
                            offsetof(tern_conn_opts, filter) | TERN_SIZE(1, tern_conn_events)),
        0);
    assert_int_equal(tern_conn_io_new_sized(p, fds[1], conn, &io, offsetof(tern_conn_opts, filter)),
                     0);
    assert_int_equal(tern_listener_new_sized(p, "tcp://127.0.0.1:0", listener, NULL, NULL, &l,
                                             offsetof(tern_listener_opts, ret_why)),
                     0);
    assert_int_equal(tern_group_new_sized(group, &g, offsetof(tern_group_opts, given)), 0);
    assert_int_equal(tern_fiber_spawn_sized(p, do_nothing, NULL, fiber, NULL,
                                            offsetof(tern_fiber_opts, stack_size)),
                     0);
    tern_group_free(g);
    tern_conn_abort(c);
    tern_conn_abort(io);
    tern_poller_free(p);
    opts_free(conn), opts_free(fiber), opts_free(listener), opts_free(group);
}

static void test_newer_options_are_refused(void **state)
{
    tern_poller   *p = tern_poller_new(NULL);
    tern_group    *group;
    tern_listener *listener;
    tern_fiber    *fiber;
    bool           was_told = false;

    (void)state;
    tern_log_set(note_line, &was_told, TERN_LOG_WARNING);
    assert_null(tern_poller_new_sized(&newer_poller.now, TERN_SIZE(0, newer_poller)));
    assert_true(was_told);
    was_told = false;
    assert_int_equal(tern_listener_new_sized(p, "tcp://127.0.0.1:0", &newer_listener.now, NULL,
                                             NULL, &listener, TERN_SIZE(0, newer_listener)),
                     -E2BIG);
    assert_true(was_told);
    assert_int_equal(tern_group_new_sized(&newer_group.now, &group, TERN_SIZE(0, newer_group)),
                     -E2BIG);
    assert_int_equal(
        tern_fiber_spawn_sized(p, NULL, NULL, &newer_fiber.now, &fiber, TERN_SIZE(0, newer_fiber)),
        -E2BIG);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
    tern_poller_free(p);
}

// The descriptor is taken, so the other end of its pair sees the end.
static void check_that_fd_was_taken(int theirs)
{
    char byte;

    assert_int_equal(read(theirs, &byte, 1), 0);
    close(theirs);
}

static void free_at_once(tern_conn_filter *f) { f->has_ended = true; }

// And so is the filter.
static void test_newer_options_of_connections_are_refused(void **state)
{
    static const tern_conn_filter_ops ops = { .free = free_at_once };
    static const tern_conn_events     events;
    tern_conn_filter                  f[3] = { { .ops = &ops }, { .ops = &ops }, { .ops = &ops } };
    const uint64_t                    ours = TERN_SIZE(0, tern_conn_opts);
    tern_poller                      *p = tern_poller_new(NULL);
    tern_conn                        *c;
    int                               fds[2];

    (void)state;
    newer_conn.now.filter = &f[0];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(tern_conn_new_sized(p, fds[0], &events, NULL, &newer_conn.now, &c,
                                         TERN_SIZE(0, newer_conn) | TERN_SIZE(1, tern_conn_events)),
                     -E2BIG);
    check_that_fd_was_taken(fds[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(tern_conn_new_sized(p, fds[0], &newer_events.now, NULL,
                                         &(tern_conn_opts){ .filter = &f[1] }, &c,
                                         ours | TERN_SIZE(1, newer_events)),
                     -E2BIG);
    check_that_fd_was_taken(fds[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    newer_conn.now.filter = &f[2];
    assert_int_equal(
        tern_conn_io_new_sized(p, fds[0], &newer_conn.now, &c, TERN_SIZE(0, newer_conn)), -E2BIG);
    check_that_fd_was_taken(fds[1]);
    for (size_t i = 0; i < TERN_COUNT_OF(f); i++)
        assert_true(f[i].has_ended);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_read_of_none_gives_defaults),
        TERN_TEST(test_read_of_older_ones_leaves_the_rest_at_its_default),
        TERN_TEST(test_read_of_newer_ones_that_set_nothing_new),
        TERN_TEST(test_read_of_what_is_not_known_is_refused_at_each_byte),
        TERN_TEST(test_sizes_are_found_at_their_places),
        TERN_TEST(test_older_options_are_enough),
        TERN_TEST(test_newer_options_are_refused),
        TERN_TEST(test_newer_options_of_connections_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
