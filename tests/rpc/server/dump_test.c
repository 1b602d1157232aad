// What servers and channels tell of themselves when somebody asks in the middle of an incident.
#include "tests/rpc/server/desk.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

static atomic_uint n_waiting;
static sem_t       is_over;

static tern_code wait_for_cancel(tern_ctx *ctx, const desk_question *q, desk_desk_watch_out *out)
{
    (void)ctx;
    (void)q;
    TERN_ASSERT(desk_desk_watch_send(out, DESK_ANSWER()) == TERN_OK);
    atomic_fetch_add(&n_waiting, 1);
    (void)!tern_fiber_park("Godot", TERN_NEVER);
    return TERN_OK;
}

// Holds up the whole poller.
static tern_code block(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    atomic_fetch_add(&n_waiting, 1);
    TERN_ASSERT(sem_wait(&is_over) == 0);
    return TERN_OK;
}

static char *dump_server(tern_server *srv)
{
    char  *text = NULL;
    size_t len;
    FILE  *f = open_memstream(&text, &len);

    tern_server_dump(srv, f);
    fclose(f);
    return text;
}

static char *dump_channel(tern_channel *ch)
{
    char  *text = NULL;
    size_t len;
    FILE  *f = open_memstream(&text, &len);

    tern_channel_dump(ch, f);
    fclose(f);
    return text;
}

#define assert_says(text, what)                                                                    \
    do {                                                                                           \
        if (!strstr(text, what))                                                                   \
            fail_msg("nothing of \"%s\" in:\n%s", what, text);                                     \
    } while (0)

static const char *wire_name(void) { return host_speaks_grpc() ? ", HTTP/2" : ", native"; }

static void test_calls_connections_and_fibers_are_told(void **state)
{
    const desk_desk_handlers handlers = { .watch = wait_for_cancel };
    desk                     h;
    char                    *text;

    (void)state;
    atomic_store(&n_waiting, 0);
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    {
        TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(
            h.channel, DESK_QUESTION(), &(tern_call_opts){ .timeout_ms = 100 * 1000 });

        assert_non_null(desk_desk_watch_next(w));
        wait_for_count(&n_waiting, 1, "handlers that wait");

        text = dump_server(h.host.server);
        assert_says(text, "poller 0: ");
        assert_says(text, "rounds");
        assert_says(text, "  connection of ");
        assert_says(text, wire_name());
        assert_says(text, ", 1 calls");
        assert_says(text, "    /desk.Desk/Watch: runs");
        assert_says(text, " s left, fiber 0x");
        assert_says(text, " /desk.Desk/Watch of ");
        assert_says(text, "waits for Godot");
        free(text);

        text = dump_channel(h.channel);
        assert_says(text, "READY");
        assert_says(text, ": connected");
        assert_says(text, wire_name());
        assert_says(text, "    /desk.Desk/Watch: on its way, attempt 1, for ");
        free(text);
    }
    desk_stop(&h);
}

static void *ask(void *arg)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk *h = arg;

    TERN_ASSERT(desk_desk_ask(h->channel, DESK_QUESTION(), NULL, &reply).code == TERN_OK);
    return NULL;
}

// It answers after all, when nobody asks any more.
static void test_poller_that_is_blocked_is_said_not_to_answer(void **state)
{
    const desk_desk_handlers handlers = { .ask = block };
    desk                     h;
    pthread_t                thread;
    char                    *text;

    (void)state;
    atomic_store(&n_waiting, 0);
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    assert_int_equal(pthread_create(&thread, NULL, ask, &h), 0);
    wait_for_count(&n_waiting, 1, "handlers that block");
    text = dump_server(h.host.server);
    assert_says(text, "poller 0: does not answer");
    free(text);
    sem_post(&is_over);
    pthread_join(thread, NULL);
    desk_stop(&h);
}

static void test_pollers_of_a_server_can_be_reached(void **state)
{
    const desk_desk_handlers handlers = { .ask = block };
    tern_server *srv = tern_listen("tcp://127.0.0.1:0", &(tern_server_opts){ .n_pollers = 2 });

    (void)state;
    assert_int_equal(tern_server_n_pollers(srv), 0);
    assert_null(tern_server_poller(srv, 0));
    desk_desk_register(srv, &handlers, NULL);
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    assert_int_equal(tern_server_n_pollers(srv), 2);
    for (unsigned i = 0; i < 2; i++)
        assert_true(tern_poller_get_stats(tern_server_poller(srv, i)).n_operators <= 1);
    assert_null(tern_server_poller(srv, 2));
    tern_server_stop(srv);
    assert_int_equal(tern_server_wait(srv).code, TERN_OK);
    tern_server_free(srv);
}

// ---- the state of a channel ----------------------------------------------

typedef struct diary diary;
struct diary {
    char        text[256];
    atomic_uint n;
};

static void note(tern_channel *ch, tern_channel_state now, void *arg)
{
    diary *d = arg;

    TERN_ASSERT(ch);
    strcat(strcat(d->text, tern_channel_state_name(now)), " ");
    atomic_fetch_add(&d->n, 1);
}

static tern_code answer(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    return TERN_OK;
}

static tern_code ask_code(tern_channel *ch)
{
    TERN_AUTO(desk_answer) *reply = NULL;

    return desk_desk_ask(ch, DESK_QUESTION(), NULL, &reply).code;
}

static void test_state_of_a_channel_is_told(void **state)
{
    const desk_desk_handlers handlers = { .ask = answer };
    diary                    d = { .n = 0 };
    desk                     h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    assert_int_equal(tern_channel_watch_state(h.channel, note, &d), TERN_CHANNEL_IDLE);
    assert_int_equal(ask_code(h.channel), TERN_OK);
    assert_int_equal(tern_channel_get_state(h.channel), TERN_CHANNEL_READY);
    host_stop(&h.host);
    assert_int_equal(ask_code(h.channel), TERN_UNAVAILABLE);
    assert_int_equal(tern_channel_get_state(h.channel), TERN_CHANNEL_FAILING);
    assert_string_equal(d.text, "CONNECTING READY IDLE CONNECTING FAILING ");
    assert_int_equal(tern_channel_watch_state(h.channel, NULL, NULL), TERN_CHANNEL_FAILING);
    tern_channel_free(h.channel);
    assert_int_equal(d.n, 5);
    host_end(&h.host);
}

static int begin_all(void **state)
{
    TERN_ASSERT(sem_init(&is_over, 0, 0) == 0);
    return desk_warm_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_calls_connections_and_fibers_are_told),
        TERN_TEST(test_poller_that_is_blocked_is_said_not_to_answer),
        TERN_TEST(test_pollers_of_a_server_can_be_reached),
        TERN_TEST(test_state_of_a_channel_is_told),
    };

    return cmocka_run_group_tests(tests, begin_all, NULL);
}
