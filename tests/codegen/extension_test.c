// Extensions: read from and written into the unknown fields of their message.
#include "tests/support/test.h"

#include <errno.h>
#include <string.h>

#include "extended.tern.h"
#include "foreign/grouped.tern.h"

#define BYTES(s) (s), sizeof(s) - 1

static void test_get_reads_what_has_come(void **state)
{
    TERN_AUTO(demo_old_open) *m = demo_old_open_unpack(
        BYTES("\x08\x05\xa2\x06\x03"
              "Ada\xaa\x06\x02\x01\x02\xa8\x06\x03\xb2\x06\x02\x08\x01\xb2\x06\x00"));
    TERN_AUTO(demo_ext_nick) *nick = demo_ext_nick_get(m);
    TERN_AUTO(demo_ext_rules_marks) *marks = demo_ext_rules_marks_get(m);
    TERN_AUTO(demo_ext_rules_inner) *inner = demo_ext_rules_inner_get(m);

    (void)state;
    assert_true(demo_ext_nick_has(m));
    assert_string_equal(nick->nick, "Ada");
    assert_int_equal(marks->n_marks, 3);
    assert_int_equal(marks->marks[2], 3);
    assert_int_equal(inner->inner->most, 1);
}

static void test_what_has_not_come_reads_as_its_default(void **state)
{
    demo_old_open m;

    (void)state;
    demo_old_open_init(&m);
    TERN_AUTO(demo_ext_count) *count = demo_ext_count_get(&m);
    TERN_AUTO(demo_ext_nick) *nick = demo_ext_nick_get(&m);
    assert_false(demo_ext_count_has(&m));
    assert_false(count->has_count);
    assert_int_equal(count->count, 7);
    assert_null(nick->nick);
}

static void test_malformed_extension_is_null(void **state)
{
    TERN_AUTO(demo_old_open) *m = demo_old_open_unpack(BYTES("\xb2\x06\x01\x08"));

    (void)state;
    assert_true(demo_ext_rules_inner_has(m));
    assert_null(demo_ext_rules_inner_get(m));
}

static void test_set_replaces_and_is_packed(void **state)
{
    TERN_AUTO(demo_old_open) *m = demo_old_open_unpack(BYTES("\xa2\x06\x03"
                                                             "Ada\xc2\x3e\x01x"));
    const char *tags[] = { "a", "bc" };
    uint8_t     room[3][256], buf[64];
    ssize_t     used;

    (void)state;
    used = demo_ext_nick_set(m, DEMO_EXT_NICK(.nick = "Bo"), room[0] + 1, sizeof room[0] - 1);
    assert_in_range(used, 1, 128);
    used = demo_ext_tags_set(m, DEMO_EXT_TAGS(.n_tags = 2, .tags = tags), room[1], sizeof room[1]);
    assert_in_range(used, 1, 160);
    used = demo_ext_pair__set(m, DEMO_EXT_PAIR_(.pair = DEMO_EXT_PAIR(.has_left = 1, .left = 4)),
                              room[2], sizeof room[2]);
    assert_true(used > 0);
    assert_int_equal(demo_old_open_pack(m, buf, sizeof buf), 24);
    assert_memory_equal(buf,
                        "\xc2\x3e\x01x\xa2\x06\x02"
                        "Bo\xc2\x06\x01"
                        "a\xc2\x06\x02"
                        "bc\xd3\x06\x08\x04\xd4\x06",
                        24);
    TERN_AUTO(demo_ext_tags) *again = demo_ext_tags_get(m);
    assert_int_equal(again->n_tags, 2);
    assert_string_equal(again->tags[1], "bc");
    demo_ext_tags_clear(m);
    assert_false(demo_ext_tags_has(m));
    assert_true(demo_ext_nick_has(m));
}

static void test_set_without_room_changes_nothing(void **state)
{
    TERN_AUTO(demo_old_open) *m = demo_old_open_unpack(BYTES("\xa2\x06\x03"
                                                             "Ada"));
    uint8_t room[256];
    size_t  len = 0;

    (void)state;
    for (; len < sizeof room; len++) {
        if (demo_ext_nick_set(m, DEMO_EXT_NICK(.nick = "Bo"), room, len) > 0)
            break;
        TERN_AUTO(demo_ext_nick) *nick = demo_ext_nick_get(m);
        assert_string_equal(nick->nick, "Ada");
    }
    assert_in_range(len, 6, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get_reads_what_has_come),
        cmocka_unit_test(test_what_has_not_come_reads_as_its_default),
        cmocka_unit_test(test_malformed_extension_is_null),
        cmocka_unit_test(test_set_replaces_and_is_packed),
        cmocka_unit_test(test_set_without_room_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
