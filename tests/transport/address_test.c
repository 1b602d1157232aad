#include "tests/transport/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <tern/address.h>

#define LONG_PATH_107                                                                              \
    "/012345678901234567890123456789012345678901234567890123456789012345678"                       \
    "9012345678901234567890123456789012345"

static const struct {
    const char       *text;
    tern_address_kind kind;
    const char       *host;
    int               port_or_fd;
    bool              needs_resolver;
} good[] = {
    { "tcp://127.0.0.1:7000", TERN_ADDRESS_TCP, "127.0.0.1", 7000, false },
    { "tcp://127.0.0.1:0", TERN_ADDRESS_TCP, "127.0.0.1", 0, false },
    { "tcp://[::1]:65535", TERN_ADDRESS_TCP, "::1", 65535, false },
    { "tcp://localhost:80", TERN_ADDRESS_TCP, "localhost", 80, true },
    { "tcp://*:7000", TERN_ADDRESS_TCP, "*", 7000, false },
    { "unix:///run/app.sock", TERN_ADDRESS_UNIX, "/run/app.sock", 0, false },
    { "unix:/run/app.sock", TERN_ADDRESS_UNIX, "/run/app.sock", 0, false },
    { "unix:@app", TERN_ADDRESS_UNIX, "@app", 0, false },
    { "unix://" LONG_PATH_107, TERN_ADDRESS_UNIX, LONG_PATH_107, 0, false },
    { "fd:3", TERN_ADDRESS_FD, "", 3, false },
    { "inproc:a/b c", TERN_ADDRESS_INPROC, "a/b c", 0, false },
};

static void test_parse_accepts_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(good); i++) {
        tern_address a;
        const char  *why;

        assert_int_equal(tern_address_parse(good[i].text, &why, &a), 0);
        assert_int_equal(a.kind, good[i].kind);
        assert_string_equal(a.host, good[i].host);
        assert_int_equal(a.kind == TERN_ADDRESS_FD ? a.fd : a.port, good[i].port_or_fd);
        assert_int_equal(tern_address_needs_resolver(&a), good[i].needs_resolver);
    }
}

// The text, and a word that the reason must contain.
static const struct {
    const char *text, *word;
} bad[] = {
    { NULL, "NULL" },
    { "", "is empty" },
    { "127.0.0.1:7000", "tcp://" },
    { "http://x:1", "tcp://" },
    { "tcp://", "port" },
    { "tcp://host", "port" },
    { "tcp://host:", "port" },
    { "tcp://host:-1", "port" },
    { "tcp://host:65536", "port" },
    { "tcp://host:99999999999999999999", "port" },
    { "tcp://host:80x", "port" },
    { "tcp://host: 80", "port" },
    { "tcp://:80", "host" },
    { "tcp://::1:80", "brackets" },
    { "tcp://[::1]", "[ADDRESS]" },
    { "tcp://[::1]80", "[ADDRESS]" },
    { "tcp://[::1:80", "[ADDRESS]" },
    { "tcp://[]:80", "host" },
    { "unix:", "absolute" },
    { "unix:relative", "absolute" },
    { "unix://", "absolute" },
    { "unix:///", "missing" },
    { "unix:@", "missing" },
    { "unix://" LONG_PATH_107 "x", "107" },
    { "fd:", "number" },
    { "fd:-1", "number" },
    { "inproc:", "inproc:NAME" },
    { "fd:3x", "number" },
    { "fd:99999999999", "number" },
};

static void test_parse_says_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(bad); i++) {
        tern_address a = { .port = 77 };
        const char  *why = "";

        assert_int_equal(tern_address_parse(bad[i].text, &why, &a), -EINVAL);
        if (!strcasestr(why, bad[i].word))
            fail_msg("\"%s\": \"%s\" does not mention \"%s\"", bad[i].text, why, bad[i].word);
        assert_int_equal(a.port, 77);  // untouched
    }
}

static void test_parse_refuses_a_host_longer_than_dns_allows(void **state)
{
    char         text[TERN_MAX_HOST + 32];
    tern_address a;
    const char  *why;

    (void)state;
    memset(text, 'h', sizeof text);
    memcpy(text, "tcp://", 6);
    strcpy(text + 6 + TERN_MAX_HOST, ":80");
    assert_int_equal(tern_address_parse(text, &why, &a), 0);
    strcpy(text + 6 + TERN_MAX_HOST, "h:80");
    assert_int_equal(tern_address_parse(text, &why, &a), -EINVAL);
}

static int resolve(const char *text, tern_sockaddr *list, int max)
{
    tern_address a;
    const char  *why;

    assert_int_equal(tern_address_parse(text, &why, &a), 0);
    return tern_address_resolve(&a, list, max);
}

static void test_resolve_and_format_return_the_text(void **state)
{
    static const char *const texts[] = { "tcp://127.0.0.1:7000", "tcp://[::1]:80", "unix:///a/b",
                                         "unix:@name", "unix://" LONG_PATH_107 };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++) {
        tern_sockaddr sa;
        char          text[TERN_MAX_ADDRESS];

        assert_int_equal(resolve(texts[i], &sa, 1), 1);
        tern_sockaddr_format(&sa, text, sizeof text);
        assert_string_equal(text, texts[i]);
    }
}

static void test_resolve_star_is_every_interface(void **state)
{
    tern_sockaddr sa;

    (void)state;
    assert_int_equal(resolve("tcp://*:9", &sa, 1), 1);
    assert_int_equal(sa.addr.in4.sin_addr.s_addr, htonl(INADDR_ANY));
}

static void test_resolve_localhost_gives_the_loopback(void **state)
{
    tern_sockaddr list[TERN_MAX_RESOLVED];
    int           n = resolve("tcp://localhost:9", list, TERN_MAX_RESOLVED);
    bool          has_loopback = false;

    (void)state;
    assert_true(n > 0);
    for (int i = 0; i < n; i++)
        if (list[i].addr.any.sa_family == AF_INET)
            has_loopback |= list[i].addr.in4.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
    assert_true(has_loopback);
    assert_int_equal(resolve("tcp://localhost:9", list, 1), 1);  // no more than there is room for
}

static void test_resolve_refuses_what_is_no_address(void **state)
{
    tern_sockaddr sa;

    (void)state;
    assert_int_equal(resolve("fd:3", &sa, 1), -EINVAL);
    assert_int_equal(resolve("inproc:a", &sa, 1), -EINVAL);
    assert_int_equal(resolve("tcp://127.0.0.1:1", &sa, 0), -EINVAL);
}

static void test_format_survives_odd_addresses(void **state)
{
    char          text[TERN_MAX_ADDRESS];
    tern_sockaddr sa = { .len = sizeof(sa_family_t), .addr.un.sun_family = AF_UNIX };

    (void)state;
    tern_sockaddr_format(&sa, text, sizeof text);
    assert_string_equal(text, "unix:(unnamed)");

    sa.len = sizeof sa.addr.un;  // a path without its NUL
    memset(sa.addr.un.sun_path, 'p', sizeof sa.addr.un.sun_path);
    tern_sockaddr_format(&sa, text, sizeof text);
    assert_int_equal(strlen(text), 7 + sizeof sa.addr.un.sun_path);
    tern_sockaddr_format(&sa, text, 10);
    assert_string_equal(text, "unix://pp");

    sa.addr.any.sa_family = AF_PACKET;
    tern_sockaddr_format(&sa, text, sizeof text);
    assert_non_null(strstr(text, "unknown"));
}

// ENOENT is for files; a host that nobody knows is something else.
static void test_errors_of_names_are_said_in_their_words(void **state)
{
    tern_address name, number, path;
    const char  *why;

    (void)state;
    assert_int_equal(tern_address_parse("tcp://nowhere.invalid:1", &why, &name), 0);
    assert_int_equal(tern_address_parse("tcp://127.0.0.1:1", &why, &number), 0);
    assert_int_equal(tern_address_parse("unix:/nowhere", &why, &path), 0);
    assert_non_null(strstr(tern_address_strerror(&name, -ENOENT), "Name or service not known"));
    assert_non_null(strstr(tern_address_strerror(&name, -EAGAIN), "name resolution"));
    assert_string_equal(tern_address_strerror(&name, -ECONNREFUSED), "Connection refused");
    assert_string_equal(tern_address_strerror(&number, -ENOENT), "No such file or directory");
    assert_string_equal(tern_address_strerror(&path, -ENOENT), "No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_parse_accepts_every_form),
        NET_TEST(test_parse_says_what_is_wrong),
        NET_TEST(test_parse_refuses_a_host_longer_than_dns_allows),
        NET_TEST(test_resolve_and_format_return_the_text),
        NET_TEST(test_resolve_star_is_every_interface),
        NET_TEST(test_resolve_localhost_gives_the_loopback),
        NET_TEST(test_resolve_refuses_what_is_no_address),
        NET_TEST(test_format_survives_odd_addresses),
        NET_TEST(test_errors_of_names_are_said_in_their_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
