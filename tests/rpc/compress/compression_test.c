// Each encoding that is built in: there and back, and what a peer may send instead of a message.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/compress/compression_internal.h"

enum { MANY = 64 * 1024 * 1024 };

static const tern_compression all[] = { TERN_COMPRESSION_GZIP, TERN_COMPRESSION_DEFLATE,
                                        TERN_COMPRESSION_ZSTD };

#define FOR_EACH_BUILT_IN(c)                                                                       \
    for (size_t c##_at = 0; c##_at < TERN_COUNT_OF(all); c##_at++)                                 \
        for (const terni_compression *c = terni_compression_get(all[c##_at]); c; c = NULL)

// ---- bytes ---------------------------------------------------------------

// Like what people send: the same words in another order.
static uint8_t *make_text(size_t len)
{
    static const char *const words[] = { "{\"name\": ", "\"value\": ", "1234, ", "}, ", "true" };
    uint8_t                 *text = malloc(len + 16);
    uint32_t                 state = 1;
    size_t                   at = 0;

    assert_non_null(text);
    while (at < len) {
        const char *word;

        state = state * 1664525 + 1013904223;
        word = words[(state >> 24) % TERN_COUNT_OF(words)];
        memcpy(text + at, word, strlen(word));
        at += strlen(word);
    }
    return text;
}

static uint8_t *make_noise(size_t len)
{
    uint8_t *noise = malloc(len + 1);
    uint64_t state = 7;

    assert_non_null(noise);
    for (size_t i = 0; i < len; i++)
        noise[i] = (uint8_t)((state = state * 6364136223846793005u + 1442695040888963407u) >> 56);
    return noise;
}

static void put(tern_linkbuf *b, const uint8_t *bytes, size_t len)
{
    tern_linkbuf_init(b, NULL);
    assert_int_equal(len ? tern_linkbuf_append(b, bytes, len) : 0, 0);
}

// In as many segments as `cut` makes of it.
static void put_in_segments(tern_linkbuf *b, const uint8_t *bytes, size_t len, size_t cut)
{
    tern_linkbuf_init(b, NULL);
    for (size_t at = 0; at < len; at += cut)
        assert_int_equal(
            tern_linkbuf_append_ref(b, bytes + at, len - at < cut ? len - at : cut, NULL, NULL), 0);
}

typedef struct packed packed;
struct packed {
    tern_linkbuf   buf;
    const uint8_t *bytes;
    size_t         len;
};

static void pack(packed *p, const terni_compression *c, const uint8_t *bytes, size_t len)
{
    tern_linkbuf in;

    put(&in, bytes, len);
    tern_linkbuf_init(&p->buf, NULL);
    assert_int_equal(terni_compression_pack(c, &in, &p->buf), 0);
    assert_int_equal(in.len, len);
    p->len = p->buf.len;
    p->bytes = tern_linkbuf_peek(&p->buf, p->len);
    assert_non_null(p->bytes);
    tern_linkbuf_done(&in);
}

static void drop(packed *p) { tern_linkbuf_done(&p->buf); }

// How it ends; what it gives is forgotten.
static int unpack(const terni_compression *c, const uint8_t *bytes, size_t len, uint64_t max)
{
    tern_linkbuf out;
    int          err;

    tern_linkbuf_init(&out, NULL);
    err = terni_compression_unpack(c, bytes, len, max, NULL, &out);
    assert_true(err == 0 || out.len == 0);
    assert_true(out.len <= max);
    tern_linkbuf_done(&out);
    return err;
}

static void check_round_trip(const terni_compression *c, const uint8_t *bytes, size_t len)
{
    packed       p;
    tern_linkbuf out;

    pack(&p, c, bytes, len);
    tern_linkbuf_init(&out, NULL);
    assert_int_equal(terni_compression_unpack(c, p.bytes, p.len, len, NULL, &out), 0);
    assert_int_equal(out.len, len);
    if (len)
        assert_memory_equal(tern_linkbuf_peek(&out, len), bytes, len);
    tern_linkbuf_done(&out);
    drop(&p);
}

// ---- which ---------------------------------------------------------------

static void test_names_are_found_again(void **state)
{
    const char *names = terni_compression_names();
    unsigned    set = names ? terni_compression_parse(names, strlen(names)) : 0;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(all); i++) {
        const terni_compression *c = terni_compression_get(all[i]);

        assert_true(!c == !(set & terni_compression_bit(all[i])));
        if (c)
            assert_int_equal(terni_compression_find(c->name, strlen(c->name)), all[i]);
    }
    assert_null(terni_compression_get(TERN_COMPRESSION_DEFAULT));
    assert_null(terni_compression_get(TERN_COMPRESSION_NONE));
    assert_null(terni_compression_get(TERN_COMPRESSION_ANY));
    assert_null(terni_compression_get((tern_compression)77));
}

static void test_what_packs_nothing_and_what_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(terni_compression_find("identity", 8), TERN_COMPRESSION_NONE);
    assert_int_equal(terni_compression_find("", 0), TERN_COMPRESSION_NONE);
    assert_int_equal(terni_compression_find("snappy", 6), TERN_COMPRESSION_DEFAULT);
    assert_int_equal(terni_compression_find("gzipp", 5), TERN_COMPRESSION_DEFAULT);
    assert_int_equal(terni_compression_find("gzi", 3), TERN_COMPRESSION_DEFAULT);
}

static unsigned parse(const char *list) { return terni_compression_parse(list, strlen(list)); }

static void test_lists_as_peers_write_them(void **state)
{
    const unsigned none = terni_compression_bit(TERN_COMPRESSION_NONE),
                   unknown = terni_compression_bit(TERN_COMPRESSION_DEFAULT), gzip = parse("gzip"),
                   deflate = parse("deflate");

    (void)state;
    assert_int_equal(parse(""), 0);
    assert_int_equal(parse("identity, deflate, gzip"), none | gzip | deflate);
    assert_int_equal(parse("identity,deflate,gzip"), none | gzip | deflate);
    assert_int_equal(parse("br,  gzip  "), unknown | gzip);
    assert_int_equal(parse(",,gzip,"), none | gzip);
    assert_int_equal(parse("   "), none);
}

static void test_choice_is_what_is_wanted_if_it_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(all); i++) {
        tern_compression c = all[i], there = terni_compression_get(c) ? c : TERN_COMPRESSION_NONE;
        unsigned         bit = terni_compression_bit(c);

        assert_int_equal(terni_compression_choose(c, ~0u), there);
        assert_int_equal(terni_compression_choose(c, bit), there);
        assert_int_equal(terni_compression_choose(c, ~bit), TERN_COMPRESSION_NONE);
        assert_int_equal(terni_compression_choose(TERN_COMPRESSION_ANY, bit), there);
        assert_int_equal(terni_compression_choose(TERN_COMPRESSION_NONE, bit),
                         TERN_COMPRESSION_NONE);
        assert_int_equal(terni_compression_choose(TERN_COMPRESSION_DEFAULT, bit),
                         TERN_COMPRESSION_NONE);
    }
}

// ---- there and back ------------------------------------------------------

static void test_round_trips_of_every_kind_of_length(void **state)
{
    static const size_t lengths[] = { 0,    1,     2,     511,    512,    513,    4096,
                                      5000, 32767, 65536, 100000, 262144, 1000003 };
    uint8_t            *text = make_text(1000003), *noise = make_noise(1000003);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    for (size_t i = 0; i < TERN_COUNT_OF(lengths); i++) {
        check_round_trip(c, text, lengths[i]);
        check_round_trip(c, noise, lengths[i]);
    }
    free(text);
    free(noise);
}

static void test_segments_make_no_difference(void **state)
{
    uint8_t *text = make_text(10000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    for (size_t cut = 1; cut < 10000; cut = cut * 7 + 1) {
        tern_linkbuf in, out, back;

        put_in_segments(&in, text, 10000, cut);
        tern_linkbuf_init(&out, NULL);
        tern_linkbuf_init(&back, NULL);
        assert_int_equal(terni_compression_pack(c, &in, &out), 0);
        assert_int_equal(terni_compression_unpack(c, tern_linkbuf_peek(&out, out.len), out.len,
                                                  10000, NULL, &back),
                         0);
        assert_int_equal(back.len, 10000);
        assert_memory_equal(tern_linkbuf_peek(&back, 10000), text, 10000);
        tern_linkbuf_done(&in);
        tern_linkbuf_done(&out);
        tern_linkbuf_done(&back);
    }
    free(text);
}

static void test_text_gets_shorter(void **state)
{
    uint8_t *text = make_text(10000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        packed p;

        pack(&p, c, text, 10000);
        assert_in_range(p.len, 100, 4000);
        drop(&p);
    }
    free(text);
}

// What others would take it for.
static void test_beginnings_are_those_of_the_formats(void **state)
{
    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        packed p;

        pack(&p, c, (const uint8_t *)"hello", 5);
        if (strcmp(c->name, "gzip") == 0)
            assert_memory_equal(p.bytes, "\x1f\x8b\x08", 3);
        else if (strcmp(c->name, "deflate") == 0)
            assert_true((p.bytes[0] & 15) == 8 && (p.bytes[0] << 8 | p.bytes[1]) % 31 == 0);
        else
            assert_memory_equal(p.bytes, "\x28\xb5\x2f\xfd", 4);
        drop(&p);
    }
}

// ---- limits --------------------------------------------------------------

static void test_message_may_be_just_as_long_as_the_limit(void **state)
{
    uint8_t *text = make_text(70000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    for (size_t len = 1; len < 70000; len = len * 3 + 1) {
        packed p;

        pack(&p, c, text, len);
        assert_int_equal(unpack(c, p.bytes, p.len, len), 0);
        assert_int_equal(unpack(c, p.bytes, p.len, len - 1), -EMSGSIZE);
        drop(&p);
    }
    free(text);
}

static void test_bytes_are_counted_as_they_come(void **state)
{
    uint8_t *text = make_text(100000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        terni_quota  few = { .max = 50000 }, enough = { .max = 200000 };
        tern_linkbuf out;
        packed       p;

        pack(&p, c, text, 100000);
        tern_linkbuf_init(&out, NULL);
        assert_int_equal(terni_compression_unpack(c, p.bytes, p.len, MANY, &few, &out), -EDQUOT);
        assert_int_equal(few.used, 0);
        assert_int_equal(out.len, 0);
        assert_int_equal(terni_compression_unpack(c, p.bytes, p.len, MANY, &enough, &out), 0);
        assert_int_equal(enough.used, 100000);
        tern_linkbuf_done(&out);
        drop(&p);
    }
    free(text);
}

// Of a frame that says it wants to remember 32 MiB.
static void test_zstd_remembers_so_much_and_no_more(void **state)
{
    static const uint8_t frame[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 15 << 3, 1, 0, 0 },
                         small[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3, 1, 0, 0 };
    const terni_compression *c = terni_compression_get(TERN_COMPRESSION_ZSTD);

    (void)state;
    if (!c)
        return;
    assert_int_equal(unpack(c, small, sizeof small, 100), 0);
    assert_int_equal(unpack(c, frame, sizeof frame, 100), -EBADMSG);
}

// ---- what is broken ------------------------------------------------------

static void test_beginning_of_a_message_is_none(void **state)
{
    uint8_t *text = make_text(3000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        packed p;

        pack(&p, c, text, 3000);
        for (size_t len = 0; len < p.len; len++) {
            assert_int_equal(unpack(c, p.bytes, len, MANY), -EBADMSG);
            assert_int_not_equal(unpack(c, p.bytes, len, 3000), 0);
        }
        drop(&p);
    }
    free(text);
}

static void test_nothing_may_stand_behind_it(void **state)
{
    uint8_t *text = make_text(3000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        uint8_t *twice;
        packed   p;

        pack(&p, c, text, 3000);
        twice = malloc(2 * p.len);
        memcpy(twice, p.bytes, p.len);
        memcpy(twice + p.len, p.bytes, p.len);
        assert_int_equal(unpack(c, twice, p.len, MANY), 0);
        assert_int_equal(unpack(c, twice, p.len + 1, MANY), -EBADMSG);
        assert_int_equal(unpack(c, twice, 2 * p.len, MANY), -EBADMSG);
        free(twice);
        drop(&p);
    }
    free(text);
}

// gzip and deflate notice any change but of what gzip only tells people; zstd, without a checksum, is only asked
// to stay within its limits.
static void test_each_byte_may_be_wrong(void **state)
{
    uint8_t *text = make_text(2000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        size_t  n_noticed = 0;
        packed  p;
        uint8_t bytes[2000];

        pack(&p, c, text, 2000);
        memcpy(bytes, p.bytes, p.len);
        for (size_t i = 0; i < p.len; i++)
            for (unsigned bit = 0; bit < 8; bit++) {
                int err;

                bytes[i] ^= (uint8_t)(1u << bit);
                err = unpack(c, bytes, p.len, 5000);
                bytes[i] ^= (uint8_t)(1u << bit);
                assert_true(err == 0 || err == -EBADMSG || err == -EMSGSIZE);
                n_noticed += err != 0;
            }
        assert_true(n_noticed >= 8 * (p.len - (strcmp(c->name, "zstd") ? 10 : p.len * 3 / 4)));
        drop(&p);
    }
    free(text);
}

static void test_other_encodings_are_not_taken_for_ones_own(void **state)
{
    (void)state;
    FOR_EACH_BUILT_IN(c)
    {
        packed p;

        pack(&p, c, (const uint8_t *)"hello", 5);
        FOR_EACH_BUILT_IN(other)
        assert_int_equal(unpack(other, p.bytes, p.len, 100), other == c ? 0 : -EBADMSG);
        drop(&p);
    }
}

// ---- memory --------------------------------------------------------------

typedef struct trip trip;
struct trip {
    const terni_compression *c;
    const uint8_t           *text;
};

static void go_there_and_back(void *arg)
{
    const trip  *t = arg;
    tern_linkbuf in, out, back;
    int          err;

    tern_linkbuf_init(&in, NULL);
    tern_linkbuf_init(&out, NULL);
    tern_linkbuf_init(&back, NULL);
    err = tern_linkbuf_append(&in, t->text, 200000);
    if (err == 0)
        err = terni_compression_pack(t->c, &in, &out);
    if (err == 0) {
        const uint8_t *bytes = tern_linkbuf_peek(&out, out.len);

        err = bytes ? terni_compression_unpack(t->c, bytes, out.len, MANY, NULL, &back) : -ENOMEM;
    }
    assert_true(err == 0 ? back.len == 200000 : err == -ENOMEM && fail_malloc_has_failed());
    tern_linkbuf_done(&in);
    tern_linkbuf_done(&out);
    tern_linkbuf_done(&back);
}

static void test_any_allocation_may_fail(void **state)
{
    uint8_t *text = make_text(200000);

    (void)state;
    FOR_EACH_BUILT_IN(c)
    assert_true(for_each_failed_allocation(go_there_and_back, &(trip){ c, text }) > 5);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_names_are_found_again),
        TERN_TEST(test_what_packs_nothing_and_what_is_unknown),
        TERN_TEST(test_lists_as_peers_write_them),
        TERN_TEST(test_choice_is_what_is_wanted_if_it_is_allowed),
        TERN_TEST(test_round_trips_of_every_kind_of_length),
        TERN_TEST(test_segments_make_no_difference),
        TERN_TEST(test_text_gets_shorter),
        TERN_TEST(test_beginnings_are_those_of_the_formats),
        TERN_TEST(test_message_may_be_just_as_long_as_the_limit),
        TERN_TEST(test_bytes_are_counted_as_they_come),
        TERN_TEST(test_zstd_remembers_so_much_and_no_more),
        TERN_TEST(test_beginning_of_a_message_is_none),
        TERN_TEST(test_nothing_may_stand_behind_it),
        TERN_TEST(test_each_byte_may_be_wrong),
        TERN_TEST(test_other_encodings_are_not_taken_for_ones_own),
        TERN_TEST(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
