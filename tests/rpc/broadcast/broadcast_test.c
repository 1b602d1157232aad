// One message to many streams, on several pollers, from several threads; and those who do not read.
#include "tests/rpc/server/desk.h"

#include <errno.h>
#include <string.h>

#include <tern/broadcast.h>

enum { N_READERS = 8, N_SENDERS = 2, N_EACH = 200 };

static tern_broadcast *news;
static atomic_uint     n_joined;

static void watch_ready(desk_desk_watch_out *out)
{
    tern_broadcast_member *m = out->state;
    bool                   is_new = !m->room_;

    tern_broadcast_ready(news, m, out);
    if (is_new)
        atomic_fetch_add(&n_joined, 1);
}

static void watch_end(desk_desk_watch_out *out, tern_status st)
{
    (void)st;
    tern_broadcast_leave(out->state);
}

static tern_code ask(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)ctx;
    (void)q;
    (void)reply;
    return TERN_OK;
}

static const desk_desk_handlers handlers = {
    .ask = ask,
    .watch_async = { .ready = watch_ready,
                     .end = watch_end,
                     .state_size = sizeof(tern_broadcast_member) },
};

static void add_desk(tern_server *srv, void *arg)
{
    (void)arg;
    desk_desk_register(srv, &handlers, NULL);
}

static void begin(desk *h, uint32_t n_pollers, const tern_broadcast_opts *opts)
{
    atomic_store(&n_joined, 0);
    news = tern_broadcast_new(&desk_answer_descriptor, opts);
    assert_non_null(news);
    *h = (desk){ .host = { .place = HOST_OWN_THREADS,
                           .opts = { .n_pollers = n_pollers },
                           .add_services = add_desk } };
    host_start(&h->host);
    h->channel = host_connect(tern_server_address(h->host.server), NULL);
}

static void end(desk *h)
{
    desk_stop(h);
    tern_broadcast_free(news);
}

// ---- all get all ---------------------------------------------------------

typedef struct reader reader;
struct reader {
    const char *address;
    pthread_t   thread;
};

// Each sender counts from 0, and says who it is.
static void *read_all(void *arg)
{
    const reader *r = arg;
    unsigned      n[N_SENDERS] = { 0 };
    TERN_AUTO(tern_channel) *ch = host_connect(r->address, NULL);
    TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(ch, DESK_QUESTION(), NULL);

    for (int i = 0; i < N_SENDERS * N_EACH; i++) {
        const desk_answer *a = desk_desk_watch_next(w);

        TERN_ASSERT(a && *a->text - 'a' < N_SENDERS);
        TERN_ASSERT(a->count == n[*a->text - 'a']++);
    }
    return NULL;
}

static void *send_all(void *name)
{
    for (uint32_t i = 0; i < N_EACH; i++)
        TERN_ASSERT(tern_broadcast_send(news, DESK_ANSWER(.text = name, .count = i)) == 0);
    return NULL;
}

static void test_all_get_all_in_the_order_of_each_sender(void **state)
{
    static char names[N_SENDERS][2] = { "a", "b" };
    reader      readers[N_READERS];
    pthread_t   senders[N_SENDERS];
    desk        h;

    (void)state;
    begin(&h, 2, &(tern_broadcast_opts){ .behind = TERN_BEHIND_END, .max_behind = 1000 });
    for (int i = 0; i < N_READERS; i++) {
        readers[i].address = tern_server_address(h.host.server);
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_all, &readers[i]), 0);
    }
    wait_for_count(&n_joined, N_READERS, "readers");
    assert_int_equal(tern_broadcast_n_members(news), N_READERS);
    for (int i = 0; i < N_SENDERS; i++)
        assert_int_equal(pthread_create(&senders[i], NULL, send_all, names[i]), 0);
    for (int i = 0; i < N_SENDERS; i++)
        pthread_join(senders[i], NULL);
    for (int i = 0; i < N_READERS; i++)
        pthread_join(readers[i].thread, NULL);
    end(&h);
}

// ---- those who are behind ------------------------------------------------

enum { N_SENT = 3000, LEN = 100, WINDOW = 4096 };

static char text[LEN + 1];

// What was sent so far has been handed out, and nobody but the reader holds it up.
static void pass(desk *h)
{
    TERN_AUTO(desk_answer) *reply = NULL;

    assert_int_equal(desk_desk_ask(h->channel, DESK_QUESTION(), NULL, &reply).code, TERN_OK);
}

static void *begin_to_watch(desk *h)
{
    void *w =
        desk_desk_watch(h->channel, DESK_QUESTION(), &(tern_call_opts){ .window_bytes = WINDOW });

    while (atomic_load(&n_joined) == 0)
        pass(h);
    for (uint32_t i = 1; i <= N_SENT; i++)
        assert_int_equal(tern_broadcast_send(news, DESK_ANSWER(.text = text, .count = i)), 0);
    pass(h);
    return w;
}

// Reads until the last one, or the end; in order, and true if none is missing before it. `*ret_last` is the last.
static bool read_late(desk_desk_watch_stream *w, uint32_t until, uint32_t *ret_last)
{
    bool has_gap = false;

    *ret_last = 0;
    for (const desk_answer *a; *ret_last < until && (a = desk_desk_watch_next(w));) {
        assert_true(a->count > *ret_last);
        has_gap |= a->count != *ret_last + 1;
        *ret_last = a->count;
    }
    return !has_gap;
}

static void test_who_is_behind_misses_the_newest(void **state)
{
    uint32_t last;
    desk     h;

    (void)state;
    begin(&h, 1, &(tern_broadcast_opts){ .behind = TERN_BEHIND_DROP, .max_behind = 16 });
    {
        TERN_AUTO(desk_desk_watch_stream) *w = begin_to_watch(&h);

        assert_true(read_late(w, 20, &last));
        // What it has not missed is little, and then what is sent finds room again.
        for (uint32_t i = 1; last <= N_SENT; i++) {
            assert_in_range(i, 1, WINDOW / LEN + 32);
            assert_int_equal(tern_broadcast_send(news, DESK_ANSWER(.count = N_SENT + i)), 0);
            pass(&h);
            last = desk_desk_watch_next(w)->count;
        }
    }
    end(&h);
}

static void test_who_is_behind_gets_the_last_one(void **state)
{
    uint32_t last;
    desk     h;

    (void)state;
    begin(&h, 1, &(tern_broadcast_opts){ .behind = TERN_BEHIND_COALESCE });
    {
        TERN_AUTO(desk_desk_watch_stream) *w = begin_to_watch(&h);

        assert_false(read_late(w, N_SENT, &last));
        assert_int_equal(last, N_SENT);
    }
    end(&h);
}

static void test_who_is_behind_is_ended_without_a_gap(void **state)
{
    uint32_t last;
    desk     h;

    (void)state;
    begin(&h, 1, &(tern_broadcast_opts){ .behind = TERN_BEHIND_END, .max_behind = 16 });
    {
        TERN_AUTO(desk_desk_watch_stream) *w = begin_to_watch(&h);
        tern_status st;

        assert_true(read_late(w, N_SENT, &last));
        assert_in_range(last, WINDOW / (LEN + 20), WINDOW / LEN + 32);
        st = desk_desk_watch_status(w);
        assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
        assert_string_equal(st.msg, "the reader is more than 16 messages behind");
    }
    end(&h);
}

// ---- nobody --------------------------------------------------------------

static void test_nobody_listens(void **state)
{
    tern_broadcast *b = tern_broadcast_new(&desk_answer_descriptor, NULL);

    (void)state;
    assert_int_equal(tern_broadcast_send(b, DESK_ANSWER()), 0);
    assert_int_equal(tern_broadcast_n_members(b), 0);
    tern_broadcast_free(b);
    tern_broadcast_free(NULL);
    assert_null(tern_broadcast_new(&desk_answer_descriptor,
                                   &(tern_broadcast_opts){ .max_behind = TERN_MAX_BEHIND + 1 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_all_get_all_in_the_order_of_each_sender),
        TERN_TEST(test_who_is_behind_misses_the_newest),
        TERN_TEST(test_who_is_behind_gets_the_last_one),
        TERN_TEST(test_who_is_behind_is_ended_without_a_gap),
        TERN_TEST(test_nobody_listens),
    };

    memset(text, 'x', LEN);
    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
