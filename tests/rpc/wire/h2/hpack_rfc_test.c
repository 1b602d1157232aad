// The examples of RFC 7541, appendix C, in its order.
#include "tests/support/leak.h"

#include "tests/rpc/wire/h2/peer.h"

typedef struct example example;
struct example {
    const char *hex, *fields;
    uint32_t    size;  // of the table, after it
};

static void assert_examples(uint32_t max_size, const example *examples, size_t n)
{
    peer *p = new_peer(max_size);

    for (size_t i = 0; i < n; i++) {
        assert_block(p, examples[i].hex, examples[i].fields);
        assert_int_equal(p->d.table.size, examples[i].size);
    }
    drop_peer(p);
}

#define ASSERT_EXAMPLES(max_size, ...)                                                             \
    assert_examples(max_size, (const example[]){ __VA_ARGS__ },                                    \
                    sizeof((const example[]){ __VA_ARGS__ }) / sizeof(example))

// Of five bits, as the size of the table.
static void test_rfc_c1_integers(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "2a", "");
    assert_int_equal(p->d.table.limit, 10);
    assert_block(p, "3f9a 0a", "");
    assert_int_equal(p->d.table.limit, 1337);
    drop_peer(p);
}

static void test_rfc_c2_representations(void **state)
{
    (void)state;
    ASSERT_EXAMPLES(USUAL_SIZE,
                    { "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
                      "custom-key: custom-header\n", 55 });
    ASSERT_EXAMPLES(USUAL_SIZE,
                    { "040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path\n", 0 });
    ASSERT_EXAMPLES(USUAL_SIZE,
                    { "1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret\n", 0 });
    ASSERT_EXAMPLES(USUAL_SIZE, { "82", ":method: GET\n", 0 });
}

#define REQUEST_1 ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n"
#define REQUEST_2 REQUEST_1 "cache-control: no-cache\n"
#define REQUEST_3                                                                                  \
    ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\n"              \
    "custom-key: custom-value\n"

static void test_rfc_c3_requests(void **state)
{
    (void)state;
    ASSERT_EXAMPLES(USUAL_SIZE,
                    { "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", REQUEST_1, 57 },
                    { "8286 84be 5808 6e6f 2d63 6163 6865", REQUEST_2, 110 },
                    { "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
                      REQUEST_3, 164 });
}

static void test_rfc_c4_requests_with_huffman(void **state)
{
    (void)state;
    ASSERT_EXAMPLES(
        USUAL_SIZE, { "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", REQUEST_1, 57 },
        { "8286 84be 5886 a8eb 1064 9cbf", REQUEST_2, 110 },
        { "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", REQUEST_3, 164 });
}

#define DATE(second) "date: Mon, 21 Oct 2013 20:13:2" second " GMT\n"
#define RESPONSE(status)                                                                           \
    ":status: " status "\ncache-control: private\n" DATE("1") "location: https://www.example.com\n"
#define RESPONSE_3                                                                                 \
    ":status: 200\ncache-control: private\n" DATE(                                                 \
        "2") "location: https://www.example.com\n"                                                 \
             "content-encoding: gzip\n"                                                            \
             "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n"

// In a table of 256 bytes, so that entries leave.
static void test_rfc_c5_responses(void **state)
{
    (void)state;
    ASSERT_EXAMPLES(
        256,
        { "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230"
          "3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65"
          "7861 6d70 6c65 2e63 6f6d",
          ":status: 302\ncache-control: private\n" DATE("1") "location: https://www.example.com\n",
          222 },
        { "4803 3330 37c1 c0bf", RESPONSE("307"), 222 },
        { "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220"
          "474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157"
          "454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076"
          "6572 7369 6f6e 3d31",
          RESPONSE_3, 215 });
}

static void test_rfc_c6_responses_with_huffman(void **state)
{
    (void)state;
    ASSERT_EXAMPLES(256,
                    { "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0"
                      "82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
                      RESPONSE("302"), 222 },
                    { "4883 640e ffc1 c0bf", RESPONSE("307"), 222 },
                    { "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b"
                      "d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27"
                      "0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
                      RESPONSE_3, 215 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_rfc_c1_integers),  TERN_TEST(test_rfc_c2_representations),
        TERN_TEST(test_rfc_c3_requests),  TERN_TEST(test_rfc_c4_requests_with_huffman),
        TERN_TEST(test_rfc_c5_responses), TERN_TEST(test_rfc_c6_responses_with_huffman),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
