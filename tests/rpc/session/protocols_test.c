// All that a server speaks on its port: by the first bytes. The session is the test's own.
#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/session/protocols_internal.h"
#include "rpc/wire/h2/h2_internal.h"
#include "rpc/wire/native/native_internal.h"

static const char native_preface[] = "TERN\r\n\1\0";

// ---- the table -----------------------------------------------------------

// The name of the one that is sure; "?": one wants more; "": none.
static const char *recognise(const char *bytes, size_t len)
{
    const char *name = "";

    for (const terni_protocol *const *p = terni_protocols; *p; p++) {
        switch ((*p)->sniff((const uint8_t *)bytes, len)) {
        case TERNI_SNIFF_YES:
            return (*p)->name;
        case TERNI_SNIFF_MORE:
            name = "?";
            break;
        case TERNI_SNIFF_NO:
            break;
        }
    }
    return name;
}

static void test_native_is_known_by_its_preface(void **state)
{
    (void)state;
    for (size_t len = 1; len < 8; len++)
        assert_string_equal(recognise(native_preface, len), "?");
    assert_string_equal(recognise(native_preface, 8), "native");
    assert_string_equal(recognise("TERN\n\n\1\0", 8), "");
    assert_string_equal(recognise("TFRN", 4), "");
}

static void test_http1_is_known_by_its_methods(void **state)
{
    static const char *const requests[] = { "GET / HTTP/1.1\r\n",     "POST /x HTTP/1.1\r\n",
                                            "PUT /x HTTP/1.0\r\n",    "HEAD / HTTP/1.1\r\n",
                                            "OPTIONS * HTTP/1.1\r\n", "DELETE /x HTTP/1.1\r\n" };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(requests); i++)
        assert_string_equal(recognise(requests[i], strlen(requests[i])), "HTTP/1");
    assert_string_equal(recognise("get / HTTP/1.1\r\n", 16), "");
    assert_string_equal(recognise("GETS", 4), "");
}

static void test_anything_else_is_nothing(void **state)
{
    (void)state;
    assert_string_equal(recognise("\x16\x03\x01\x02", 4), "TLS");
    assert_string_equal(recognise("\x16", 1), "?");
    assert_string_equal(recognise("\x16\x02", 2), "");
    assert_string_equal(recognise("\0\0\0\0", 4), "");
    assert_string_equal(recognise("SSH-2.0-x\r\n", 11), "");
}

// A request line comes in one piece or in many; its first byte was a reason to hang up.
static void test_bug_http1_in_pieces_was_hung_up_on(void **state)
{
    (void)state;
    assert_string_equal(recognise("G", 1), "?");
    assert_string_equal(recognise("OPTIONS", 7), "?");
    assert_string_equal(recognise("DELETE ", 7), "HTTP/1");
}

static void test_limits_are_raised_to_what_every_wire_needs(void **state)
{
    terni_wire_limits low = { .max_message = 1 }, before = low, again;

    (void)state;
    terni_protocols_raise_limits(&low);
    assert_memory_not_equal(&low, &before, sizeof low);
    again = low;
    terni_wire_native.raise(&again);
    terni_wire_h2.raise(&again);
    assert_memory_equal(&low, &again, sizeof low);
}

// ---- what becomes of them ------------------------------------------------

// In place of the session's.
static const terni_wire *spoken;
static const char       *answer, *reason;
static size_t            answer_len;

void terni_session_speak(terni_session *s, const terni_wire *wire)
{
    (void)s;
    spoken = wire;
}

void terni_session_refuse(terni_session *s, const void *its_answer, size_t len, const char *why)
{
    (void)s;
    answer = its_answer;
    answer_len = len;
    reason = why;
}

static void start(const char *name)
{
    const terni_protocol *const *p = terni_protocols;
    terni_session                session;

    spoken = NULL;
    answer = reason = NULL;
    while (strcmp((*p)->name, name) != 0)
        p++;
    (*p)->start(&session);
}

static void test_native_is_spoken(void **state)
{
    (void)state;
    start("native");
    assert_ptr_equal(spoken, &terni_wire_native);
    assert_null(answer);
}

static void test_http1_is_refused_in_its_own_words(void **state)
{
    const char *body, *length;

    (void)state;
    start("HTTP/1");
    assert_null(spoken);
    assert_string_equal(reason, "the peer speaks HTTP/1");
    assert_memory_equal(answer, "HTTP/1.1 400 ", 13);
    assert_non_null(length = strstr(answer, "Content-Length: "));
    assert_non_null(body = strstr(answer, "\r\n\r\n"));
    assert_int_equal(strtoul(length + strlen("Content-Length: "), NULL, 10), strlen(body + 4));
}

static void test_tls_is_refused_by_an_alert(void **state)
{
    (void)state;
    start("TLS");
    assert_null(spoken);
    assert_string_equal(reason, "the peer speaks TLS, and this port has none");
    assert_int_equal(answer_len, 7);
    assert_memory_equal(answer, "\x15\3\1\0\2\2\x0a", 7);  // fatal, unexpected_message
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_native_is_known_by_its_preface),
        TERN_TEST(test_http1_is_known_by_its_methods),
        TERN_TEST(test_anything_else_is_nothing),
        TERN_TEST(test_bug_http1_in_pieces_was_hung_up_on),
        TERN_TEST(test_limits_are_raised_to_what_every_wire_needs),
        TERN_TEST(test_native_is_spoken),
        TERN_TEST(test_http1_is_refused_in_its_own_words),
        TERN_TEST(test_tls_is_refused_by_an_alert),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
