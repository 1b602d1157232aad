// A client's streams, where things go wrong.
#include "tests/rpc/calls/fixture.h"

#include <string.h>

#include <tern/fiber.h>
#include <tern/stub.h>

// ---- messages that cannot be decoded -------------------------------------

typedef struct spoiled spoiled;
struct spoiled {
    uint32_t    n_messages;
    unsigned    n_read;
    tern_status status;
};

// Spoil, with replies of a type that has to be UTF-8.
static tern_method spoiled_method(void)
{
    tern_method m = test_probe_methods[4];

    m.reply = &test_answer_descriptor;
    return m;
}

static void read_spoiled(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    spoiled          *s = arg;
    const tern_method method = spoiled_method();
    const test_ask   *req = TEST_ASK(.count = s->n_messages, .hang = true);
    void             *stream = tern_stub_open(ch, &method, req, NULL);

    while (tern_stub_next(stream))
        s->n_read++;
    s->status = tern_stub_status(stream);
    tern_stub_stream_free(stream);
}

static void check_spoiled(uint32_t n_messages, void (*run)(void (*fn)(void *arg), void *arg))
{
    spoiled s = { .n_messages = n_messages };

    run(read_spoiled, &s);
    assert_int_equal(s.n_read, 0);
    assert_int_equal(s.status.code, TERN_INTERNAL);
}

static void test_bug_message_not_decodable_while_next_waits(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 3; n++) {
        check_spoiled(n, run_on_thread);
        check_spoiled(n, run_on_fiber);
    }
}

// ---- streams that outlive their channel ----------------------------------

// The channel's connections, and its set with the last of them.
static bool is_gone(void *n_looks_after)
{
    if (tern_poller_n_operators(tern_poller_current()) == 0)
        ++*(unsigned *)n_looks_after;
    return *(unsigned *)n_looks_after == 3;
}

static void free_channel_first(void *arg)
{
    tern_channel            *ch = connect_to_server(NULL);
    test_probe_count_stream *s = test_probe_count(ch, TEST_ASK(.count = 1, .hang = true), NULL);
    test_answer             *reply = NULL;
    tern_call               *call = test_probe_echo_begin(ch, TEST_ASK(.hang = true), NULL, &reply);
    tern_code               *codes = arg;
    unsigned                 n_looks = 0;

    TERN_ASSERT(test_probe_count_next(s));
    tern_channel_free(ch);
    TERN_ASSERT(!test_probe_count_next(s));
    codes[1] = tern_wait_all(&call, 1).code;
    wait_for(is_gone, &n_looks, "the end of the channel's set");
    codes[0] = test_probe_count_status(s).code;
    test_probe_count_stream_free(s);
    tern_call_free(call);
}

static void test_bug_stream_used_after_its_channel(void **state)
{
    tern_code codes[2] = { TERN_OK, TERN_OK };

    (void)state;
    run_on_fiber(free_channel_first, codes);
    assert_int_equal(codes[0], TERN_CANCELLED);
    assert_int_equal(codes[1], TERN_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_bug_message_not_decodable_while_next_waits),
        TERN_TEST_CALLS(test_bug_stream_used_after_its_channel),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
