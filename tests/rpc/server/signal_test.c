// What SIGINT and SIGTERM do to a program that is in tern_serve: each test has a server in a process of
// its own, and waits for how it ends.
#include "tests/rpc/server/desk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/fiber.h>

enum { GRACE_MS = 60 * 1000 };

// Shared with the served process, whose handlers wait for it.
static atomic_bool *may_answer;

static int out;  // of the served process

// ---- the served process --------------------------------------------------

static bool is_allowed(void *arg)
{
    (void)arg;
    return atomic_load(may_answer);
}

static tern_code answer_when_allowed(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    process_say(out, "asked");
    wait_for(is_allowed, NULL, "the leave to answer");
    return TERN_OK;
}

static tern_code never_answer(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    process_say(out, "asked");
    return tern_fiber_sleep_until(TERN_NEVER) == 0 ? TERN_OK : TERN_CANCELLED;
}

typedef tern_code ask_fn(tern_ctx *ctx, const desk_question *q, desk_answer *reply);

typedef struct served served;
struct served {
    ask_fn            *ask;
    bool               takes_another;  // a further signal, after tern_serve
    process            process;
    struct sockaddr_in address;
    int                listening_fd;
    tern_channel      *channel;
};

// With the exit code of tern_serve.
static int serve(void *arg, int lines)
{
    const served *s = arg;
    char          address[16];
    tern_server  *srv;
    int           code;

    out = lines;
    snprintf(address, sizeof address, "fd:%d", s->listening_fd);
    srv = tern_listen(address, &(tern_server_opts){ .grace_ms = GRACE_MS });
    desk_desk_register(srv, &(desk_desk_handlers){ .ask = s->ask }, NULL);
    code = tern_serve(srv);
    tern_server_free(srv);
    if (s->takes_another)
        (void)raise(SIGTERM);
    return code;
}

static void listen_anywhere(served *s)
{
    socklen_t len = sizeof s->address;

    s->address =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    s->listening_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listening_fd, (struct sockaddr *)&s->address, len), 0);
    assert_int_equal(listen(s->listening_fd, 8), 0);
    assert_int_equal(getsockname(s->listening_fd, (struct sockaddr *)&s->address, &len), 0);
}

static void start(served *s)
{
    char address[TERN_MAX_ADDRESS];

    atomic_store(may_answer, false);
    listen_anywhere(s);
    s->process = process_start(serve, s);
    close(s->listening_fd);
    snprintf(address, sizeof address, "tcp://127.0.0.1:%d", ntohs(s->address.sin_port));
    s->channel = tern_connect(address, NULL);
}

// How the process ended: its exit code, or minus the signal that killed it.
static int end(served *s)
{
    int code = process_wait(&s->process);

    tern_channel_free(s->channel);
    return code;
}

static bool refuses(void *arg)
{
    const struct sockaddr_in *sa = arg;
    int                       fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int err = connect(fd, (const struct sockaddr *)sa, sizeof *sa) < 0 ? errno : 0;

    close(fd);
    return err == ECONNREFUSED;
}

// It listens no more, and is at work on what came before.
static void signal_and_wait_until_it_is_taken(served *s, int signo)
{
    assert_int_equal(kill(s->process.pid, signo), 0);
    wait_for(refuses, &s->address, "a server that stops to refuse connections");
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

// It is in the handler when this returns, so the server is in tern_serve.
static caller *start_asking(served *s, caller *c)
{
    char line[16];

    c->channel = s->channel;
    assert_int_equal(pthread_create(&c->thread, NULL, ask, c), 0);
    process_hear(&s->process, line, sizeof line);
    assert_string_equal(line, "asked");
    return c;
}

static tern_code answer_of(caller *c)
{
    pthread_join(c->thread, NULL);
    return c->status.code;
}

// ---- tests ---------------------------------------------------------------

static const int signals[] = { SIGINT, SIGTERM };

static void test_a_signal_ends_an_idle_server_with_0(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(signals); i++) {
        served s = { .ask = answer_when_allowed };
        caller c;

        start(&s);
        atomic_store(may_answer, true);
        assert_int_equal(answer_of(start_asking(&s, &c)), TERN_OK);
        assert_int_equal(kill(s.process.pid, signals[i]), 0);
        assert_int_equal(end(&s), 0);
    }
}

static void test_calls_in_progress_are_answered_first(void **state)
{
    served s = { .ask = answer_when_allowed };
    caller c;

    (void)state;
    start(&s);
    start_asking(&s, &c);
    signal_and_wait_until_it_is_taken(&s, SIGTERM);
    atomic_store(may_answer, true);
    assert_int_equal(answer_of(&c), TERN_OK);
    assert_int_equal(end(&s), 0);
}

static void test_a_second_signal_ends_the_program_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(signals); i++) {
        served s = { .ask = never_answer };
        caller c;

        start(&s);
        start_asking(&s, &c);
        signal_and_wait_until_it_is_taken(&s, SIGTERM);
        assert_int_equal(waitpid(s.process.pid, NULL, WNOHANG), 0);
        assert_int_equal(kill(s.process.pid, signals[i]), 0);
        assert_int_equal(answer_of(&c), TERN_UNAVAILABLE);
        assert_int_equal(end(&s), 128 + signals[i]);
    }
}

static void test_after_tern_serve_signals_do_what_they_did_before(void **state)
{
    served s = { .ask = answer_when_allowed, .takes_another = true };
    caller c;

    (void)state;
    start(&s);
    start_asking(&s, &c);
    signal_and_wait_until_it_is_taken(&s, SIGINT);
    atomic_store(may_answer, true);
    assert_int_equal(answer_of(&c), TERN_OK);
    assert_int_equal(end(&s), -SIGTERM);
}

static int warm_up(void **state)
{
    may_answer =
        mmap(NULL, sizeof *may_answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TERN_ASSERT(may_answer != MAP_FAILED);
    return desk_warm_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_a_signal_ends_an_idle_server_with_0),
        TERN_TEST(test_calls_in_progress_are_answered_first),
        TERN_TEST(test_a_second_signal_ends_the_program_at_once),
        TERN_TEST(test_after_tern_serve_signals_do_what_they_did_before),
    };

    return cmocka_run_group_tests(tests, warm_up, NULL);
}
