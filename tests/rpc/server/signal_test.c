// What SIGINT and SIGTERM do to a program that is in tern_serve: each test has a server in a process of
// its own, and waits for how it ends.
#include "tests/rpc/server/desk.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/address.h>
#include <tern/fiber.h>

enum { GRACE_MS = 60 * 1000, MOMENT_MS = 100 };

static int words[2];  // the served process says here what it does, in lines

static void say(const char *line) { TERN_ASSERT(write(words[1], line, strlen(line)) > 0); }

static void hear(char *line, size_t size)
{
    size_t n = 0;

    do
        assert_int_equal(read(words[0], line + n, 1), 1);
    while (line[n] != '\n' && ++n < size - 1);
    line[n] = '\0';
}

typedef tern_code ask_fn(tern_ctx *ctx, const desk_question *q, desk_answer *reply);

// ---- the served process --------------------------------------------------

static tern_code answer_in_a_moment(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    say("asked\n");
    return tern_fiber_sleep(MOMENT_MS * TERN_NS_PER_MS) == 0 ? TERN_OK : TERN_CANCELLED;
}

static tern_code never_answer(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    say("asked\n");
    return tern_fiber_sleep_until(TERN_NEVER) == 0 ? TERN_OK : TERN_CANCELLED;
}

// With the exit code of tern_serve; by a further signal where `takes_another` is set.
TERN_NORETURN static void serve(int fd, ask_fn *ask, bool takes_another)
{
    char         address[16];
    tern_server *srv;
    int          code;

    snprintf(address, sizeof address, "fd:%d", fd);
    srv = tern_listen(address, &(tern_server_opts){ .grace_ms = GRACE_MS });
    desk_desk_register(srv, &(desk_desk_handlers){ .ask = ask }, NULL);
    code = tern_serve(srv);
    tern_server_free(srv);
    if (takes_another)
        (void)raise(SIGTERM);
    _exit(code);
}

// A listening socket on a free port; its address.
static int listen_anywhere(char *address, size_t size)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          len = sizeof sa;
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
    snprintf(address, size, "tcp://127.0.0.1:%d", ntohs(sa.sin_port));
    return fd;
}

// Its process, and a channel to it.
static pid_t start(ask_fn *ask, bool takes_another, tern_channel **ret_channel)
{
    char  address[TERN_MAX_ADDRESS];
    int   fd = listen_anywhere(address, sizeof address);
    pid_t pid;

    assert_int_equal(pipe(words), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        serve(fd, ask, takes_another);
    close(fd);
    *ret_channel = tern_connect(address, NULL);
    return pid;
}

// How the process ended: its exit code, or minus the signal that killed it.
static int end(pid_t pid, tern_channel *channel)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    tern_channel_free(channel);
    close(words[0]);
    close(words[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// ---- a caller ------------------------------------------------------------

typedef struct caller caller;
struct caller {
    tern_channel *channel;
    pthread_t     thread;
    tern_status   status;
};

static void *ask(void *arg)
{
    TERN_AUTO(desk_answer) *answer = NULL;
    caller *c = arg;

    c->status = desk_desk_ask(c->channel, DESK_QUESTION(), NULL, &answer);
    return NULL;
}

static void start_asking(caller *c)
{
    char line[16];

    assert_int_equal(pthread_create(&c->thread, NULL, ask, c), 0);
    hear(line, sizeof line);
    assert_string_equal(line, "asked");
}

static tern_code answer_of(caller *c)
{
    pthread_join(c->thread, NULL);
    return c->status.code;
}

// ---- tests ---------------------------------------------------------------

static void test_a_signal_ends_an_idle_server_with_0(void **state)
{
    static const int signals[] = { SIGINT, SIGTERM };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(signals); i++) {
        tern_channel *channel;
        pid_t         pid = start(answer_in_a_moment, false, &channel);
        caller        c = { .channel = channel };

        start_asking(&c);  // so it is in tern_serve
        assert_int_equal(answer_of(&c), TERN_OK);
        assert_int_equal(kill(pid, signals[i]), 0);
        assert_int_equal(end(pid, channel), 0);
    }
}

static void test_calls_in_progress_are_answered_first(void **state)
{
    caller c = { 0 };
    pid_t  pid = start(answer_in_a_moment, false, &c.channel);

    (void)state;
    start_asking(&c);
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(answer_of(&c), TERN_OK);
    assert_int_equal(end(pid, c.channel), 0);
}

static void test_a_second_signal_ends_the_program_at_once(void **state)
{
    static const int signals[] = { SIGINT, SIGTERM };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(signals); i++) {
        caller c = { 0 };
        pid_t  pid = start(never_answer, false, &c.channel);

        start_asking(&c);
        assert_int_equal(kill(pid, SIGTERM), 0);
        assert_int_equal(tern_fiber_sleep(2 * MOMENT_MS * TERN_NS_PER_MS),
                         0);  // it is taken by now
        assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
        assert_int_equal(kill(pid, signals[i]), 0);
        assert_int_equal(answer_of(&c), TERN_UNAVAILABLE);
        assert_int_equal(end(pid, c.channel), 128 + signals[i]);
    }
}

static void test_after_tern_serve_signals_do_what_they_did_before(void **state)
{
    caller c = { 0 };
    pid_t  pid = start(answer_in_a_moment, /* takes_another= */ true, &c.channel);

    (void)state;
    start_asking(&c);
    assert_int_equal(kill(pid, SIGINT), 0);
    assert_int_equal(answer_of(&c), TERN_OK);
    assert_int_equal(end(pid, c.channel), -SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_a_signal_ends_an_idle_server_with_0),
        TERN_TEST(test_calls_in_progress_are_answered_first),
        TERN_TEST(test_a_second_signal_ends_the_program_at_once),
        TERN_TEST(test_after_tern_serve_signals_do_what_they_did_before),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
