// How much may lie between who sends on a stream and who does not read it: what the call, or the method, says.
#include "tests/rpc/server/desk.h"

#include <string.h>

#include <tern/fiber.h>

enum {
    LEN = 100,       // of a text; a message has a few bytes more
    N = 8 * 1000,    // messages: 800 KB, more than any window here
    N_ROUNDS = 200,  // of calls that let the other side do what it can
    MAX_BESIDE =
        32,  // messages that a window does not count: what waits at the sender, or was granted its rest
};

static char text[LEN + 1];

static atomic_uint n_sent;

static void ask_round(desk *h)
{
    for (int i = 0; i < N_ROUNDS; i++) {
        TERN_AUTO(desk_answer) *reply = NULL;

        assert_int_equal(desk_desk_ask(h->channel, DESK_QUESTION(), NULL, &reply).code, TERN_OK);
    }
}

static tern_code ask(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    return TERN_OK;
}

// At most so many of a side that reads nothing.
static unsigned most_in(size_t window) { return (unsigned)(window / LEN) + MAX_BESIDE; }

// More than these are not in it, with what each has beside its text; less one that may not go in part.
static unsigned least_in(size_t window) { return (unsigned)(window / (LEN + 20)) - 1; }

// ---- from the server -----------------------------------------------------

static tern_code send_all(tern_ctx *ctx, const desk_question *q, desk_desk_watch_out *out)
{
    tern_code code = TERN_OK;

    (void)ctx;
    (void)q;
    for (int i = 0; i < N && code == TERN_OK; i++) {
        atomic_fetch_add(&n_sent, 1);
        code = desk_desk_watch_send(out, DESK_ANSWER(.text = text));
    }
    return code;
}

// The client reads nothing until the server has sent what it may, and then all.
static void read_late(desk *h, uint64_t window_bytes, size_t window)
{
    TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(
        h->channel, DESK_QUESTION(), &(tern_call_opts){ .window_bytes = window_bytes });
    unsigned n = 0;

    while (atomic_load(&n_sent) < least_in(window))
        ask_round(h);  // whose waits drive the connection
    ask_round(h);
    assert_in_range(atomic_load(&n_sent), least_in(window), most_in(window));
    while (desk_desk_watch_next(w))
        n++;
    assert_int_equal(n, N);
    assert_int_equal(desk_desk_watch_status(w).code, TERN_OK);
}

static void check_reply_window(desk *h, uint64_t window_bytes, size_t window)
{
    atomic_store(&n_sent, 0);
    read_late(h, window_bytes, window);
}

static void test_call_says_how_much_the_server_may_send_ahead(void **state)
{
    const desk_desk_handlers handlers = { .ask = ask, .watch = send_all };
    desk                     h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    check_reply_window(&h, 0, 256 * 1024);
    check_reply_window(&h, 1, 4096);
    check_reply_window(&h, 5000, 8192);
    check_reply_window(&h, 512 * 1024, 512 * 1024);
    check_reply_window(&h, 0, 256 * 1024);  // as before, though others had less
    desk_stop(&h);
}

static void test_window_is_not_wider_than_its_connection(void **state)
{
    const desk_desk_handlers handlers = { .ask = ask, .watch = send_all };
    desk                     h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    {
        TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(
            h.channel, DESK_QUESTION(), &(tern_call_opts){ .window_bytes = UINT64_MAX });

        assert_int_equal(desk_desk_watch_status(w).code, TERN_OK);
    }
    desk_stop(&h);
}

// ---- from the client -----------------------------------------------------

static atomic_bool may_read;

static bool is_allowed(void *arg)
{
    (void)arg;
    return atomic_load(&may_read);
}

static tern_code read_when_allowed(tern_ctx *ctx, desk_desk_collect_in *in, desk_answer *reply)
{
    wait_for(is_allowed, NULL, "the leave to read");
    while (desk_desk_collect_next(in))
        reply->count++;
    return tern_ctx_check(ctx);
}

typedef struct sender sender;
struct sender {
    desk    *h;
    uint32_t n_counted;
};

static void *send_questions(void *arg)
{
    sender *s = arg;
    TERN_AUTO(desk_desk_collect_stream) *c = desk_desk_collect(s->h->channel, NULL);
    TERN_AUTO(desk_answer) *reply = NULL;

    for (int i = 0; i < N; i++) {
        atomic_fetch_add(&n_sent, 1);
        TERN_ASSERT(desk_desk_collect_send(c, DESK_QUESTION(.text = text)) == TERN_OK);
    }
    TERN_ASSERT(desk_desk_collect_finish(c, &reply).code == TERN_OK);
    s->n_counted = reply->count;
    return NULL;
}

static void check_request_window(const tern_service_opts *opts, size_t window)
{
    const desk_desk_handlers handlers = { .ask = ask, .collect = read_when_allowed };
    desk                     h;
    sender                   s = { .h = &h };
    pthread_t                thread;

    atomic_store(&n_sent, 0);
    atomic_store(&may_read, false);
    desk_start(&h, HOST_TCP, NULL, &handlers, opts);
    assert_int_equal(pthread_create(&thread, NULL, send_questions, &s), 0);
    while (atomic_load(&n_sent) < least_in(window))
        ask_round(&h);
    ask_round(&h);
    assert_in_range(atomic_load(&n_sent), least_in(window), most_in(window));
    atomic_store(&may_read, true);
    pthread_join(thread, NULL);
    assert_int_equal(s.n_counted, N);
    desk_stop(&h);
}

static void test_method_says_how_much_the_client_may_send_ahead(void **state)
{
    const tern_method_limit narrow[] = { { .method = "Collect", .window_bytes = 1 } };
    const tern_method_limit wide[] = { { .method = "Collect", .window_bytes = 500 * 1000 } };
    const tern_method_limit other[] = { { .method = "Talk", .window_bytes = 1 } };

    (void)state;
    check_request_window(NULL, 256 * 1024);
    check_request_window(&(tern_service_opts){ .limits = narrow, .n_limits = 1 }, 64 * 1024);
    check_request_window(&(tern_service_opts){ .limits = wide, .n_limits = 1 }, 512 * 1024);
    check_request_window(&(tern_service_opts){ .limits = other, .n_limits = 1 }, 256 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_call_says_how_much_the_server_may_send_ahead),
        TERN_TEST(test_window_is_not_wider_than_its_connection),
        TERN_TEST(test_method_says_how_much_the_client_may_send_ahead),
    };

    memset(text, 'x', LEN);
    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
