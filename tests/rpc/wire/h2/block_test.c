// Header blocks as our side writes them, read by our decoder: numbers of every length, and which entries go in.
#include "tests/support/leak.h"

#include <string.h>

#include "rpc/wire/h2/block_internal.h"
#include "rpc/wire/h2/hpack_internal.h"

// As RFC 7541, section 5.1, reads it.
static uint32_t read_int(const uint8_t **p, unsigned prefix_bits)
{
    uint32_t most = (1u << prefix_bits) - 1, value = *(*p)++ & most;

    if (value < most)
        return value;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *(*p)++;

        value += (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

static void test_numbers_around_every_length_come_back(void **state)
{
    (void)state;
    for (unsigned bits = 4; bits <= 7; bits++)
        for (unsigned at = 0; at < 32; at++)
            for (int d = -130; d <= 130; d++) {
                uint32_t       value = (1u << at) + (uint32_t)d;
                uint8_t        room[H2_MAX_INT + 1];
                unsigned       first = 0xff & ~((1u << bits) - 1);
                uint8_t       *end = h2_put_int(room, first, bits, value);
                const uint8_t *p = room;

                assert_in_range(end - room, 1, H2_MAX_INT);
                assert_int_equal(read_int(&p, bits), value);
                assert_ptr_equal(p, end);
                assert_int_equal(room[0] >> bits, first >> bits);
            }
}

static void test_table_takes_what_the_peers_holds_and_no_more(void **state)
{
    h2_table t = { 0 };

    (void)state;
    assert_int_equal(h2_table_add(&t, 2000, 2065), 0);
    assert_int_equal(h2_table_add(&t, 10, 1000), 1);
    assert_int_equal(h2_table_add(&t, 1000, 1990), 2);
    assert_int_equal(t.size, 10 + 1000 + 1000 + 1990 + 64);
    assert_int_equal(h2_table_add(&t, 0, 1), 0);
    assert_int_equal(h2_table_add(&t, 0, 0), 3);
    assert_int_equal(t.size, H2_FIRST_TABLE);
    assert_int_equal(h2_table_index(&t, 1), 64);
    assert_int_equal(h2_table_index(&t, 3), 62);
    h2_table_shut(&t);
    assert_int_equal(h2_table_add(&t, 1, 1), 0);
}

typedef struct seen seen;
struct seen {
    char     text[4096];
    unsigned n;
};

static void see(void *arg, const terni_hpack_field *f)
{
    seen *s = arg;

    memcpy(s->text + strlen(s->text), f->name, f->name_len);
    memcpy(s->text + strlen(s->text), "=", 1);
    memcpy(s->text + strlen(s->text), f->value, f->value_len);
    memcpy(s->text + strlen(s->text), " ", 1);
    s->n++;
}

static void decodes(terni_hpack *d, const uint8_t *from, const uint8_t *to, const char *expected)
{
    static seen s;

    memset(&s, 0, sizeof s);
    assert_int_equal(terni_hpack_decode(d, from, (size_t)(to - from), see, &s), 0);
    assert_string_equal(s.text, expected);
}

static void test_fields_of_every_kind_are_read(void **state)
{
    uint8_t     room[256], *p = room;
    h2_table    t = { 0 };
    terni_hpack d;

    (void)state;
    terni_hpack_init(&d, H2_FIRST_TABLE);
    p = h2_put_static(h2_put_update(p, &t), H2_STATIC_METHOD_POST);
    assert_int_equal(h2_table_add(&t, 5, 4), 1);
    p = h2_put_value(p, H2_INDEXING, H2_STATIC_PATH, "/a/b", 4);
    assert_int_equal(h2_table_add(&t, 1, 1), 2);
    p = h2_put_field(p, H2_INDEXING, "k", 1, "v", 1);
    p = h2_put_field(p, H2_PLAIN, "k", 1, "", 0);
    p = h2_put_value(p, H2_PLAIN, H2_STATIC_USER_AGENT, "me", 2);
    p = h2_put_field(p, H2_NEVER_INDEXED, "s", 1, "t", 1);
    p = h2_put_entry(p, &t, 1);
    p = h2_put_entry(p, &t, 2);
    decodes(&d, room, p, ":method=POST :path=/a/b k=v k= user-agent=me s=t :path=/a/b k=v ");
    assert_int_equal(d.table.n, 2);
    assert_int_equal(d.table.size, t.size);
    h2_table_shut(&t);
    p = h2_put_static(h2_put_update(room, &t), H2_STATIC_STATUS_200);
    decodes(&d, room, p, ":status=200 ");
    assert_int_equal(d.table.n + d.table.limit, 0);
    p = h2_put_update(room, &t);
    assert_ptr_equal(p, room);  // said once
    terni_hpack_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_numbers_around_every_length_come_back),
        TERN_TEST(test_table_takes_what_the_peers_holds_and_no_more),
        TERN_TEST(test_fields_of_every_kind_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
