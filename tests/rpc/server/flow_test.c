// Callbacks that wait for room in the connection, and a server on threads of its own.
#include "tests/rpc/server/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/group.h>
#include <tern/log.h>

enum { LONG = 600 * 1000, N_LONG = 12 };  // more than a connection keeps unsent

static char *make_long(void)
{
    char *text = malloc(LONG + 1);

    memset(text, 'x', LONG);
    text[LONG] = '\0';
    return text;
}

// ---- an async handler that pushes ----------------------------------------

static char *long_text;

static void push_long(desk_desk_watch_out *out)
{
    uint32_t *n = out->state;

    if (++*n > N_LONG)
        desk_desk_watch_finish(out, TERN_OK);
    else
        desk_desk_watch_push(out, DESK_ANSWER(.text = long_text, .count = *n));
}

static void test_handler_is_told_when_the_connection_has_room_again(void **state)
{
    const desk_desk_handlers handlers = { .watch_async = { .ready = push_long,
                                                           .state_size = sizeof(uint32_t) } };
    uint32_t                 n = 0;
    desk                     h;

    (void)state;
    long_text = make_long();
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    {
        TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(h.channel, DESK_QUESTION(), NULL);

        for (const desk_answer *a; (a = desk_desk_watch_next(w));)
            assert_int_equal(a->count, ++n);
        assert_int_equal(desk_desk_watch_status(w).code, TERN_OK);
    }
    assert_int_equal(n, N_LONG);
    desk_stop(&h);
    free(long_text);
}

// ---- a client with callbacks that sends ----------------------------------

static tern_code count_long(tern_ctx *ctx, desk_desk_collect_in *in, desk_answer *reply)
{
    const desk_question *q;

    while ((q = desk_desk_collect_next(in)))
        reply->count += strlen(q->text) == LONG;
    return tern_ctx_check(ctx);
}

typedef struct sender sender;
struct sender {
    uint32_t n_sent, n_counted;
};

static void send_long(desk_desk_collect_stream *stream, void *arg)
{
    sender *s = arg;

    if (++s->n_sent > N_LONG)
        desk_desk_collect_close_send(stream);
    else
        TERN_ASSERT(desk_desk_collect_send(stream, DESK_QUESTION(.text = long_text)) == TERN_OK);
}

static void take_count(tern_status st, const desk_answer *reply, void *arg)
{
    TERN_ASSERT(st.code == TERN_OK);
    ((sender *)arg)->n_counted = reply->count;
}

static void test_sender_is_told_when_the_connection_has_room_again(void **state)
{
    const desk_desk_handlers handlers = { .collect = count_long };
    tern_poller             *poller = tern_poller_new(NULL);
    sender                   s = { 0 };
    desk                     h;

    (void)state;
    long_text = make_long();
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    {
        TERN_AUTO(tern_channel) *ch =
            host_connect(h.host.address, &(tern_channel_opts){ .poller = poller });

        desk_desk_collect_async(
            ch, NULL, &(desk_desk_collect_events){ .writable = send_long, .end = take_count }, &s);
        assert_int_equal(tern_poller_run_until_idle(poller), 0);
    }
    tern_poller_free(poller);
    assert_int_equal(s.n_counted, N_LONG);
    desk_stop(&h);
    free(long_text);
}

// ---- threads of its own --------------------------------------------------

static tern_code ask(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    (void)ctx;
    reply->count = req->count + 1;
    return TERN_OK;
}

static void check_own_threads(bool is_stopped_first)
{
    tern_server *srv = tern_listen("tcp://127.0.0.1:0", &(tern_server_opts){ .n_pollers = 3 });

    desk_desk_register(srv, &(desk_desk_handlers){ .ask = ask }, NULL);
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    {
        TERN_AUTO(tern_channel) *ch = tern_connect(tern_server_address(srv), NULL);
        TERN_AUTO(desk_answer) *reply = NULL;

        assert_int_equal(desk_desk_ask(ch, DESK_QUESTION(.count = 1), NULL, &reply).code, TERN_OK);
        assert_int_equal(reply->count, 2);
        if (!is_stopped_first)
            tern_server_free(srv);  // with a client that is there
    }
    if (!is_stopped_first)
        return;
    tern_server_stop(srv);
    assert_int_equal(tern_server_wait(srv).code, TERN_OK);
    tern_server_free(srv);
}

static void test_server_has_threads_of_its_own(void **state)
{
    (void)state;
    check_own_threads(true);
}

static void test_running_server_may_be_freed(void **state)
{
    (void)state;
    check_own_threads(false);
}

// It attached its listeners to them from this thread.
static void test_bug_server_started_on_pollers_that_run_raced_with_them(void **state)
{
    tern_server *srv = tern_listen("tcp://127.0.0.1:0,tcp://127.0.0.1:0", NULL);
    tern_poller *pollers[2];
    tern_group  *group;

    (void)state;
    desk_desk_register(srv, &(desk_desk_handlers){ .ask = ask }, NULL);
    assert_int_equal(tern_group_new(&(tern_group_opts){ .n_pollers = 2 }, &group), 0);
    for (unsigned i = 0; i < 2; i++)
        pollers[i] = tern_group_get(group, i);
    assert_int_equal(tern_server_start(srv, pollers, 2).code, TERN_OK);
    for (int i = 0; i < 4; i++) {
        TERN_AUTO(tern_channel) *ch = tern_connect(tern_server_address(srv), NULL);
        TERN_AUTO(desk_answer) *reply = NULL;

        assert_int_equal(desk_desk_ask(ch, DESK_QUESTION(.count = 1), NULL, &reply).code, TERN_OK);
    }
    tern_server_stop(srv);
    assert_int_equal(tern_server_wait(srv).code, TERN_OK);
    tern_group_free(group);
    tern_server_free(srv);
}

// ---- what cannot be listened on ------------------------------------------

static void count_line(tern_log_level level, const char *line, void *n_lines)
{
    (void)level, (void)line;
    ++*(int *)n_lines;
}

// tern_serve prints the status: a line in the log would be the same one again.
static void test_failing_listen_is_told_once(void **state)
{
    static const struct {
        const char *address, *why;
    } rows[] = {
        { "tcp://127.0.0.1", "the port is missing: write tcp://HOST:PORT" },
        { "unix:/no/such/folder/x", "No such file or directory" },
        { "fd:1000", "Bad file descriptor" },
    };
    int n_lines = 0;

    (void)state;
    tern_log_set(count_line, &n_lines, TERN_LOG_WARNING);
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        TERN_AUTO(tern_server) *srv = tern_listen(rows[i].address, NULL);
        tern_status st = tern_server_start(srv, NULL, 0);
        char        expected[sizeof st.msg];

        snprintf(expected, sizeof expected, "cannot listen on \"%s\": %s", rows[i].address,
                 rows[i].why);
        assert_string_equal(st.msg, expected);
    }
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
    assert_int_equal(n_lines, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_handler_is_told_when_the_connection_has_room_again),
        TERN_TEST(test_sender_is_told_when_the_connection_has_room_again),
        TERN_TEST(test_server_has_threads_of_its_own),
        TERN_TEST(test_running_server_may_be_freed),
        TERN_TEST(test_bug_server_started_on_pollers_that_run_raced_with_them),
        TERN_TEST(test_failing_listen_is_told_once),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
