// Who may compress with what: nothing is sent to a peer that it has not said it can read, but by gRPC's clients
// until they are told.
#include "tests/rpc/packing/press.h"

#include "tests/support/leak.h"

#include <string.h>

#include "rpc/compress/compression_internal.h"
#include "tests/rpc/support/warm_up.h"

enum { LONG = 50000 };

static uint8_t zeros[LONG];

// Is each that the list names built in? Then what is expected of it can come true.
static bool are_there(const char *list)
{
    const unsigned unknown = terni_compression_bit(TERN_COMPRESSION_DEFAULT);

    return !(terni_compression_parse(list, strlen(list)) & unknown);
}

typedef struct meeting meeting;
struct meeting {
    host          host;
    tern_channel *channel;
};

static void begin(meeting *m, const char *server_reads, const char *client_reads)
{
    *m = (meeting){ .host = { .add_services = press_add, .opts.encodings = server_reads } };
    host_start(&m->host);
    m->channel = host_connect(m->host.address, &(tern_channel_opts){ .encodings = client_reads });
}

static void end(meeting *m)
{
    tern_channel_free(m->channel);
    host_end(&m->host);
}

// ---- requests ------------------------------------------------------------

enum { PLAIN, PACKED, REFUSED };

static const struct {
    const char      *server_reads;  // NULL: all that is there
    tern_compression wanted;
    const char      *needs;
    int              native, grpc[2];  // whose server is known from its first answer on
} requests[] = {
    { NULL, TERN_COMPRESSION_GZIP, "gzip", PACKED, { PACKED, PACKED } },
    { NULL, TERN_COMPRESSION_ANY, "gzip", PACKED, { PACKED, PACKED } },
    { "gzip", TERN_COMPRESSION_GZIP, "gzip", PACKED, { PACKED, PACKED } },
    { "zstd,gzip", TERN_COMPRESSION_ZSTD, "gzip,zstd", PACKED, { PACKED, PACKED } },
    { "deflate", TERN_COMPRESSION_GZIP, "gzip", PLAIN, { REFUSED, PLAIN } },
    { "deflate", TERN_COMPRESSION_ANY, "gzip", PACKED, { REFUSED, PACKED } },
    { "", TERN_COMPRESSION_GZIP, "gzip", PLAIN, { REFUSED, PLAIN } },
    { "", TERN_COMPRESSION_ANY, "gzip", PLAIN, { REFUSED, PLAIN } },
    { NULL, TERN_COMPRESSION_NONE, "identity", PLAIN, { PLAIN, PLAIN } },
    { NULL, TERN_COMPRESSION_DEFAULT, "identity", PLAIN, { PLAIN, PLAIN } },
};

static void check_request(meeting *m, size_t i, unsigned nth)
{
    int            expected = host_speaks_grpc() ? requests[i].grpc[nth] : requests[i].native;
    tern_call_opts opts = { .compression = { requests[i].wanted, TERN_COMPRESS_ALWAYS } };
    TERN_AUTO(press_receipt) *r = NULL;
    tern_status st = press_press_one(m->channel, PRESS_PARCEL(.body = { LONG, zeros }), &opts, &r);

    if (expected == REFUSED) {
        assert_int_equal(st.code, TERN_UNIMPLEMENTED);
        assert_non_null(
            strstr(st.msg, requests[i].server_reads[0] ? requests[i].server_reads : "identity"));
    } else {
        assert_int_equal(st.code, TERN_OK);
        if (r->n_compressed != (expected == PACKED))
            fail_msg("row %zu, call %u: %u", i, nth, r->n_compressed);
    }
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(requests); i++) {
        meeting m;

        if (!are_there(requests[i].needs))
            continue;
        begin(&m, requests[i].server_reads, NULL);
        check_request(&m, i, 0);
        check_request(&m, i, 1);
        end(&m);
    }
}

// ---- replies -------------------------------------------------------------

static const struct {
    const char      *client_reads;
    tern_compression wanted;
    const char      *needs;
    bool             is_packed;
} replies[] = {
    { NULL, TERN_COMPRESSION_GZIP, "gzip", true },
    { "gzip", TERN_COMPRESSION_GZIP, "gzip", true },
    { "deflate", TERN_COMPRESSION_GZIP, "gzip", false },
    { "deflate", TERN_COMPRESSION_ANY, "deflate", true },
    { "zstd", TERN_COMPRESSION_ANY, "zstd", true },
    { "", TERN_COMPRESSION_ANY, "identity", false },
    { NULL, TERN_COMPRESSION_NONE, "identity", false },
};

static void test_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(replies); i++) {
        meeting m;

        if (!are_there(replies[i].needs))
            continue;
        begin(&m, NULL, replies[i].client_reads);
        for (unsigned nth = 0; nth < 2;
             nth++) {  // a server knows its client from the first call on
            TERN_AUTO(press_receipt) *r = NULL;
            TERN_AUTO(tern_call_info) info = { 0 };
            press_parcel *p = PRESS_PARCEL(.reply_size = LONG, .reply_with = replies[i].wanted,
                                           .reply_which = TERN_COMPRESS_ALWAYS + 1);

            assert_int_equal(
                press_press_one(m.channel, p, &(tern_call_opts){ .info = &info }, &r).code,
                TERN_OK);
            assert_int_equal(r->body.len, LONG);
            if (info.n_compressed != replies[i].is_packed)
                fail_msg("row %zu, call %u: %d", i, nth, (int)info.n_compressed);
        }
        end(&m);
    }
}

// ---- what is no choice ---------------------------------------------------

static tern_status status_of(const tern_channel_opts *of_channel, const tern_call_opts *of_call)
{
    TERN_AUTO(press_receipt) *r = NULL;
    meeting     m = { .host.add_services = press_add };
    tern_status st;

    host_start(&m.host);
    m.channel = host_connect(m.host.address, of_channel);
    st = press_press_one(m.channel, PRESS_PARCEL(), of_call, &r);
    end(&m);
    return st;
}

static void test_what_is_unknown_is_refused(void **state)
{
    const tern_compression_choice odd = { (tern_compression)99, TERN_COMPRESS_ALWAYS };

    (void)state;
    assert_int_equal(status_of(&(tern_channel_opts){ .compression = odd }, NULL).code,
                     TERN_INVALID_ARGUMENT);
    assert_int_equal(status_of(NULL, &(tern_call_opts){ .compression = odd }).code,
                     TERN_INVALID_ARGUMENT);
    assert_int_equal(status_of(&(tern_channel_opts){ .encodings = "gzip,lzma" }, NULL).code,
                     TERN_INVALID_ARGUMENT);
}

static void test_server_with_unknown_ones_does_not_start(void **state)
{
    const tern_server_opts odd[] = { { .encodings = "snappy" },
                                     { .compression.with = (tern_compression)99 } };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(odd); i++) {
        TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:0", &odd[i]);

        assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_INVALID_ARGUMENT);
    }
}

static void test_too_late_is_a_failure(void **state)
{
    press_parcel first = *PRESS_PARCEL(.reply_size = 10),
                 late = *PRESS_PARCEL(.reply_with = TERN_COMPRESSION_NONE);
    press_parcel *order[] = { &first, &late };
    meeting       m;

    (void)state;
    begin(&m, NULL, NULL);
    press_press_download_stream *down =
        press_press_download(m.channel, PRESS_PARCELS(.parcels = order, .n_parcels = 2), NULL);
    assert_non_null(press_press_download_next(down));
    assert_int_equal(press_press_download_status(down).code, TERN_FAILED_PRECONDITION);
    press_press_download_stream_free(down);
    end(&m);
}

static int prepare(void **state)
{
    (void)state;
    warm_up(&press_press_service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_requests),
        TERN_TEST(test_replies),
        TERN_TEST(test_what_is_unknown_is_refused),
        TERN_TEST(test_server_with_unknown_ones_does_not_start),
        TERN_TEST(test_too_late_is_a_failure),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
