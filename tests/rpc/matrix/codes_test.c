// Every code with a long message that is not ASCII, and binary metadata, both ways.
#include "tests/rpc/matrix/players.h"

#include <string.h>

enum { LONG = 4096 };

static char          message[LONG + 1];
static const uint8_t token[] = { 0, 255, '\n', 'x', 0, 0x80 };

// Two, three and four bytes a character; cut where one ends.
static void make_message(void)
{
    static const char pattern[] = "Gr\xc3\xbc\xc3\x9f"
                                  "e \xe6\xb5\xb7\xe9\xb3\xa5 \xf0\x9f\x90\xa6 ";
    size_t            len = 0;

    while (len + sizeof pattern - 1 <= LONG) {
        memcpy(message + len, pattern, sizeof pattern - 1);
        len += sizeof pattern - 1;
    }
    memset(message + len, '!', LONG - len);
}

static bool is_token(const tern_metadata *entries, size_t n, const char *key)
{
    return n == 1 && strcmp(entries[0].key, key) == 0 && entries[0].len == sizeof token &&
           memcmp(entries[0].value, token, sizeof token) == 0;
}

static void check(tern_status st, const tern_call_info *info, tern_code code)
{
    size_t prefix = strlen(st.msg);

    TERN_ASSERT(st.code == code);
    TERN_ASSERT(strcmp(info->message, code ? message : "") == 0);
    TERN_ASSERT(memcmp(st.msg, info->message, prefix) == 0);
    TERN_ASSERT(code == TERN_OK || prefix > sizeof st.msg - 5);  // cut at a character
    TERN_ASSERT((info->message[prefix] & 0xc0) != 0x80);
    TERN_ASSERT(is_token(info->initial, info->n_initial, "initial-bin"));
    TERN_ASSERT(is_token(info->trailing, info->n_trailing, "trailing-bin"));
}

static void call_each(void *address)
{
    const tern_metadata mine = { "token-bin", token, sizeof token };
    TERN_AUTO(tern_channel) *ch = host_connect(address, NULL);

    for (tern_code code = TERN_OK; code <= TERN_UNAUTHENTICATED; code++) {
        TERN_AUTO(tern_call_info) info = { 0 }, stream_info = { 0 };
        tern_call_opts opts = { .metadata = &mine, .n_metadata = 1, .info = &info };
        TERN_AUTO(kinds_item) *reply = NULL;
        const kinds_item        *req = KINDS_ITEM(.code = code, .text = message, .n_replies = 1);
        tern_status              st = kinds_kinds_unary(ch, req, &opts, &reply);
        kinds_kinds_down_stream *s;

        check(st, &info, code);
        opts.info = &stream_info;
        s = kinds_kinds_down(ch, req, &opts);
        TERN_ASSERT(kinds_kinds_down_next(s) && !kinds_kinds_down_next(s));
        check(kinds_kinds_down_status(s), &stream_info, code);
        kinds_kinds_down_stream_free(s);
    }
}

static void test_every_code_and_all_metadata_arrive_unchanged(void **state)
{
    host srv;

    (void)state;
    make_message();
    for (host_scheme scheme = 0; scheme < HOST_N_SCHEMES; scheme++) {
        players_start(&srv, &(players_setup){ .scheme = scheme });
        players_run(PLAY_ON_THREAD, call_each, srv.address);
        players_run(PLAY_ON_FIBER, call_each, srv.address);
        host_end(&srv);
    }
}

static void test_codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(tern_code_name(TERN_OK), "OK");
    assert_string_equal(tern_code_name(TERN_UNAUTHENTICATED), "UNAUTHENTICATED");
    for (tern_code code = TERN_OK; code <= TERN_UNAUTHENTICATED; code++)
        assert_true(strlen(tern_code_name(code)) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_every_code_and_all_metadata_arrive_unchanged),
        TERN_TEST(test_codes_have_names),
    };

    return cmocka_run_group_tests(tests, players_warm_up, NULL);
}
