// Names that are known in this process alone, and connections that were there before: what a listener and a dialer make
// of them.
#include "tests/transport/backends.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/conn_io.h>
#include <tern/dialer.h>
#include <tern/fiber.h>
#include <tern/listener.h>

#include "transport/base/sys_internal.h"

enum { MANY = 700 };  // more than wait at a door; two descriptors each

// One end of each connection.
typedef struct ends ends;
struct ends {
    int fds[MANY], n, err;
};

static void close_all(ends *e)
{
    while (e->n)
        close(e->fds[--e->n]);
}

static void keep(ends *e, int fd)
{
    if (fd < 0)
        e->err = fd;
    else
        e->fds[e->n++] = fd;
}

static void on_accept(tern_listener *l, int fd, void *arg)
{
    (void)l;
    keep(arg, fd);
}

static void on_dialed(int fd, void *arg) { keep(arg, fd); }

static tern_listener *open_listener(tern_poller *p, const char *address, ends *accepted)
{
    tern_listener *l;

    assert_int_equal(tern_listener_new(p, address, NULL, on_accept, accepted, &l), 0);
    return l;
}

static tern_dialer *dial(tern_poller *p, const char *to, ends *dialed)
{
    tern_address address;
    tern_dialer *d;
    const char  *why;

    assert_int_equal(tern_address_parse(to, &why, &address), 0);
    assert_int_equal(tern_dial(p, &address, TERN_NEVER, on_dialed, dialed, &d), 0);
    return d;
}

static void expect_joined(int a, int b)
{
    char letter = 'a', read_letter = 0;

    assert_int_equal(send(a, &letter, 1, MSG_NOSIGNAL), 1);
    assert_int_equal(recv(b, &read_letter, 1, MSG_DONTWAIT), 1);
    assert_int_equal(read_letter, letter);
}

// True once nobody holds the other end.
static bool has_ended(int fd)
{
    char letter;

    return recv(fd, &letter, 1, MSG_DONTWAIT) == 0;
}

// ---- connecting ----------------------------------------------------------

static void test_dial_by_name_gives_both_ends_of_a_connection(void **state)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 }, there = { .n = 0 };
    tern_listener *l = open_listener(p, "inproc:a name, or so", &here);

    (void)state;
    assert_string_equal(tern_listener_address(l), "inproc:a name, or so");
    dial(p, "inproc:a name, or so", &there);
    assert_int_equal(there.n, 0);  // never from inside
    NET_UNTIL(p, here.n == 1 && there.n == 1);
    assert_true(fcntl(here.fds[0], F_GETFL) & O_NONBLOCK &&
                fcntl(there.fds[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(here.fds[0], F_GETFD) & FD_CLOEXEC &&
                fcntl(there.fds[0], F_GETFD) & FD_CLOEXEC);
    expect_joined(here.fds[0], there.fds[0]);
    expect_joined(there.fds[0], here.fds[0]);
    close_all(&here);
    close_all(&there);
    tern_listener_close(l);
    tern_poller_free(p);
}

// A door has room for some; the others wait, and come when there is room again.
static void test_more_at_once_than_may_wait_all_come(void **state)
{
    tern_poller   *ours = net_poller(backend_under_test), *theirs = net_poller(backend_under_test);
    ends          *here = calloc(1, sizeof *here), *there = calloc(1, sizeof *there);
    tern_listener *l = open_listener(ours, "inproc:crowd", here);
    int            n_before;

    (void)state;
    for (int i = 0; i < MANY / 2; i++)
        dial(theirs, "inproc:crowd", there);
    net_settle(theirs);
    n_before = there->n;
    assert_true(n_before > 0 && n_before < MANY / 2);
    NET_UNTIL(ours, (net_step(theirs, 1), here->n == MANY / 2 && there->n == MANY / 2));
    assert_int_equal(here->err | there->err, 0);
    close_all(here);
    close_all(there);
    tern_listener_close(l);
    tern_poller_free(ours);
    tern_poller_free(theirs);
    free(here);
    free(there);
}

static void test_name_that_nobody_has_is_refused(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    ends         there = { .n = 0 };
    tern_address a;
    const char  *why;

    (void)state;
    dial(p, "inproc:nobody", &there);
    NET_UNTIL(p, there.err);
    assert_int_equal(there.err, -ECONNREFUSED);
    assert_int_equal(tern_address_parse("inproc:nobody", &why, &a), 0);
    assert_string_equal(tern_address_strerror(&a, there.err),
                        "nobody in this process listens there");
    tern_poller_free(p);
}

static void test_cancelled_dial_leaves_an_end_to_the_listener(void **state)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 }, there = { .n = 0 };
    tern_listener *l = open_listener(p, "inproc:cancelled", &here);

    (void)state;
    tern_dialer_cancel(dial(p, "inproc:cancelled", &there));
    NET_UNTIL(p, there.err && here.n == 1);
    assert_int_equal(there.err, -ECANCELED);
    assert_true(has_ended(here.fds[0]));
    close_all(&here);
    tern_listener_close(l);
    tern_poller_free(p);
}

// ---- names ---------------------------------------------------------------

static void test_second_listener_of_a_name_is_refused_until_the_first_closes(void **state)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 };
    tern_listener *first = open_listener(p, "inproc:one", &here), *other = NULL, *second;
    const char    *why = NULL;

    (void)state;
    assert_int_equal(tern_listener_new(p, "inproc:one", &(tern_listener_opts){ .ret_why = &why },
                                       on_accept, &here, &other),
                     -EADDRINUSE);
    assert_string_equal(why, "Address already in use");
    assert_null(other);
    second = open_listener(p, "inproc:two", &here);
    tern_listener_close(first);
    first = open_listener(p, "inproc:one", &here);
    tern_listener_close(second);
    tern_listener_close(first);
    tern_poller_free(p);
}

static void dial_from_child(tern_poller *parents)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 }, there = { .n = 0 };
    tern_dialer   *d;
    tern_listener *l;
    tern_address   a = { .kind = TERN_ADDRESS_INPROC, .host = "of the parent" };

    TERN_ASSERT(tern_dial(p, &a, TERN_NEVER, on_dialed, &there, &d) == 0);
    while (!there.err)
        TERN_ASSERT(tern_poller_step(p, 5) == 0);
    TERN_ASSERT(there.err == -ECONNREFUSED);
    TERN_ASSERT(tern_listener_new(p, "inproc:of the parent", NULL, on_accept, &here, &l) == 0);
    tern_poller_free(parents);  // what waits there is the parent's
    TERN_ASSERT(tern_dial(p, &a, TERN_NEVER, on_dialed, &there, &d) == 0);
    while (!here.n || !there.n)
        TERN_ASSERT(tern_poller_step(p, 5) == 0);
    _exit(0);
}

static void test_child_of_a_fork_has_names_of_its_own(void **state)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 }, there = { .n = 0 };
    tern_listener *l = open_listener(p, "inproc:of the parent", &here);
    tern_poller   *theirs = net_poller(backend_under_test);
    int            status;
    pid_t          pid;

    (void)state;
    dial(theirs, "inproc:of the parent", &there);
    if ((pid = fork()) == 0)
        dial_from_child(p);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    NET_UNTIL(p, (net_step(theirs, 0), here.n == 1 && there.n == 1));
    expect_joined(here.fds[0], there.fds[0]);
    close_all(&here);
    close_all(&there);
    tern_listener_close(l);
    tern_poller_free(theirs);
    tern_poller_free(p);
}

// ---- closing -------------------------------------------------------------

static void test_close_takes_who_waits(void **state)
{
    tern_poller   *ours = net_poller(backend_under_test), *theirs = net_poller(backend_under_test);
    ends           here = { .n = 0 }, there = { .n = 0 };
    tern_listener *l = open_listener(ours, "inproc:closing", &here);

    (void)state;
    dial(theirs, "inproc:closing", &there);
    NET_UNTIL(theirs, there.n == 1);
    tern_listener_close(l);
    assert_int_equal(here.n, 1);
    expect_joined(here.fds[0], there.fds[0]);
    close_all(&here);
    close_all(&there);
    tern_poller_free(ours);
    tern_poller_free(theirs);
}

static void test_poller_that_is_freed_lets_go_of_who_waits(void **state)
{
    tern_poller *ours = net_poller(backend_under_test), *theirs = net_poller(backend_under_test);
    ends         here = { .n = 0 }, there = { .n = 0 };

    (void)state;
    open_listener(ours, "inproc:freed", &here);
    dial(theirs, "inproc:freed", &there);
    tern_poller_free(ours);
    NET_UNTIL(theirs, there.n == 1);
    assert_int_equal(here.n, 0);
    assert_true(has_ended(there.fds[0]));
    dial(theirs, "inproc:freed", &there);
    NET_UNTIL(theirs, there.err);
    assert_int_equal(there.err, -ECONNREFUSED);
    close_all(&there);
    tern_poller_free(theirs);
}

// ---- fd:N ----------------------------------------------------------------

static void test_connected_descriptor_is_the_only_connection(void **state)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 };
    char           address[16];
    int            ours, theirs;
    tern_listener *l;

    (void)state;
    net_pair(NET_TCP, &ours, &theirs);
    snprintf(address, sizeof address, "fd:%d", ours);
    l = open_listener(p, address, &here);
    assert_string_equal(tern_listener_address(l), address);
    NET_UNTIL(p, here.n == 1);
    assert_int_equal(here.fds[0], ours);
    assert_true(fcntl(ours, F_GETFL) & O_NONBLOCK);
    net_settle(p);
    assert_int_equal(here.n, 1);
    close_all(&here);
    close(theirs);
    tern_listener_close(l);
    tern_poller_free(p);
}

// ---- blocking style ------------------------------------------------------

typedef struct accepting accepting;
struct accepting {
    tern_listener *l;
    int            fd;  // -1: not yet
};

static void run_accepting(void *arg)
{
    accepting *a = arg;

    TERN_ASSERT(tern_listener_accept(a->l, TERN_NEVER, &a->fd) == 0);
}

static void test_fiber_waits_at_the_door(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    ends         there = { .n = 0 };
    accepting    a = { .fd = -1 };

    (void)state;
    assert_int_equal(tern_listener_new(p, "inproc:waiting", NULL, NULL, NULL, &a.l), 0);
    assert_int_equal(tern_fiber_spawn(p, run_accepting, &a, NULL, NULL), 0);
    net_settle(p);
    assert_int_equal(a.fd, -1);
    dial(p, "inproc:waiting", &there);
    NET_UNTIL(p, a.fd >= 0 && there.n);
    expect_joined(a.fd, there.fds[0]);
    close(a.fd);
    close_all(&there);
    tern_listener_close(a.l);
    tern_poller_free(p);
}

// ---- failure -------------------------------------------------------------

static int no_pair(int domain, int type, int protocol, int fds[2])
{
    (void)domain;
    (void)type;
    (void)protocol;
    (void)fds;
    errno = EMFILE;
    return -1;
}

static void test_no_descriptors_are_said_at_either_end(void **state)
{
    tern_poller   *p = net_poller(backend_under_test);
    ends           here = { .n = 0 }, there = { .n = 0 };
    tern_listener *l = open_listener(p, "inproc:poor", &here), *other = NULL;

    (void)state;
    terni_sys_table.socketpair = no_pair;
    assert_int_equal(tern_listener_new(p, "inproc:poorer", NULL, on_accept, &here, &other),
                     -EMFILE);
    dial(p, "inproc:poor", &there);
    NET_UNTIL(p, there.err);
    assert_int_equal(there.err, -EMFILE);
    assert_int_equal(here.n, 0);
    tern_listener_close(l);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_dial_by_name_gives_both_ends_of_a_connection),
        NET_TEST(test_more_at_once_than_may_wait_all_come),
        NET_TEST(test_name_that_nobody_has_is_refused),
        NET_TEST(test_cancelled_dial_leaves_an_end_to_the_listener),
        NET_TEST(test_second_listener_of_a_name_is_refused_until_the_first_closes),
        NET_TEST(test_child_of_a_fork_has_names_of_its_own),
        NET_TEST(test_close_takes_who_waits),
        NET_TEST(test_poller_that_is_freed_lets_go_of_who_waits),
        NET_TEST(test_connected_descriptor_is_the_only_connection),
        NET_TEST(test_fiber_waits_at_the_door),
        NET_TEST(test_no_descriptors_are_said_at_either_end),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
