// Streams that somebody leaves in the middle, a small call behind each. What nobody will read is given back all the same, or
// the connection's window shrinks until calls stand still: 2,000 rounds would lose several times the window.
#include "tests/rpc/calls/fixture.h"

#include <stdlib.h>
#include <string.h>

enum { N_ROUNDS = 2000, N_MESSAGES = 8, PART = 4000 };

static char text[PART + 1];

// ---- a server that has said enough, or heard enough ------------------------

static tern_code count(tern_ctx *ctx, const test_ask *req, test_probe_count_out *out)
{
    tern_code code = TERN_OK;

    (void)ctx;
    for (uint32_t i = 0; i < req->count && code == TERN_OK; i++)
        code = test_probe_count_send(out, TEST_ANSWER(.text = text));
    return code;
}

static tern_code sum(tern_ctx *ctx, test_probe_sum_in *in, test_answer *reply)
{
    (void)ctx;
    if (test_probe_sum_next(in))
        reply->text = text;
    return TERN_OK;
}

static tern_code chat(tern_ctx *ctx, test_probe_chat_io *io)
{
    (void)ctx;
    if (!test_probe_chat_io_next(io))
        return TERN_OK;
    return test_probe_chat_io_send(io, TEST_ANSWER(.text = text));
}

static tern_code echo(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)ctx;
    reply->text = req->text;
    return TERN_OK;
}

static void add_hasty(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(
        srv, &(test_probe_handlers){ .echo = echo, .count = count, .sum = sum, .chat = chat },
        NULL);
}

// ---- a client that leaves --------------------------------------------------

static void read_once(tern_channel *ch)
{
    test_probe_count_stream *s = test_probe_count(ch, TEST_ASK(.count = N_MESSAGES), NULL);

    TERN_ASSERT(test_probe_count_next(s));
    test_probe_count_stream_free(s);
}

static void read_to_the_end(tern_channel *ch)
{
    test_probe_count_stream *s = test_probe_count(ch, TEST_ASK(.count = N_MESSAGES), NULL);
    unsigned                 n = 0;

    while (test_probe_count_next(s))
        n++;
    TERN_ASSERT(n == N_MESSAGES && test_probe_count_status(s).code == TERN_OK);
    test_probe_count_stream_free(s);
}

static void send_more_than_is_wanted(tern_channel *ch)
{
    test_probe_sum_stream *s = test_probe_sum(ch, NULL);
    test_answer           *reply = NULL;

    for (int i = 0; i < N_MESSAGES; i++)
        (void)!test_probe_sum_send(s, TEST_ASK(.text = text));
    TERN_ASSERT(test_probe_sum_finish(s, &reply).code == TERN_OK);
    test_answer_free(reply);
    test_probe_sum_stream_free(s);
}

static void leave_a_talk(tern_channel *ch)
{
    test_probe_chat_stream *s = test_probe_chat(ch, NULL);

    for (int i = 0; i < N_MESSAGES; i++)
        (void)!test_probe_chat_send(s, TEST_ASK(.text = text));
    test_probe_chat_stream_free(s);
}

static void call(tern_channel *ch)
{
    test_answer *answer = NULL;
    tern_status  st = test_probe_echo(ch, TEST_ASK(.text = "small"), NULL, &answer);

    TERN_ASSERT(st.code == TERN_OK);
    test_answer_free(answer);
}

typedef void round_fn(tern_channel *ch);

typedef struct load load;
struct load {
    const char      *address;
    round_fn *const *rounds;
    size_t           n;
};

static void run_load(void *arg)
{
    const load   *l = arg;
    tern_channel *ch = host_connect(l->address, NULL);

    for (size_t i = 0; i < N_ROUNDS; i++) {
        l->rounds[i % l->n](ch);
        call(ch);
    }
    tern_channel_free(ch);
}

static void check(round_fn *const *rounds, size_t n)
{
    host h = { .add_services = add_hasty };
    load l = { .rounds = rounds, .n = n };

    host_start(&h);
    l.address = h.address;
    run_on_thread(run_load, &l);
    run_on_fiber(run_load, &l);
    host_end(&h);
}

static void test_bug_streams_read_once_froze_the_connection(void **state)
{
    static round_fn *const rounds[] = { read_once };

    (void)state;
    check(rounds, 1);
}

static void test_bug_handlers_that_return_early_froze_the_connection(void **state)
{
    static round_fn *const rounds[] = { send_more_than_is_wanted };

    (void)state;
    check(rounds, 1);
}

static void test_mixed_load_does_not_freeze_the_connection(void **state)
{
    static round_fn *const rounds[] = { read_once, leave_a_talk, read_to_the_end,
                                        send_more_than_is_wanted };

    (void)state;
    check(rounds, TERN_COUNT_OF(rounds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bug_streams_read_once_froze_the_connection),
        TERN_TEST(test_bug_handlers_that_return_early_froze_the_connection),
        TERN_TEST(test_mixed_load_does_not_freeze_the_connection),
    };

    memset(text, 'x', PART);
    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
