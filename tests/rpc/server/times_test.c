// What clients have their time for, and what their connections hold, over real wires: the clock runs, and leaps when the
// server has seen what the test is about.
#include "tests/rpc/server/desk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/fiber.h>
#include <tern/log.h>

// ---- a server ------------------------------------------------------------

enum { LONG_REPLY = 24 * 1024 * 1024 };

static atomic_uint n_held;
static atomic_bool may_go;

static tern_code ask(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    atomic_fetch_add(&n_held, 1);
    if (req->count) {
        char *text = tern_ctx_alloc(ctx, LONG_REPLY + 1, 1);

        TERN_ASSERT(text);
        memset(text, 'x', LONG_REPLY);
        reply->text = text;
    }
    while (req->text[0] && !atomic_load(&may_go) && tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(TERN_NS_PER_MS);
    return tern_ctx_check(ctx);
}

static const desk_desk_handlers handlers = { .ask = ask };

static atomic_uint n_said;
static const char *word;

static void listen_for_word(tern_log_level level, const char *line, void *arg)
{
    (void)level;
    (void)arg;
    if (strstr(line, word) && strstr(line, "the connection of tcp://127.0.0.1:"))
        atomic_fetch_add(&n_said, 1);
}

typedef struct leaping leaping;
struct leaping {
    unsigned n;
    uint64_t step_s;
};

static bool has_said(void *arg)
{
    const leaping *l = arg;

    if (atomic_load(&n_said) < l->n)
        fake_clock_advance(l->step_s * TERN_NS_PER_S);
    return atomic_load(&n_said) >= l->n;
}

// However late the server sees what the test has sent, it has its time from then on.
static void leap_until_said(unsigned n, uint64_t step_s)
{
    wait_for(has_said, &(leaping){ n, step_s }, "the server's words");
}

static void start(desk *d, const tern_server_opts *opts, const char *expected)
{
    fake_clock_start_running();
    atomic_store(&n_held, 0);
    atomic_store(&n_said, 0);
    atomic_store(&may_go, false);
    word = expected;
    tern_log_set(listen_for_word, NULL, TERN_LOG_DEBUG);
    desk_start(d, HOST_TCP, opts, &handlers, NULL);
}

static void stop(desk *d)
{
    desk_stop(d);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
}

// ---- a peer made by hand -------------------------------------------------

static int dial_by_hand(const desk *d)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int                few = 4096;

    sa.sin_port = htons((uint16_t)atoi(strrchr(d->host.address, ':') + 1));
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    return fd;
}

#define SAY(fd, bytes) say(fd, "" bytes, sizeof bytes - 1)

static void say(int fd, const char *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

// Preface and settings, with windows of 64 MiB where the wire has none of itself.
static void greet(int fd)
{
    if (host_speaks_grpc())
        SAY(fd, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                "\0\0\6\4\0\0\0\0\0"
                "\0\4\4\0\0\0"
                "\0\0\4\10\0\0\0\0\0"
                "\4\0\0\0");
    else
        SAY(fd, "TERN\r\n\1\0"
                "\0\0\0\5\0\0\0\0\0\5\0\0"
                "\50\200\200\200\40");
}

// Until the end of what the server says: `text` is among it?
static bool hears(int fd, const char *text)
{
    char    buf[4096];
    size_t  len = 0;
    ssize_t n;
    bool    has_heard = false;

    while ((n = recv(fd, buf + len, sizeof buf - len, 0)) > 0) {
        len += (size_t)n;
        has_heard |= text && memmem(buf, len, text, strlen(text));
        if (len > sizeof buf / 2)
            len = 0;
    }
    close(fd);
    return has_heard;
}

// The server has seen it all when it has said something back.
static void await_settings(int fd)
{
    char byte;

    assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), 1);
}

static void check_thrown_out(const char *bytes, size_t n, uint64_t after_s, const char *why)
{
    desk d;
    int  fd;

    start(&d, NULL, why);
    fd = dial_by_hand(&d);
    greet(fd);
    say(fd, bytes, n);
    await_settings(fd);
    leap_until_said(1, after_s);  // the bytes may have come after the greeting
    assert_true(hears(fd, why));
    stop(&d);
}

// ---- what is begun -------------------------------------------------------

static void test_half_a_frame_has_its_time(void **state)
{
    (void)state;
    check_thrown_out("\0\0\0", 3, 21, "header_timeout_ms");
}

static void test_headers_without_their_end_have_their_time(void **state)
{
    static const char block[] = "\0\0\1\1\0\0\0\0\1\203";

    (void)state;
    if (host_speaks_grpc())
        check_thrown_out(block, sizeof block - 1, 21, "header_timeout_ms");
}

static void test_message_that_was_announced_has_its_time(void **state)
{
    static const char grpc[] = "\0\0\76\1\4\0\0\0\1"
                               "\203\206\4\16/desk.Desk/Ask"
                               "\0\14content-type\20application/grpc"
                               "\0\2te\10trailers"
                               "\0\0\10\0\0\0\0\0\1\0\0\1\0\0abc";
    static const char native[] = "\0\0\0\27\0\0\0\1\0\24\1\4\12\16/desk.Desk/Ask\60\200\200\4abc";

    (void)state;
    if (host_speaks_grpc())
        check_thrown_out(grpc, sizeof grpc - 1, 61, "message_timeout_ms");
    else
        check_thrown_out(native, sizeof native - 1, 61, "message_timeout_ms");
}

// ---- what is not read ----------------------------------------------------

// A call of Ask with a count: for a long reply.
static void ask_by_hand(int fd)
{
    static const char grpc[] = "\0\0\76\1\4\0\0\0\1"
                               "\203\206\4\16/desk.Desk/Ask"
                               "\0\14content-type\20application/grpc"
                               "\0\2te\10trailers"
                               "\0\0\7\0\1\0\0\0\1\0\0\0\0\2\20\1";
    static const char native[] = "\0\0\0\22\0\0\0\1\0\20\1\3\12\16/desk.Desk/Ask\20\1";

    if (host_speaks_grpc())
        say(fd, grpc, sizeof grpc - 1);
    else
        say(fd, native, sizeof native - 1);
}

static void test_reply_that_is_not_read_has_its_time(void **state)
{
    desk d;
    int  fd;

    (void)state;
    start(&d, &(tern_server_opts){ .keepalive_ms = -1 }, "write_timeout_ms");
    fd = dial_by_hand(&d);
    greet(fd);
    if (host_speaks_grpc())
        SAY(fd, "\0\0\4\10\0\0\0\0\0\4\0\0\0");
    else
        SAY(fd, "\0\0\0\5\0\0\0\0\0\5\6\0\10\200\200\200\40");
    ask_by_hand(fd);
    wait_for_count(&n_held, 1, "the call");
    leap_until_said(1, 61);
    (void)hears(fd, NULL);
    stop(&d);
}

static tern_status call(desk *d)
{
    TERN_AUTO(desk_answer) *reply = NULL;

    return desk_desk_ask(d->channel, DESK_QUESTION(), NULL, &reply);
}

static bool is_served(void *d) { return call(d).code == TERN_OK; }

// The handler has returned, and its reply waits for a window that never opens: the call stayed, and counted, for as long as
// the connection.
static void test_bug_reply_that_is_not_read_outlived_its_deadline(void **state)
{
    const tern_server_opts opts = {
        .max_calls = 1, .max_timeout_ms = PATIENCE_MS, .keepalive_ms = -1, .write_timeout_ms = -1
    };
    desk d;
    int  fd;

    (void)state;
    start(&d, &opts, "nothing");
    fd = dial_by_hand(&d);
    greet(fd);
    ask_by_hand(fd);
    wait_for_count(&n_held, 1, "the call");
    assert_int_equal(call(&d).code, TERN_RESOURCE_EXHAUSTED);
    fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
    wait_for(is_served, &d, "a place for another call");
    close(fd);
    stop(&d);
}

// ---- how long it stays ---------------------------------------------------

static void check_leaves(const tern_server_opts *opts, const char *why)
{
    desk d;
    int  fd;

    start(&d, opts, why);
    assert_int_equal(call(&d).code, TERN_OK);
    fd = dial_by_hand(&d);
    greet(fd);
    await_settings(fd);
    leap_until_said(2, 1300);           // of the channel's connection, and ours
    fake_clock_advance(TERN_NS_PER_S);  // we do not answer its PING
    assert_true(hears(fd, why));
    assert_int_equal(call(&d).code, TERN_OK);  // over another connection
    stop(&d);
}

static void test_idle_connection_is_sent_away(void **state)
{
    (void)state;
    check_leaves(&(tern_server_opts){ .idle_timeout_ms = 1000 * 1000 }, "idle_timeout_ms");
}

static void test_old_connection_is_sent_away(void **state)
{
    (void)state;
    check_leaves(&(tern_server_opts){ .max_age_ms = 1000 * 1000 }, "max_age_ms");
}

static void *hold_a_call(void *arg)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk *d = arg;

    return (void *)(uintptr_t)desk_desk_ask(d->channel, DESK_QUESTION(.text = "hold"),
                                            &(tern_call_opts){ .timeout_ms = TERN_NO_TIMEOUT },
                                            &reply)
        .code;
}

static void test_calls_of_an_old_connection_have_their_grace(void **state)
{
    const tern_server_opts opts = { .max_age_ms = 1000 * 1000, .max_age_grace_ms = 5000 * 1000 };
    pthread_t              thread;
    void                  *code;
    desk                   d;

    (void)state;
    start(&d, &opts, "max_age_ms");
    pthread_create(&thread, NULL, hold_a_call, &d);
    wait_for_count(&n_held, 1, "the call");
    fake_clock_advance(1300 * TERN_NS_PER_S);
    wait_for_count(&n_said, 1, "the age");
    fake_clock_advance(TERN_NS_PER_S);
    assert_int_equal(call(&d).code, TERN_OK);
    fake_clock_advance(5001 * TERN_NS_PER_S);
    pthread_join(thread, &code);
    assert_int_equal((uintptr_t)code, TERN_UNAVAILABLE);
    stop(&d);
}

// ---- what it holds -------------------------------------------------------

static void test_metadata_of_a_connection_have_a_total(void **state)
{
    static char            text[3001];
    const tern_metadata    long_one = { "long", text, sizeof text - 1 };
    const tern_call_opts   opts = { .metadata = &long_one, .n_metadata = 1 };
    const tern_server_opts limits = { .max_metadata_bytes = 4096 };
    TERN_AUTO(desk_answer) *first = NULL;
    TERN_AUTO(desk_answer) *second = NULL;
    TERN_AUTO(desk_answer) *third = NULL;
    tern_call  *begun;
    tern_status st;
    desk        d;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    start(&d, &limits, "none");
    begun = desk_desk_ask_begin(d.channel, DESK_QUESTION(.text = "hold"), &opts, &first);
    st = desk_desk_ask(d.channel, DESK_QUESTION(), &opts, &second);
    assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
    assert_non_null(strstr(st.msg, "max_metadata_bytes (4096)"));
    assert_int_equal(call(&d).code, TERN_OK);  // one without
    atomic_store(&may_go, true);
    assert_int_equal(tern_wait_all(&begun, 1).code, TERN_OK);
    tern_call_free(begun);
    assert_int_equal(desk_desk_ask(d.channel, DESK_QUESTION(), &opts, &third).code, TERN_OK);
    stop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_half_a_frame_has_its_time),
        TERN_TEST(test_headers_without_their_end_have_their_time),
        TERN_TEST(test_message_that_was_announced_has_its_time),
        TERN_TEST(test_reply_that_is_not_read_has_its_time),
        TERN_TEST(test_bug_reply_that_is_not_read_outlived_its_deadline),
        TERN_TEST(test_idle_connection_is_sent_away),
        TERN_TEST(test_old_connection_is_sent_away),
        TERN_TEST(test_calls_of_an_old_connection_have_their_grace),
        TERN_TEST(test_metadata_of_a_connection_have_a_total),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
