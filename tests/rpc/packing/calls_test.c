// Compressed messages from end to end: what gRPC's interop cases ask for, and what becomes of what is broken or
// too large.
#include "tests/rpc/packing/press.h"

#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

#include "rpc/compress/compression_internal.h"
#include "tests/rpc/support/warm_up.h"

enum { LONG = 271828, REPLY = 314159 };

static const tern_compression all[] = { TERN_COMPRESSION_GZIP, TERN_COMPRESSION_DEFLATE,
                                        TERN_COMPRESSION_ZSTD, TERN_COMPRESSION_ANY };

#define FOR_EACH_BUILT_IN(c)                                                                       \
    for (size_t c##_at = 0, c = all[0]; c##_at < TERN_COUNT_OF(all) && (c = all[c##_at], true);    \
         c##_at++)                                                                                 \
        if (terni_compression_choose((tern_compression)c, ~0u) > TERN_COMPRESSION_NONE)

static uint8_t zeros[LONG], noise[LONG];

typedef struct stage stage;
struct stage {
    host          host;
    tern_channel *channel;
};

static void begin_with(stage *s, const tern_server_opts *of_server,
                       const tern_channel_opts *of_channel)
{
    *s = (stage){ .host = { .add_services = press_add } };
    if (of_server)
        s->host.opts = *of_server;
    host_start(&s->host);
    s->channel = host_connect(s->host.address, of_channel);
}

static press_parcel parcel_of(const uint8_t *bytes, size_t len, press_parcel_expected expected)
{
    return *PRESS_PARCEL(.body = { len, (uint8_t *)(uintptr_t)bytes }, .expected = expected);
}

// A client knows what a native server reads once it has its settings.
static void get_to_know(stage *s)
{
    TERN_AUTO(press_receipt) *r = NULL;

    assert_int_equal(
        press_press_one(s->channel, PRESS_PARCEL(.reply_which = TERN_COMPRESS_NEVER + 1),
                        &(tern_call_opts){ .compression.with = TERN_COMPRESSION_NONE }, &r)
            .code,
        TERN_OK);
}

static void begin(stage *s)
{
    begin_with(s, NULL, NULL);
    get_to_know(s);
}

static void end(stage *s)
{
    tern_channel_free(s->channel);
    host_end(&s->host);
}

static tern_call_opts with(size_t c, tern_compress which)
{
    return (tern_call_opts){ .compression = { (tern_compression)c, which } };
}

// ---- the four of gRPC's interop cases ------------------------------------

static void test_client_compressed_unary(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    FOR_EACH_BUILT_IN(c)
    {
        static const struct {
            tern_compress         which;
            press_parcel_expected expected;
            tern_code             code;
        } calls[] = {
            { TERN_COMPRESS_NEVER, PRESS_PARCEL_EXPECTED_COMPRESSED, TERN_INVALID_ARGUMENT },
            { TERN_COMPRESS_ALWAYS, PRESS_PARCEL_EXPECTED_COMPRESSED, TERN_OK },
            { TERN_COMPRESS_NEVER, PRESS_PARCEL_EXPECTED_PLAIN, TERN_OK },
            { TERN_COMPRESS_ALWAYS, PRESS_PARCEL_EXPECTED_PLAIN, TERN_INVALID_ARGUMENT },
        };

        for (size_t i = 0; i < TERN_COUNT_OF(calls); i++) {
            TERN_AUTO(press_receipt) *r = NULL;
            press_parcel   p = parcel_of(zeros, LONG, calls[i].expected);
            tern_call_opts opts = with(c, calls[i].which);

            p.reply_size = REPLY;
            assert_int_equal(press_press_one(s.channel, &p, &opts, &r).code, calls[i].code);
            if (calls[i].code == TERN_OK) {
                assert_int_equal(r->body.len, REPLY);
                assert_int_equal(r->n_bytes, LONG);
            }
        }
    }
    end(&s);
}

static void test_server_compressed_unary(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    FOR_EACH_BUILT_IN(c)
    for (unsigned which = 0; which <= TERN_COMPRESS_NEVER; which++) {
        TERN_AUTO(press_receipt) *r = NULL;
        TERN_AUTO(tern_call_info) info = { 0 };
        press_parcel p = parcel_of(zeros, LONG, PRESS_PARCEL_EXPECTED_PLAIN);

        p.reply_size = REPLY;
        p.reply_with = (uint32_t)c;
        p.reply_which = which + 1;
        assert_int_equal(
            press_press_one(s.channel, &p, &(tern_call_opts){ .info = &info }, &r).code, TERN_OK);
        assert_int_equal(r->body.len, REPLY);
        assert_int_equal(info.n_compressed, which != TERN_COMPRESS_NEVER);
    }
    end(&s);
}

static void test_client_compressed_streaming(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    FOR_EACH_BUILT_IN(c)
    {
        TERN_AUTO(press_receipt) *r = NULL;
        tern_call_opts opts = with(c, TERN_COMPRESS_ALWAYS);
        press_parcel   first = parcel_of(zeros, 27182, PRESS_PARCEL_EXPECTED_COMPRESSED),
                     second = parcel_of(zeros, 45904, PRESS_PARCEL_EXPECTED_PLAIN);
        press_press_upload_stream *probe = press_press_upload(s.channel, &opts), *up;

        tern_stub_compress(probe, TERN_COMPRESS_NEVER);
        (void)!press_press_upload_send(probe, &first);
        assert_int_equal(press_press_upload_finish(probe, &r).code, TERN_INVALID_ARGUMENT);
        press_press_upload_stream_free(probe);

        up = press_press_upload(s.channel, &opts);
        assert_int_equal(press_press_upload_send(up, &first), TERN_OK);
        tern_stub_compress(up, TERN_COMPRESS_NEVER);
        assert_int_equal(press_press_upload_send(up, &second), TERN_OK);
        assert_int_equal(press_press_upload_finish(up, &r).code, TERN_OK);
        assert_int_equal(r->n_bytes, 73086);
        assert_int_equal(r->n_compressed, 1);
        press_press_upload_stream_free(up);
    }
    end(&s);
}

static void test_server_compressed_streaming(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    FOR_EACH_BUILT_IN(c)
    {
        press_parcel first =
                         *PRESS_PARCEL(.reply_size = 31415, .reply_which = TERN_COMPRESS_ALWAYS + 1,
                                       .reply_with = (uint32_t)c),
                     second =
                         *PRESS_PARCEL(.reply_size = 92653, .reply_which = TERN_COMPRESS_NEVER + 1);
        press_parcel *order[] = { &first, &second };
        TERN_AUTO(press_press_download_stream) *down =
            press_press_download(s.channel, PRESS_PARCELS(.parcels = order, .n_parcels = 2), NULL);
        const press_receipt *r;

        assert_non_null(r = press_press_download_next(down));
        assert_int_equal(r->body.len, 31415);
        assert_true(tern_stub_is_compressed(down));
        assert_non_null(r = press_press_download_next(down));
        assert_int_equal(r->body.len, 92653);
        assert_false(tern_stub_is_compressed(down));
        assert_null(press_press_download_next(down));
        assert_int_equal(press_press_download_status(down).code, TERN_OK);
    }
    end(&s);
}

// ---- which messages ------------------------------------------------------

static const struct {
    const char    *name;
    const uint8_t *bytes;
    size_t         len;
    tern_compress  which;
    bool           is_compressed;
} choices[] = {
    { "short", zeros, 500, TERN_COMPRESS_WORTHWHILE, false },
    { "long", zeros, 2000, TERN_COMPRESS_WORTHWHILE, true },
    { "long, and as long afterwards", noise, 2000, TERN_COMPRESS_WORTHWHILE, false },
    { "short, and sure", zeros, 500, TERN_COMPRESS_ALWAYS, true },
    { "noise, and sure", noise, 2000, TERN_COMPRESS_ALWAYS, true },
    { "long, and never", zeros, 2000, TERN_COMPRESS_NEVER, false },
    { "nothing", zeros, 0, TERN_COMPRESS_ALWAYS, false },
};

static void test_what_is_worthwhile(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    FOR_EACH_BUILT_IN(c)
    for (size_t i = 0; i < TERN_COUNT_OF(choices); i++) {
        TERN_AUTO(press_receipt) *r = NULL;
        press_parcel p = parcel_of(choices[i].bytes, choices[i].len, PRESS_PARCEL_EXPECTED_ANYHOW);
        tern_call_opts opts = with(c, choices[i].which);

        assert_int_equal(press_press_one(s.channel, &p, &opts, &r).code, TERN_OK);
        if (r->n_compressed != choices[i].is_compressed)
            fail_msg("%s: %u", choices[i].name, r->n_compressed);
    }
    end(&s);
}

static void test_options_of_channel_and_server_hold_for_calls_that_say_nothing(void **state)
{
    const tern_compression_choice choice = { TERN_COMPRESSION_ANY, TERN_COMPRESS_WORTHWHILE };
    const tern_server_opts  of_server = { .compression = choice, .compress_from_bytes = 5000 };
    const tern_channel_opts of_channel = { .compression = choice, .compress_from_bytes = 3000 };
    const bool              is_there = terni_compression_names() != NULL;
    stage                   s;

    (void)state;
    begin_with(&s, &of_server, &of_channel);
    get_to_know(&s);
    for (size_t len = 1500; len < 20000; len *= 2) {
        TERN_AUTO(press_receipt) *r = NULL;
        TERN_AUTO(tern_call_info) info = { 0 };
        press_parcel p = parcel_of(zeros, len, PRESS_PARCEL_EXPECTED_ANYHOW);

        p.reply_size = (uint32_t)len;
        assert_int_equal(
            press_press_one(s.channel, &p, &(tern_call_opts){ .info = &info }, &r).code, TERN_OK);
        assert_int_equal(r->n_compressed, is_there && len >= 3000);
        assert_int_equal(info.n_compressed, is_there && len >= 5000);
    }
    end(&s);
}

// ---- all styles ----------------------------------------------------------

typedef struct outcome outcome;
struct outcome {
    stage      *stage;
    tern_status st;
    uint64_t    n_bytes, n_compressed, n_body;
    bool        is_over;
};

static void on_receipt(tern_status st, const press_receipt *r, void *arg)
{
    outcome *o = arg;

    o->st = st;
    if (r)
        *o = (outcome){
            .st = st, .n_bytes = r->n_bytes, .n_compressed = r->n_compressed, .n_body = r->body.len
        };
    o->is_over = true;
}

static void test_callbacks(void **state)
{
    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
        press_parcel   parcel = parcel_of(zeros, LONG, PRESS_PARCEL_EXPECTED_ANYHOW);
        tern_call_opts opts = with(c, TERN_COMPRESS_ALWAYS);
        stage          s;

        parcel.reply_size = REPLY;
        parcel.reply_with = (uint32_t)c;
        begin_with(&s, NULL, &(tern_channel_opts){ .poller = p });
        for (int i = 0; i < 2; i++) {
            outcome o = { .is_over = false };

            press_press_later_async(s.channel, &parcel, &opts, on_receipt, &o);
            while (!o.is_over)
                assert_int_equal(tern_poller_step(p, -1), 0);
            assert_int_equal(o.st.code, TERN_OK);
            assert_int_equal(o.n_bytes, LONG);
            assert_int_equal(o.n_body, REPLY);
            assert_int_equal(o.n_compressed, 1);
        }
        tern_channel_free(s.channel);
        s.channel = NULL;
        assert_int_equal(tern_poller_run_until_idle(p), 0);
        end(&s);
    }
}

static void talk(void *arg)
{
    stage *s = arg;

    FOR_EACH_BUILT_IN(c)
    {
        tern_call_opts opts = with(c, TERN_COMPRESS_ALWAYS);
        TERN_AUTO(press_press_both_stream) *io = press_press_both(s->channel, &opts);

        for (unsigned i = 0; i < 20; i++) {
            press_parcel p =
                parcel_of(zeros, i * 5000 + 1,
                          i % 3 ? PRESS_PARCEL_EXPECTED_COMPRESSED : PRESS_PARCEL_EXPECTED_PLAIN);
            const press_receipt *r;

            p.reply_size = 1 + i * 7000;
            p.reply_with = i ? 0 : (uint32_t)c;
            p.reply_which = 1 + (i % 2 ? TERN_COMPRESS_ALWAYS : TERN_COMPRESS_NEVER);
            tern_stub_compress(io, i % 3 ? TERN_COMPRESS_ALWAYS : TERN_COMPRESS_NEVER);
            TERN_ASSERT(press_press_both_send(io, &p) == TERN_OK);
            r = press_press_both_next(io);
            TERN_ASSERT(r && r->body.len == p.reply_size && r->n_bytes == p.body.len);
            TERN_ASSERT(tern_stub_is_compressed(io) == (i % 2 == 1));
        }
        press_press_both_close_send(io);
        TERN_ASSERT(!press_press_both_next(io));
        TERN_ASSERT(press_press_both_status(io).code == TERN_OK);
    }
}

static void test_streams_both_ways_on_a_thread(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    talk(&s);
    end(&s);
}

static void talk_on_fiber(void *arg)
{
    stage *s = arg;

    s->channel = host_connect(s->host.address, NULL);
    TERN_AUTO(press_receipt) *r = NULL;
    TERN_ASSERT(press_press_one(s->channel, PRESS_PARCEL(), NULL, &r).code == TERN_OK);
    talk(s);
    tern_channel_free(s->channel);
    s->channel = NULL;
}

static void test_streams_both_ways_on_a_fiber(void **state)
{
    stage s = { .host = { .add_services = press_add } };
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);

    (void)state;
    host_start(&s.host);
    assert_int_equal(tern_fiber_spawn(p, talk_on_fiber, &s, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    end(&s);
}

// ---- limits --------------------------------------------------------------

static void test_bomb_ends_its_call(void **state)
{
    const tern_server_opts  few = { .max_message_bytes = 100000 };
    const tern_channel_opts also_few = { .max_message_bytes = 100000 };
    stage                   s;

    (void)state;
    begin_with(&s, &few, &also_few);
    get_to_know(&s);
    FOR_EACH_BUILT_IN(c)
    {
        TERN_AUTO(press_receipt) *r = NULL;
        tern_call_opts             opts = with(c, TERN_COMPRESS_ALWAYS);
        press_parcel               p = parcel_of(zeros, LONG, PRESS_PARCEL_EXPECTED_ANYHOW);
        press_press_upload_stream *up;
        tern_status                st;

        st = press_press_one(s.channel, &p, &opts, &r);
        assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
        assert_string_equal(st.msg, "a message is larger than max_message when it is decompressed");

        up = press_press_upload(s.channel, &opts);
        (void)!press_press_upload_send(up, &p);
        assert_int_equal(press_press_upload_finish(up, &r).code, TERN_RESOURCE_EXHAUSTED);
        press_press_upload_stream_free(up);

        p = *PRESS_PARCEL(.reply_size = REPLY, .reply_with = (uint32_t)c);
        st = press_press_one(s.channel, &p, NULL, &r);
        assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
        assert_string_equal(st.msg, "a message is larger than max_message when it is decompressed");
        get_to_know(&s);  // the connection lives
    }
    end(&s);
}

static void test_memory_of_messages_is_the_servers_limit(void **state)
{
    const tern_server_opts few = { .max_memory_bytes = 100000 };
    stage                  s;

    (void)state;
    begin_with(&s, &few, NULL);
    get_to_know(&s);
    FOR_EACH_BUILT_IN(c)
    {
        TERN_AUTO(press_receipt) *r = NULL;
        tern_call_opts opts = with(c, TERN_COMPRESS_ALWAYS);
        press_parcel   p = parcel_of(zeros, LONG, PRESS_PARCEL_EXPECTED_ANYHOW);

        for (int i = 0; i < 3; i++) {
            assert_int_equal(press_press_one(s.channel, &p, &opts, &r).code,
                             TERN_RESOURCE_EXHAUSTED);
            p.body.len =
                60000;  // which would not fit a second time if the first had not been given back
            assert_int_equal(press_press_one(s.channel, &p, &opts, &r).code, TERN_OK);
            press_receipt_free(r);
            r = NULL;
            p.body.len = LONG;
        }
    }
    end(&s);
}

static int prepare(void **state)
{
    uint32_t x = 1;

    (void)state;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    warm_up(&press_press_service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_client_compressed_unary),
        TERN_TEST(test_server_compressed_unary),
        TERN_TEST(test_client_compressed_streaming),
        TERN_TEST(test_server_compressed_streaming),
        TERN_TEST(test_what_is_worthwhile),
        TERN_TEST(test_options_of_channel_and_server_hold_for_calls_that_say_nothing),
        TERN_TEST(test_callbacks),
        TERN_TEST(test_streams_both_ways_on_a_thread),
        TERN_TEST(test_streams_both_ways_on_a_fiber),
        TERN_TEST(test_bomb_ends_its_call),
        TERN_TEST(test_memory_of_messages_is_the_servers_limit),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
