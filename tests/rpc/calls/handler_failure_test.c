// What goes wrong in a handler's hands while it goes on as if nothing were: its call does not end with success.
#include <stdio.h>
#include <string.h>

#include "tests/rpc/calls/probe.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/rpc/support/warm_up.h"
#include "tests/support/leak.h"

enum { SMALL = 1000 };  // that the caller takes

// ---- handlers ------------------------------------------------------------

// The helper's failure is no failure of the call. `count`: a status with as many bytes of details is one.
static tern_code echo(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    if (req->count) {
        tern_fail_details(ctx, tern_ctx_alloc(ctx, 1, req->count), req->count);
        return tern_fail(ctx, TERN_ABORTED, "see the details");
    }
    tern_fail_details(ctx, "cache", 5);
    (void)!tern_fail(ctx, TERN_NOT_FOUND, "not in the cache");
    reply->text = tern_printf(ctx, "from the disk");
    return TERN_OK;
}

static tern_code count(tern_ctx *ctx, const test_ask *req, test_probe_count_out *out)
{
    static char         large[2 * SMALL];
    const tern_metadata late = { "late", "1", 1 };

    if (req->add_metadata) {
        (void)!test_probe_count_send(out, TEST_ANSWER());
        tern_ctx_add_initial(ctx, &late);
        return TERN_OK;
    }
    memset(large, 'x', sizeof large - 1);
    (void)!test_probe_count_send(out, TEST_ANSWER(.text = large));
    return TERN_OK;
}

// As <tern/ctx.h> has it: only TERN_OK means that the caller has sent everything.
static tern_code sum(tern_ctx *ctx, test_probe_sum_in *in, test_answer *reply)
{
    unsigned n = 0;

    while (test_probe_sum_next(in))
        n++;
    reply->text = tern_printf(ctx, "%u", n);
    return tern_ctx_check(ctx);
}

static void add_probe(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(srv, &(test_probe_handlers){ .echo = echo, .count = count, .sum = sum },
                        NULL);
}

typedef struct pair pair;
struct pair {
    host          host;
    tern_channel *channel;
};

static void begin(pair *p)
{
    *p = (pair){ .host.add_services = add_probe };
    host_start(&p->host);
    p->channel = host_connect(p->host.address, &(tern_channel_opts){ .max_message_bytes = SMALL });
}

static void end(pair *p)
{
    tern_channel_free(p->channel);
    host_end(&p->host);
}

// ---- tests ---------------------------------------------------------------

static void test_failure_that_a_handler_gets_over_is_none(void **state)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    const tern_call_opts opts = { .info = &info };
    test_answer         *reply = NULL;
    pair                 p;

    (void)state;
    begin(&p);
    assert_int_equal(test_probe_echo(p.channel, TEST_ASK(), &opts, &reply).code, TERN_OK);
    assert_string_equal(reply->text, "from the disk");
    assert_null(info.details);
    test_answer_free(reply);
    end(&p);
}

static tern_status count_with(pair *p, bool add_metadata)
{
    test_probe_count_stream *s =
        test_probe_count(p->channel, TEST_ASK(.add_metadata = add_metadata), NULL);
    tern_status st = test_probe_count_status(s);

    test_probe_count_stream_free(s);
    return st;
}

static void test_bug_late_metadata_were_lost_in_silence(void **state)
{
    tern_status st;
    pair        p;

    (void)state;
    begin(&p);
    st = count_with(&p, true);
    assert_int_equal(st.code, TERN_FAILED_PRECONDITION);
    assert_string_equal(st.msg, "initial metadata were added after the first message");
    end(&p);
}

static void test_bug_message_that_could_not_be_sent_was_lost_in_silence(void **state)
{
    tern_status st;
    pair        p;

    (void)state;
    begin(&p);
    st = count_with(&p, false);
    assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
    // With native the server knows the caller's limit.
    assert_string_equal(st.msg, host_speaks_grpc()
                                    ? "a message is larger than max_message"
                                    : "the message is larger than the caller's max_message");
    end(&p);
}

static tern_status fail_with_details(pair *p, uint32_t len, tern_call_info *info)
{
    test_answer *reply = NULL;

    return test_probe_echo(p->channel, TEST_ASK(.count = len), &(tern_call_opts){ .info = info },
                           &reply);
}

// It was not answered at all: the status that says so had the same details.
static void test_bug_details_that_are_too_large_were_no_answer(void **state)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    tern_status st;
    pair        p;

    (void)state;
    begin(&p);
    st = fail_with_details(&p, 20 * 1024, &info);
    assert_int_equal(st.code, TERN_ABORTED);
    assert_int_equal(info.details_len, 20 * 1024);
    st = fail_with_details(&p, 100 * 1024, &info);
    assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
    assert_string_equal(st.msg, "trailing metadata and details are larger than a frame's head");
    assert_null(info.details);
    end(&p);
}

// A caller whose messages are not the handler's: bytes where those want text.
static const tern_method raw_sum = { .name = "Sum",
                                     .path = "/test.Probe/Sum",
                                     .kind = TERN_CLIENT_STREAM,
                                     .request = &test_raw_descriptor,
                                     .reply = &test_answer_descriptor };

static void test_bug_message_that_cannot_be_read_was_the_end_of_all(void **state)
{
    static uint8_t bytes[] = { 0xff };
    test_answer   *reply = NULL;
    tern_status    st;
    void          *stream;
    pair           p;

    (void)state;
    begin(&p);
    stream = tern_stub_open(p.channel, &raw_sum, NULL, NULL);
    (void)!tern_stub_send(stream, TEST_RAW());
    (void)!tern_stub_send(stream, TEST_RAW(.text = { sizeof bytes, bytes }));
    (void)!tern_stub_send(stream, TEST_RAW());
    st = tern_stub_finish(stream, &reply);
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_string_equal(st.msg, "test.Ask.text: not UTF-8");
    tern_stub_stream_free(stream);
    end(&p);
}

static int prepare(void **state)
{
    (void)state;
    warm_up(&test_probe_service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_failure_that_a_handler_gets_over_is_none),
        TERN_TEST(test_bug_late_metadata_were_lost_in_silence),
        TERN_TEST(test_bug_message_that_could_not_be_sent_was_lost_in_silence),
        TERN_TEST(test_bug_details_that_are_too_large_were_no_answer),
        TERN_TEST(test_bug_message_that_cannot_be_read_was_the_end_of_all),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
