// A message on its way out, packed or as it is; and one that has come so, unpacked to be read.
#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include "rpc/session/packed_internal.h"
#include "rpc/session/unpacked_internal.h"

enum { LONG = 20000 };

static const uint8_t zeros[LONG];

// The first that is built in; NONE: there is none.
static tern_compression some(void) { return terni_compression_choose(TERN_COMPRESSION_ANY, ~0u); }

static void put(tern_linkbuf *b, size_t len)
{
    tern_linkbuf_init(b, NULL);
    assert_int_equal(len ? tern_linkbuf_append_ref(b, zeros, len, NULL, NULL) : 0, 0);
}

static const struct {
    size_t        len;
    tern_compress which;
    bool          is_compressed;
} choices[] = {
    { 999, TERN_COMPRESS_WORTHWHILE, false }, { 1000, TERN_COMPRESS_WORTHWHILE, true },
    { 1, TERN_COMPRESS_ALWAYS, true },        { 0, TERN_COMPRESS_ALWAYS, false },
    { LONG, TERN_COMPRESS_NEVER, false },
};

static void test_body_may_be_taken_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(choices) && some() > TERN_COMPRESSION_NONE; i++) {
        const terni_packing how = { some(), choices[i].which, 1000 };
        tern_linkbuf        encoded, out;
        terni_packed        p;

        put(&encoded, choices[i].len);
        tern_linkbuf_init(&out, NULL);
        assert_int_equal(terni_packed_init_encoded(&p, NULL, &how, &encoded), 0);
        assert_int_equal(p.body.is_compressed, choices[i].is_compressed);
        assert_int_equal(encoded.len, choices[i].len);
        tern_linkbuf_done(&encoded);
        for (unsigned n = 1; n <= 3 && p.body.size; n++) {
            assert_int_equal(p.body.write(&p.body, &out), 0);
            assert_int_equal(out.len, n * p.body.size);
        }
        terni_packed_done(&p);
        tern_linkbuf_done(&out);
    }
}

// ---- what comes ----------------------------------------------------------

static tern_code code_of(tern_compression with, const uint8_t *bytes, size_t len, uint64_t max)
{
    const terni_unpacking how = { .with = with, .max_message = max };
    const terni_piece     piece = { bytes, len, NULL, true };
    terni_unpacked        u;
    tern_status           st = terni_unpacked_init(&u, &how, &piece);

    if (st.code == TERN_OK)
        terni_unpacked_done(&u);
    else
        assert_true(st.msg[0] != '\0');
    return st.code;
}

static void test_what_is_wrong_is_the_calls_status(void **state)
{
    const terni_packing how = { some(), TERN_COMPRESS_ALWAYS, 0 };
    tern_linkbuf        encoded;
    const uint8_t      *bytes;
    terni_packed        p;

    (void)state;
    assert_int_equal(code_of(TERN_COMPRESSION_NONE, zeros, 5, LONG), TERN_INTERNAL);
    assert_int_equal(code_of(TERN_COMPRESSION_DEFAULT, zeros, 5, LONG), TERN_INTERNAL);
    if (some() == TERN_COMPRESSION_NONE)
        return;
    put(&encoded, LONG);
    assert_int_equal(terni_packed_init_encoded(&p, NULL, &how, &encoded), 0);
    bytes = tern_linkbuf_peek(&p.bytes, p.bytes.len);
    assert_int_equal(code_of(some(), bytes, p.bytes.len, LONG), TERN_OK);
    assert_int_equal(code_of(some(), bytes, p.bytes.len, LONG - 1), TERN_RESOURCE_EXHAUSTED);
    assert_int_equal(code_of(some(), bytes, p.bytes.len - 1, LONG), TERN_INTERNAL);
    assert_int_equal(code_of(some(), zeros, 5, LONG), TERN_INTERNAL);
    assert_int_equal(code_of(some(), zeros, 0, LONG), TERN_OK);  // marked, and empty
    terni_packed_done(&p);
    tern_linkbuf_done(&encoded);
}

// ---- memory --------------------------------------------------------------

static void read_again(const terni_packed *p)
{
    terni_quota           quota = { .max = 10 * LONG };
    const terni_unpacking how = { .with = some(), .max_message = LONG, .quota = &quota };
    const uint8_t    *bytes = tern_linkbuf_peek((tern_linkbuf *)(uintptr_t)&p->bytes, p->bytes.len);
    const terni_piece piece = { bytes, p->bytes.len, NULL, true };
    terni_unpacked    u;
    tern_status       st;

    if (!bytes)
        return;
    st = terni_unpacked_init(&u, &how, &piece);
    assert_true(st.code == TERN_OK || fail_malloc_has_failed());
    if (st.code == TERN_OK) {
        assert_int_equal(u.piece.len, LONG);
        assert_memory_equal(u.piece.data, zeros, LONG);
        assert_int_equal(quota.used, LONG);
        terni_unpacked_done(&u);
    }
    assert_int_equal(quota.used, 0);
}

static void go_and_come(void *arg)
{
    const terni_packing how = { some(), TERN_COMPRESS_ALWAYS, 0 };
    tern_linkbuf        encoded, out;
    terni_packed        p;

    (void)arg;
    tern_linkbuf_init(&encoded, NULL);
    tern_linkbuf_init(&out, NULL);
    if (tern_linkbuf_append(&encoded, zeros, LONG) == 0 &&
        terni_packed_init_encoded(&p, NULL, &how, &encoded) == 0) {
        if (p.body.write(&p.body, &out) < 0)
            assert_true(fail_malloc_has_failed() && out.len == 0);
        read_again(&p);
        terni_packed_done(&p);
    } else {
        assert_true(fail_malloc_has_failed());
    }
    tern_linkbuf_done(&encoded);
    tern_linkbuf_done(&out);
}

static void test_any_allocation_may_fail(void **state)
{
    (void)state;
    if (some() > TERN_COMPRESSION_NONE)
        assert_true(for_each_failed_allocation(go_and_come, NULL) > 5);
}

// ---- options -------------------------------------------------------------

static void test_lists_of_users_become_ours(void **state)
{
    const char *all = terni_compression_names(), *list;
    char        room[TERNI_MAX_ENCODINGS];

    (void)state;
    assert_null(terni_encodings_read(room, "", &list));
    assert_null(list);
    assert_null(terni_encodings_read(room, " identity , ", &list));
    assert_null(list);
    assert_non_null(terni_encodings_read(room, "gzip,lzma", &list));
    if (!all)
        return;
    assert_null(terni_encodings_read(room, all, &list));
    assert_int_equal(strlen(list), strlen(all));
    assert_int_equal(terni_compression_parse(list, strlen(list)),
                     terni_compression_parse(all, strlen(all)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_body_may_be_taken_again),
        TERN_TEST(test_what_is_wrong_is_the_calls_status),
        TERN_TEST(test_any_allocation_may_fail),
        TERN_TEST(test_lists_of_users_become_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
