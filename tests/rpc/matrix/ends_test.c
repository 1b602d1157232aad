// Deadlines and cancels at every point of a call: the right code, once, and the handler hears of it.
#include "tests/rpc/matrix/players.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// ---- what ends a call ----------------------------------------------------

typedef struct ending ending;
struct ending {
    tern_code      code;  // that it is to have
    tern_call_opts opts;
    tern_cancel   *cancel;
    atomic_uint   *fire_at;  // handlers that hang, before the cancel is fired
    pthread_t      thread;
};

static void *fire_when_hanging(void *arg)
{
    ending *e = arg;

    wait_for_count(e->fire_at, 1, "handlers that hang");
    tern_cancel_fire(e->cancel);
    return NULL;
}

static void begin_ending(ending *e, tern_code code)
{
    *e = (ending){ .code = code, .cancel = tern_cancel_new(), .fire_at = &the_counts->n_hanging };
    atomic_store(&the_counts->n_hanging, 0);
    atomic_store(&the_counts->n_released, 0);
    if (code == TERN_DEADLINE_EXCEEDED) {
        e->opts.timeout_ms = 1000;  // so that it is there by then, also on a busy machine
    } else {
        e->opts.cancel = e->cancel;
        TERN_ASSERT(pthread_create(&e->thread, NULL, fire_when_hanging, e) == 0);
    }
}

static void end_ending(ending *e)
{
    if (e->opts.cancel)
        pthread_join(e->thread, NULL);
    tern_cancel_free(e->cancel);
}

// ---- points of a call ----------------------------------------------------

typedef tern_status point(tern_channel *ch, const tern_call_opts *opts);

static tern_status in_a_unary_handler(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_item) *reply = NULL;

    return kinds_kinds_unary(ch, KINDS_ITEM(.hang = true), opts, &reply);
}

static tern_status in_a_down_stream(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_kinds_down_stream) *s =
        kinds_kinds_down(ch, KINDS_ITEM(.n_replies = 5, .hang = true), opts);
    unsigned n = 0;

    while (kinds_kinds_down_next(s))
        n++;
    TERN_ASSERT(n == 5);
    return kinds_kinds_down_status(s);
}

// The handler does not read on, so the window fills up and the sender waits.
static tern_status in_an_up_stream(tern_channel *ch, const tern_call_opts *opts)
{
    static uint8_t load[64 * 1024];
    TERN_AUTO(kinds_kinds_up_stream) *s = kinds_kinds_up(ch, opts);
    TERN_AUTO(kinds_item) *reply = NULL;
    tern_code code = kinds_kinds_up_send(s, KINDS_ITEM(.hang = true));

    while (code == TERN_OK)
        code = kinds_kinds_up_send(s, KINDS_ITEM(.number = 1, .load = { sizeof load, load }));
    return kinds_kinds_up_finish(s, &reply);
}

static tern_status between_question_and_answer(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_kinds_both_stream) *s = kinds_kinds_both(ch, opts);

    TERN_ASSERT(kinds_kinds_both_send(s, KINDS_ITEM(.number = 0)) == TERN_OK);
    TERN_ASSERT(kinds_kinds_both_next(s));
    TERN_ASSERT(kinds_kinds_both_send(s, KINDS_ITEM(.hang = true)) == TERN_OK);
    TERN_ASSERT(!kinds_kinds_both_next(s));
    return kinds_kinds_both_status(s);
}

static point *const points[] = {
    in_a_unary_handler,
    in_a_down_stream,
    in_an_up_stream,
    between_question_and_answer,
};

typedef struct scene scene;
struct scene {
    const char *address;
    point      *at;
    tern_code   code;
};

static void run_scene(void *arg)
{
    const scene *s = arg;
    TERN_AUTO(tern_channel) *ch = tern_connect(s->address, NULL);
    TERN_AUTO(tern_call_info) info = { 0 };
    ending      e;
    tern_status st;

    begin_ending(&e, s->code);
    e.opts.info = &info;
    st = s->at(ch, &e.opts);
    TERN_ASSERT(st.code == s->code);
    TERN_ASSERT(strlen(info.message) > 0);
    wait_for_count(&the_counts->n_released, 1,
                   "handlers that were released");  // the handler has heard
    end_ending(&e);
}

static void test_deadline_and_cancel_at_every_point(void **state)
{
    static const tern_code codes[] = { TERN_DEADLINE_EXCEEDED, TERN_CANCELLED };
    host                   srv;

    (void)state;
    players_start(&srv, &(players_setup){ .n_pollers = 1 });
    for (players_style style = PLAY_ON_THREAD; style <= PLAY_ON_FIBER; style++)
        for (size_t i = 0; i < TERN_COUNT_OF(points); i++)
            for (size_t j = 0; j < TERN_COUNT_OF(codes); j++)
                players_run(style, run_scene, &(scene){ srv.address, points[i], codes[j] });
    host_end(&srv);
}

// ---- nobody answers ------------------------------------------------------

// Connections are taken by the kernel, and by nobody else.
static int listen_silently(char *address, size_t size)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int                fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(sa.sun_path + 1, sizeof sa.sun_path - 1, "tern-silent-%d", getpid());
    snprintf(address, size, "unix:@%s", sa.sun_path + 1);
    TERN_ASSERT(bind(fd, (struct sockaddr *)&sa,
                     (socklen_t)(sizeof sa.sun_family + 1 + strlen(sa.sun_path + 1))) == 0);
    TERN_ASSERT(listen(fd, 10) == 0);
    return fd;
}

static void call_the_silent(void *address)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(address, NULL);
    TERN_AUTO(kinds_item) *reply = NULL;
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();

    TERN_ASSERT(
        kinds_kinds_unary(ch, KINDS_ITEM(), &(tern_call_opts){ .timeout_ms = 30 }, &reply).code ==
        TERN_DEADLINE_EXCEEDED);
    tern_cancel_fire(cancel);
    TERN_ASSERT(
        kinds_kinds_unary(ch, KINDS_ITEM(), &(tern_call_opts){ .cancel = cancel }, &reply).code ==
        TERN_CANCELLED);
}

static void test_deadline_and_cancel_before_anybody_answers(void **state)
{
    char address[128];
    int  fd = listen_silently(address, sizeof address);

    (void)state;
    players_run(PLAY_ON_THREAD, call_the_silent, address);
    players_run(PLAY_ON_FIBER, call_the_silent, address);
    close(fd);
}

// ---- callbacks: exactly once, whatever is freed ---------------------------

static unsigned      n_ends;
static tern_channel *to_free;

static void on_reply(tern_status st, const kinds_item *reply, void *arg)
{
    (void)reply;
    TERN_ASSERT(st.code == *(tern_code *)arg);
    n_ends++;
    tern_channel_free(to_free);  // legal inside a callback
    to_free = NULL;
}

static void on_item(const kinds_item *item, void *arg)
{
    (void)item;
    (void)arg;
}

static void on_end(tern_status st, void *arg) { on_reply(st, NULL, arg); }

static void start_calls(tern_channel *ch, const tern_call_opts *opts, tern_code *expected)
{
    kinds_kinds_unary_async(ch, KINDS_ITEM(.hang = true), opts, on_reply, expected);
    kinds_kinds_down_async(ch, KINDS_ITEM(.n_replies = 1, .hang = true), opts,
                           &(kinds_kinds_down_events){ .message = on_item, .end = on_end },
                           expected);
    kinds_kinds_up_async(ch, opts, &(kinds_kinds_up_events){ .end = on_reply }, expected);
}

static void test_deadline_ends_callbacks_once(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    tern_code code = TERN_DEADLINE_EXCEEDED;
    host      srv;

    (void)state;
    n_ends = 0;
    players_start(&srv, &(players_setup){ .n_pollers = 1 });
    {
        TERN_AUTO(tern_channel) *ch =
            tern_connect(srv.address, &(tern_channel_opts){ .poller = poller });

        start_calls(ch, &(tern_call_opts){ .timeout_ms = 50 }, &code);
        assert_int_equal(tern_poller_run_until_idle(poller), 0);
    }
    assert_int_equal(n_ends, 3);
    host_end(&srv);
}

// The first end frees the channel, which ends the others.
static void test_channel_freed_inside_a_callback_ends_the_rest(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    tern_code first = TERN_DEADLINE_EXCEEDED, rest = TERN_CANCELLED;
    host      srv;

    (void)state;
    n_ends = 0;
    players_start(&srv, &(players_setup){ .n_pollers = 1 });
    to_free = tern_connect(srv.address, &(tern_channel_opts){ .poller = poller });
    kinds_kinds_unary_async(to_free, KINDS_ITEM(.hang = true),
                            &(tern_call_opts){ .timeout_ms = 50 }, on_reply, &first);
    start_calls(to_free, NULL, &rest);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(n_ends, 4);
    host_end(&srv);
}

static void test_poller_freed_with_calls_in_flight_ends_them(void **state)
{
    tern_poller  *poller = tern_poller_new(NULL);
    tern_code     code = TERN_CANCELLED;
    tern_channel *ch;
    host          srv;

    (void)state;
    n_ends = 0;
    players_start(&srv, &(players_setup){ .n_pollers = 1 });
    ch = tern_connect(srv.address, &(tern_channel_opts){ .poller = poller });
    start_calls(ch, NULL, &code);
    while (atomic_load(&the_counts->n_hanging) < 2)
        assert_int_equal(tern_poller_step(poller, 1), 0);
    tern_channel_free(ch);
    tern_poller_free(poller);
    assert_int_equal(n_ends, 3);
    host_end(&srv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_deadline_and_cancel_at_every_point),
        TERN_TEST(test_deadline_and_cancel_before_anybody_answers),
        TERN_TEST(test_deadline_ends_callbacks_once),
        TERN_TEST(test_channel_freed_inside_a_callback_ends_the_rest),
        TERN_TEST(test_poller_freed_with_calls_in_flight_ends_them),
    };

    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
