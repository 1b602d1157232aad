// Clients that make a server hold more than it may: they give way, and others do not notice.
#include "tests/rpc/server/desk.h"

#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

#include "rpc/server/pressure_internal.h"

enum {
    MAX_BYTES = 8 * 1024 * 1024,
    PIECE = 60 * 1024,
    PIECES = 4,     // of each stream: they fit its window
    STREAMS = 150,  // all together more than may be held, and less than the connection's window
};

static atomic_uint n_held;
static atomic_bool may_go;

// Reads nothing until it may.
static tern_code collect(tern_ctx *ctx, desk_desk_collect_in *in, desk_answer *reply)
{
    atomic_fetch_add(&n_held, 1);
    while (!atomic_load(&may_go) && tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(TERN_NS_PER_MS);
    while (desk_desk_collect_next(in))
        reply->count++;
    return tern_ctx_check(ctx);
}

static tern_code echo(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    (void)ctx;
    reply->count = req->count;
    return TERN_OK;
}

enum { REPLY = 8 * 1024 * 1024, WATCHES = 4 };

// What of it does not fit the stream's window waits here.
static tern_code watch(tern_ctx *ctx, const desk_question *req, desk_desk_watch_out *out)
{
    char *text = malloc(REPLY + 1);

    (void)req;
    memset(text, 'x', REPLY);
    text[REPLY] = '\0';
    (void)!desk_desk_watch_send(out, DESK_ANSWER(.text = text));
    free(text);
    return tern_ctx_check(ctx);
}

static const desk_desk_handlers handlers = { .ask = echo, .collect = collect, .watch = watch };

// ---- who takes too much --------------------------------------------------

typedef struct hog hog;
struct hog {
    desk       *desk;
    pthread_t   thread;
    unsigned    n_streams;
    atomic_uint n_ok, n_exhausted, n_lost;  // streams, by how they ended
};

static void note_end(hog *h, tern_status st)
{
    if (st.code == TERN_OK)
        atomic_fetch_add(&h->n_ok, 1);
    else if (st.code == TERN_RESOURCE_EXHAUSTED && strstr(st.msg, "max_memory_bytes"))
        atomic_fetch_add(&h->n_exhausted, 1);
    else
        atomic_fetch_add(&h->n_lost, 1);
}

static void fill(desk_desk_collect_stream *s)
{
    static uint8_t load[PIECE];

    for (int i = 0; i < PIECES; i++)
        if (desk_desk_collect_send(s, DESK_QUESTION(.load = { sizeof load, load })) != TERN_OK)
            return;
}

static void *run_hog(void *arg)
{
    hog                 *h = arg;
    const tern_call_opts patient = { .timeout_ms = 20000 };
    TERN_AUTO(tern_channel) *channel = host_connect(h->desk->host.address, NULL);
    desk_desk_collect_stream *streams[STREAMS];

    for (unsigned i = 0; i < h->n_streams; i++)
        fill(streams[i] = desk_desk_collect(channel, &patient));
    for (unsigned i = 0; i < h->n_streams; i++) {
        TERN_AUTO(desk_answer) *reply = NULL;

        note_end(h, desk_desk_collect_finish(streams[i], &reply));
        desk_desk_collect_stream_free(streams[i]);
    }
    return NULL;
}

static void hog_start(hog *h, desk *d, unsigned n_streams)
{
    *h = (hog){ .desk = d, .n_streams = n_streams };
    atomic_store(&may_go, false);
    pthread_create(&h->thread, NULL, run_hog, h);
}

// ---- who is served all the same ------------------------------------------

static void ask(desk *d)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    tern_status st = desk_desk_ask(d->channel, DESK_QUESTION(.count = 7), NULL, &reply);

    assert_int_equal(st.code, TERN_OK);
    assert_int_equal(reply->count, 7);
}

static bool has_refused(void *desk_)
{
    return tern_server_get_memory(((desk *)desk_)->host.server).n_refused;
}

static void test_who_takes_too_much_gives_way(void **state)
{
    tern_server_memory m;
    desk               d;
    hog                h;

    (void)state;
    desk_start(&d, HOST_TCP, &(tern_server_opts){ .max_memory_bytes = MAX_BYTES }, &handlers, NULL);
    ask(&d);
    hog_start(&h, &d, STREAMS);
    while (!has_refused(&d))
        ask(&d);
    for (int i = 0; i < 100; i++)
        ask(&d);
    atomic_store(&may_go, true);
    pthread_join(h.thread, NULL);
    ask(&d);
    m = tern_server_get_memory(d.host.server);
    assert_int_equal(m.max_bytes, MAX_BYTES);
    assert_true(m.n_slowed > 0 && m.n_refused > 0);
    assert_true(m.n_refused <=
                atomic_load(&h.n_exhausted));  // others were refused as they announced
    assert_true(m.n_ended > 0 || atomic_load(&h.n_lost) == 0);
    assert_in_range(m.pooled_bytes, 0, 3 * MAX_BYTES);
    desk_stop(&d);
}

// Their handlers have returned.
static void test_replies_that_nobody_reads_are_dropped(void **state)
{
    const tern_call_opts patient = { .timeout_ms = 20000 };
    desk                 d;

    (void)state;
    desk_start(&d, HOST_TCP, &(tern_server_opts){ .max_memory_bytes = MAX_BYTES }, &handlers, NULL);
    {
        TERN_AUTO(tern_channel) *channel = host_connect(d.host.address, NULL);
        desk_desk_watch_stream *streams[WATCHES];
        TERN_AUTO(desk_answer) *reply = NULL;
        unsigned n_refused = 0;

        assert_int_equal(desk_desk_ask(channel, DESK_QUESTION(), NULL, &reply).code, TERN_OK);
        for (int i = 0; i < WATCHES; i++)
            streams[i] = desk_desk_watch(channel, DESK_QUESTION(), &patient);
        while (!has_refused(&d))
            ask(&d);
        for (int i = 0; i < WATCHES; i++) {
            while (desk_desk_watch_next(streams[i]))
                ;
            n_refused += desk_desk_watch_status(streams[i]).code == TERN_RESOURCE_EXHAUSTED;
            desk_desk_watch_stream_free(streams[i]);
        }
        assert_true(n_refused > 0);
        ask(&d);
    }
    desk_stop(&d);
}

static void test_one_connection_leaves_room_for_others_messages(void **state)
{
    terni_quota    announced = { .max = 1000 };
    terni_account  account = { 0 };
    terni_pressure p = { .account = &account };

    (void)state;
    terni_account_init(&account, &announced);
    assert_true(terni_pressure_announce(&p, 0, 400));
    assert_false(terni_pressure_announce(&p, 400, 101));
    assert_true(terni_pressure_announce(&p, 400, 100));
    assert_true(terni_pressure_announce(&p, 0, 250));  // another's
    assert_false(terni_pressure_announce(&p, 250, 1));
    assert_true(terni_pressure_announce(&p, 0, 250));  // a third one's
    assert_false(terni_pressure_announce(&p, 0, 1));
    assert_int_equal(terni_account_held(&account), 1000);
    terni_account_done(&account);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_who_takes_too_much_gives_way),
        TERN_TEST(test_replies_that_nobody_reads_are_dropped),
        TERN_TEST(test_one_connection_leaves_room_for_others_messages),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
