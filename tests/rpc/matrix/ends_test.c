// Deadlines and cancels at every point of a call: the right code, once, and the handler hears of it.
#include "tests/rpc/matrix/players.h"

#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// ---- points of a call ----------------------------------------------------

typedef struct point point;
struct point {
    tern_status (*reach)(tern_channel *ch, const tern_call_opts *opts);
    unsigned n_items;     // that the client has seen there ...
    uint64_t read_bytes;  // ... and the server has read, beside having a handler that hangs
};

static atomic_uint n_seen;

static tern_status in_a_unary_handler(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_item) *reply = NULL;

    return kinds_kinds_unary(ch, KINDS_ITEM(.hang = true), opts, &reply);
}

static tern_status in_a_down_stream(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(kinds_kinds_down_stream) *s =
        kinds_kinds_down(ch, KINDS_ITEM(.n_replies = 5, .hang = true), opts);

    while (kinds_kinds_down_next(s))
        atomic_fetch_add(&n_seen, 1);
    return kinds_kinds_down_status(s);
}

enum { UP_LOAD = 64 * 1024, WINDOW = 256 * 1024 };

// The handler does not read on, so the window fills up and the sender waits.
static tern_status in_an_up_stream(tern_channel *ch, const tern_call_opts *opts)
{
    static uint8_t load[UP_LOAD];
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

static const point points[] = {
    { in_a_unary_handler, 0, 0 },
    { in_a_down_stream, 5, 0 },
    { in_an_up_stream, 0, WINDOW - UP_LOAD },
    { between_question_and_answer, 0, 0 },
};

// ---- what ends a call ----------------------------------------------------

typedef struct scene scene;
struct scene {
    const host  *server;
    const point *at;
    tern_code    code;         // that the call is to have
    tern_cancel *cancel;       // NULL: its deadline
    uint64_t     first_bytes;  // that the server had read before it
};

static bool is_reached(void *arg)
{
    const scene *s = arg;
    uint64_t     n = tern_poller_get_stats(s->server->poller).read_bytes - s->first_bytes;

    return atomic_load(&the_counts->n_hanging) == 1 && atomic_load(&n_seen) == s->at->n_items &&
           n >= s->at->read_bytes;
}

static void *bring_the_end(void *arg)
{
    scene *s = arg;

    wait_for(is_reached, s, "the point of a call at which it ends");
    if (s->cancel)
        tern_cancel_fire(s->cancel);
    else
        fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
    return NULL;
}

static void begin_scene(scene *s)
{
    atomic_store(&the_counts->n_hanging, 0);
    atomic_store(&the_counts->n_released, 0);
    atomic_store(&n_seen, 0);
    s->first_bytes = tern_poller_get_stats(s->server->poller).read_bytes;
    s->cancel = s->code == TERN_CANCELLED ? tern_cancel_new() : NULL;
}

static void run_scene(void *arg)
{
    scene *s = arg;
    TERN_AUTO(tern_channel) *ch = host_connect(s->server->address, NULL);
    TERN_AUTO(tern_call_info) info = { 0 };
    pthread_t   ender;
    tern_status st;

    begin_scene(s);
    TERN_ASSERT(pthread_create(&ender, NULL, bring_the_end, s) == 0);
    st = s->at->reach(ch, &(tern_call_opts){ .info = &info,
                                             .cancel = s->cancel,
                                             .timeout_ms = s->cancel ? 0 : PATIENCE_MS });
    TERN_ASSERT(st.code == s->code);
    TERN_ASSERT(strlen(info.message) > 0);
    TERN_ASSERT(atomic_load(&n_seen) == s->at->n_items);
    wait_for_count(&the_counts->n_released, 1, "handlers that have heard");
    pthread_join(ender, NULL);
    tern_cancel_free(s->cancel);
}

static void test_deadline_and_cancel_at_every_point(void **state)
{
    static const tern_code codes[] = { TERN_DEADLINE_EXCEEDED, TERN_CANCELLED };
    host                   srv;

    (void)state;
    fake_clock_start_running();
    players_start(&srv, &(players_setup){ .place = HOST_ON_THREAD });
    for (players_style style = PLAY_ON_THREAD; style <= PLAY_ON_FIBER; style++)
        for (size_t i = 0; i < TERN_COUNT_OF(points); i++)
            for (size_t j = 0; j < TERN_COUNT_OF(codes); j++)
                players_run(style, run_scene, &(scene){ &srv, &points[i], codes[j], NULL, 0 });
    host_end(&srv);
}

// ---- nobody answers ------------------------------------------------------

// Connections are taken by the kernel, and by nobody else.
static int listen_silently(char *address, size_t size)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          len = sizeof sa;
    int                fd = socket(AF_INET, SOCK_STREAM, 0);

    TERN_ASSERT(bind(fd, (struct sockaddr *)&sa, len) == 0 && listen(fd, 10) == 0);
    TERN_ASSERT(getsockname(fd, (struct sockaddr *)&sa, &len) == 0);
    snprintf(address, size, "tcp://127.0.0.1:%u", ntohs(sa.sin_port));
    return fd;
}

static void call_the_silent(void *address)
{
    TERN_AUTO(tern_channel) *ch = host_connect(address, NULL);
    TERN_AUTO(kinds_item) *reply = NULL;
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();

    TERN_ASSERT(
        kinds_kinds_unary(ch, KINDS_ITEM(), &(tern_call_opts){ .timeout_ms = 5000 }, &reply).code ==
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
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
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

static bool is_hanging(void *n) { return atomic_load(&the_counts->n_hanging) >= *(unsigned *)n; }

static void drive_until_hanging(tern_poller *poller, unsigned n)
{
    wait_driving(poller, is_hanging, &n, "handlers that hang");
}

static void test_deadline_ends_callbacks_once(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    tern_code code = TERN_DEADLINE_EXCEEDED;
    host      srv;

    (void)state;
    n_ends = 0;
    fake_clock_start_running();
    players_start(&srv, &(players_setup){ .place = HOST_ON_THREAD });
    {
        TERN_AUTO(tern_channel) *ch =
            host_connect(srv.address, &(tern_channel_opts){ .poller = poller });

        start_calls(ch, &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, &code);
        drive_until_hanging(poller, 2);
        assert_int_equal(n_ends, 0);
        fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
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
    fake_clock_start_running();
    players_start(&srv, &(players_setup){ .place = HOST_ON_THREAD });
    to_free = host_connect(srv.address, &(tern_channel_opts){ .poller = poller });
    kinds_kinds_unary_async(to_free, KINDS_ITEM(.hang = true),
                            &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, on_reply, &first);
    start_calls(to_free, &(tern_call_opts){ .timeout_ms = TERN_NO_TIMEOUT }, &rest);
    drive_until_hanging(poller, 3);
    fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
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
    fake_clock_start_running();
    players_start(&srv, &(players_setup){ .place = HOST_ON_THREAD });
    ch = host_connect(srv.address, &(tern_channel_opts){ .poller = poller });
    start_calls(ch, NULL, &code);
    drive_until_hanging(poller, 2);
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
