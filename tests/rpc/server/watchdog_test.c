// A handler that blocks its poller is named in the log, and where it is. It blocks until the line has come, so nothing
// depends on how long that takes.
#include "tests/rpc/server/desk.h"

#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tern/fiber.h>
#include <tern/log.h>

#include "tests/rpc/server/shelf.tern.h"
#include "tests/rpc/support/warm_up.h"

static int         leave[2];  // a pipe: a byte for each handler that may go on
static char        first[1024], last[1024];
static atomic_uint n_is, n_was;

static void keep(tern_log_level level, const char *line, void *what)
{
    (void)level;
    if (strstr(line, " is blocked for ") && strstr(line, what) && !atomic_load(&n_is)) {
        snprintf(first, sizeof first, "%s", line);
        atomic_fetch_add(&n_is, 1);
        TERN_ASSERT(write(leave[1], "x", 1) == 1);
    } else if (strstr(line, " was blocked for ") && strstr(line, what)) {
        snprintf(last, sizeof last, "%s", line);
        atomic_fetch_add(&n_was, 1);
    }
}

// ---- handlers ------------------------------------------------------------

// Goes on when the watchdog has spoken.
static int wait_for_leave(const void *a, const void *b)
{
    char byte;

    (void)a, (void)b;
    TERN_ASSERT(read(leave[0], &byte, 1) == 1);
    return 0;
}

// From inside of a function whose name everybody can see.
static void block(void)
{
    size_t n = 1;
    char   item = 'x';

    TERN_ASSERT(lfind(&item, &item, &n, 1, wait_for_leave) == &item);
}

static tern_code block_on_fiber(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx, (void)q, (void)reply;
    TERN_ASSERT(tern_fiber_current());
    block();
    return TERN_OK;
}

static void block_in_callback(desk_desk_ask_call *call, const desk_question *q)
{
    (void)q;
    TERN_ASSERT(!tern_fiber_current());
    block();
    desk_desk_ask_reply(call, DESK_ANSWER());
}

static void block_at_message(desk_desk_collect_in *in, const desk_question *q)
{
    (void)in, (void)q;
    block();
}

static void answer_all(desk_desk_collect_in *in) { desk_desk_collect_reply(in, DESK_ANSWER()); }

// Without a fiber.
static tern_code block_inline(tern_ctx *ctx, const library_shelf_shelf *q, label_label *reply)
{
    (void)ctx, (void)q, (void)reply;
    TERN_ASSERT(!tern_fiber_current());
    block();
    return TERN_OK;
}

// ---- a server that is watched --------------------------------------------

enum { LIMIT_MS = 20 };

typedef struct scene scene;
struct scene {
    host                      host;
    tern_channel             *channel;
    const desk_desk_handlers *handlers;
};

static void add_services(tern_server *srv, void *arg)
{
    const scene *s = arg;

    desk_desk_register(srv, s->handlers, NULL);
    library_shelf_shelving_register(
        srv, &(library_shelf_shelving_handlers){ .fetch = block_inline }, NULL);
}

// Of `who` only is listened to: on a machine with much to do any poller may be late. A second more, since each place in the
// source has so many lines in one.
static void begin(scene *s, host_place place, const desk_desk_handlers *handlers, const char *who)
{
    static unsigned n_scenes;

    fake_clock_start_running();
    fake_clock_advance(++n_scenes * TERN_NS_PER_S);
    TERN_ASSERT(pipe(leave) == 0);
    atomic_store(&n_is, 0);
    atomic_store(&n_was, 0);
    tern_log_set(keep, (void *)(uintptr_t)who, TERN_LOG_WARNING);
    *s = (scene){ .host = { .place = place,
                            .opts = { .watchdog_ms = LIMIT_MS, .n_pollers = 2 },
                            .add_services = add_services,
                            .arg = s },
                  .handlers = handlers };
    host_start(&s->host);
    s->channel = host_connect(s->host.address, NULL);
}

static void end(scene *s)
{
    tern_channel_free(s->channel);
    host_end(&s->host);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
    close(leave[0]);
    close(leave[1]);
}

static const tern_call_opts patient = { .timeout_ms = 60 * 1000 };

#define assert_says(text, what)                                                                    \
    do {                                                                                           \
        if (!strstr(text, what))                                                                   \
            fail_msg("nothing of \"%s\" in: %s", what, text);                                      \
    } while (0)

static void check_lines(void)
{
    wait_for_count(&n_was, 1, "words that it is over");
    assert_says(first, "poller ");
    assert_says(first, host_are_filtered() ? " of tls://127.0.0.1:" : " of tcp://127.0.0.1:");
    assert_says(first, " s left, at ");
    assert_says(first, " lfind+0x");
    assert_says(last, "poller ");
}

static void check_ask(host_place place, const desk_desk_handlers *handlers)
{
    TERN_AUTO(desk_answer) *answer = NULL;
    scene s;

    begin(&s, place, handlers, " by /desk.Desk/Ask of ");
    assert_int_equal(desk_desk_ask(s.channel, DESK_QUESTION(), &patient, &answer).code, TERN_OK);
    check_lines();
    end(&s);
}

static void test_handler_on_a_fiber_is_named(void **state)
{
    (void)state;
    check_ask(HOST_ON_THREAD, &(desk_desk_handlers){ .ask = block_on_fiber });
}

// Which are made without any signals.
static void test_handler_on_a_thread_of_the_servers_is_named(void **state)
{
    (void)state;
    check_ask(HOST_OWN_THREADS, &(desk_desk_handlers){ .ask = block_on_fiber });
}

static void test_handler_in_callbacks_is_named(void **state)
{
    (void)state;
    check_ask(HOST_ON_THREAD, &(desk_desk_handlers){ .ask_async = block_in_callback });
}

static void test_handler_without_a_fiber_is_named(void **state)
{
    const desk_desk_handlers none = { .ask = NULL };
    TERN_AUTO(label_label) *label = NULL;
    scene s;

    (void)state;
    begin(&s, HOST_ON_THREAD, &none, " by /library.shelf.Shelving/Fetch of ");
    assert_int_equal(
        library_shelf_shelving_fetch(s.channel, LIBRARY_SHELF_SHELF(), &patient, &label).code,
        TERN_OK);
    check_lines();
    end(&s);
}

static void test_handler_of_a_stream_in_callbacks_is_named(void **state)
{
    const desk_desk_handlers handlers = { .collect_async = { .message = block_at_message,
                                                             .finished = answer_all } };
    scene                    s;

    (void)state;
    begin(&s, HOST_ON_THREAD, &handlers, " by /desk.Desk/Collect of ");
    {
        TERN_AUTO(desk_answer) *answer = NULL;
        TERN_AUTO(desk_desk_collect_stream) *stream = desk_desk_collect(s.channel, &patient);

        assert_int_equal(desk_desk_collect_send(stream, DESK_QUESTION()), TERN_OK);
        assert_int_equal(desk_desk_collect_finish(stream, &answer).code, TERN_OK);
        check_lines();
    }
    end(&s);
}

// ---- the program's own signals -------------------------------------------

static atomic_uint n_urgent;

static void count_urgent(int signo)
{
    TERN_ASSERT(signo == SIGURG);
    atomic_fetch_add(&n_urgent, 1);
}

static void test_signals_of_others_go_on(void **state)
{
    scene s;

    (void)state;
    begin(&s, HOST_ON_THREAD, &(desk_desk_handlers){ .ask = NULL }, "nobody");
    atomic_store(&n_urgent, 0);
    assert_int_equal(raise(SIGURG), 0);
    assert_int_equal(atomic_load(&n_urgent), 1);
    end(&s);
}

// Also what the C library loads for its first stack is here for good.
static int begin_all(void **state)
{
    TERN_ASSERT(signal(SIGURG, count_urgent) != SIG_ERR);
    warm_up(&library_shelf_shelving_service);
    return desk_warm_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_handler_on_a_fiber_is_named),
        TERN_TEST(test_handler_on_a_thread_of_the_servers_is_named),
        TERN_TEST(test_handler_in_callbacks_is_named),
        TERN_TEST(test_handler_without_a_fiber_is_named),
        TERN_TEST(test_handler_of_a_stream_in_callbacks_is_named),
        TERN_TEST(test_signals_of_others_go_on),
    };

    return cmocka_run_group_tests(tests, begin_all, NULL);
}
