// What a client's address asks for.
#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include "rpc/session/target_internal.h"
#include "rpc/wire/h2/h2_internal.h"
#include "rpc/wire/native/native_internal.h"

static terni_target parse(const char *text)
{
    terni_target t;
    const char  *why;

    if (terni_target_parse(text, &why, &t) < 0)
        fail_msg("%s: %s", text, why);
    return t;
}

static void test_scheme_says_what_is_spoken(void **state)
{
    static const char *const texts[] = { "tcp://h:1", "unix:/p", "unix:@a", "fd:3", "inproc:a" };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++) {
        terni_target t = parse(texts[i]);

        assert_ptr_equal(t.wire, &terni_wire_native);
        assert_false(t.is_tls);
    }
    assert_int_equal(parse("tcp://h:1").address.kind, TERN_ADDRESS_TCP);
    assert_int_equal(parse("unix:@a").address.kind, TERN_ADDRESS_UNIX);
    assert_int_equal(parse("fd:3").address.fd, 3);
}

static void test_grpc_is_written_in_many_ways(void **state)
{
    static const struct {
        const char       *text, *host;
        tern_address_kind kind;
    } rows[] = {
        { "grpc://h:1", "h", TERN_ADDRESS_TCP },
        { "dns:///h:1", "h", TERN_ADDRESS_TCP },
        { "grpc://dns:///h:1", "h", TERN_ADDRESS_TCP },
        { "ipv4:127.0.0.1:1", "127.0.0.1", TERN_ADDRESS_TCP },
        { "grpc://ipv4:127.0.0.1:1", "127.0.0.1", TERN_ADDRESS_TCP },
        { "ipv6:[::1]:1", "::1", TERN_ADDRESS_TCP },
        { "grpc://[::1]:1", "::1", TERN_ADDRESS_TCP },
        { "grpc+unix:///p", "/p", TERN_ADDRESS_UNIX },
        { "grpc+unix:@a", "@a", TERN_ADDRESS_UNIX },
        { "grpc://unix:///p", "/p", TERN_ADDRESS_UNIX },
        { "grpc+inproc:a", "a", TERN_ADDRESS_INPROC },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        terni_target t = parse(rows[i].text);

        assert_ptr_equal(t.wire, &terni_wire_h2);
        assert_false(t.is_tls);
        assert_int_equal(t.address.kind, rows[i].kind);
        assert_string_equal(t.address.host, rows[i].host);
    }
    assert_true(parse("grpcs://h:1").is_tls && parse("grpcs://dns:///h:1").is_tls);
}

static void test_authority_is_whom_calls_are_for(void **state)
{
    (void)state;
    assert_string_equal(parse("grpc://example.org:50051").authority, "example.org:50051");
    assert_string_equal(parse("dns:///example.org:443").authority, "example.org:443");
    assert_string_equal(parse("grpc://[::1]:1").authority, "[::1]:1");
    assert_string_equal(parse("grpc+unix:///p").authority, "localhost");
    assert_string_equal(parse("inproc:a").authority, "localhost");
}

static void test_tls_is_above_a_socket(void **state)
{
    terni_target t = parse("tls://h:1"), below = parse("tcp://h:1");
    char         room[TERN_MAX_ADDRESS];
    bool         is_tls;

    (void)state;
    assert_true(t.is_tls);
    assert_ptr_equal(t.wire, &terni_wire_native);
    assert_int_equal(t.address.kind, TERN_ADDRESS_TCP);
    assert_string_equal(t.address.host, "h");
    assert_false(terni_target_equals(&t, &below));
    assert_string_equal(terni_target_socket("tls://h:1", room, &is_tls), "tcp://h:1");
    assert_true(is_tls);
    assert_string_equal(terni_target_socket("tls+inproc:a", room, &is_tls), "inproc:a");
    assert_true(is_tls);
    assert_string_equal(terni_target_socket("unix:@tls:", room, &is_tls), "unix:@tls:");
    assert_false(is_tls);
}

static void test_tls_address_that_is_too_long_is_refused(void **state)
{
    char         text[TERN_MAX_ADDRESS + 1];
    terni_target t;
    const char  *why;

    (void)state;
    memset(text, '0', sizeof text);
    memcpy(text, "tls://h:", 8);
    text[TERN_MAX_ADDRESS] = '\0';
    assert_int_equal(terni_target_parse(text, &why, &t), -EINVAL);
    text[TERN_MAX_ADDRESS - 1] = '\0';
    assert_int_equal(terni_target_parse(text, &why, &t), 0);
}

static void test_bad_one_is_refused_and_nothing_is_set(void **state)
{
    static const char *const texts[] = { "",          "h:1",       "tcp://h",    "tcp://h:99999",
                                         "fd:x",      "TCP://h:1", "tcpx://h:1", "unix:",
                                         " tcp://h:1" };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++) {
        terni_target t = { .is_tls = true };
        const char  *why = NULL;

        assert_int_equal(terni_target_parse(texts[i], &why, &t), -EINVAL);
        assert_non_null(why);
        assert_true(t.is_tls && !t.wire);
    }
}

static void test_same_place_is_equal(void **state)
{
    static const char *const texts[] = { "tcp://h:1", "tcp://h:2", "tcp://g:1",
                                         "unix:/p",   "unix:/q",   "unix:@p",
                                         "fd:3",      "fd:4",      "tcp://[::1]:1" };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++) {
        for (size_t j = 0; j < TERN_COUNT_OF(texts); j++) {
            terni_target a = parse(texts[i]), b = parse(texts[j]);

            assert_int_equal(terni_target_equals(&a, &b), i == j);
        }
    }
}

static void test_other_wire_or_tls_at_the_same_place_is_another_target(void **state)
{
    terni_wire   other_wire = terni_wire_native;
    terni_target a = parse("tcp://h:1"), b = a;

    (void)state;
    assert_true(terni_target_equals(&a, &b));
    b.is_tls = true;
    assert_false(terni_target_equals(&a, &b));
    b = a;
    b.wire = &other_wire;
    assert_false(terni_target_equals(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_scheme_says_what_is_spoken),
        TERN_TEST(test_grpc_is_written_in_many_ways),
        TERN_TEST(test_authority_is_whom_calls_are_for),
        TERN_TEST(test_tls_is_above_a_socket),
        TERN_TEST(test_tls_address_that_is_too_long_is_refused),
        TERN_TEST(test_bad_one_is_refused_and_nothing_is_set),
        TERN_TEST(test_same_place_is_equal),
        TERN_TEST(test_other_wire_or_tls_at_the_same_place_is_another_target),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
