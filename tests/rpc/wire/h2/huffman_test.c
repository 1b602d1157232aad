// Huffman's code: what nghttp2 writes can be read, and what nobody may write is refused.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

#include "rpc/wire/h2/huffman_internal.h"

enum { N_ZEROES = 80, MAX_TEXT = 4096 };

// A string in nghttp2's code: it stands at the end of the block, behind a name of one byte.
typedef struct coded coded;
struct coded {
    uint8_t  block[2 * MAX_TEXT];
    uint8_t *bytes;
    size_t   len;
};

static void encode(coded *c, const uint8_t *text, size_t text_len)
{
    uint8_t              name[] = "x";
    nghttp2_nv           nv = { name, (uint8_t *)(uintptr_t)text, 1, text_len, 0 };
    nghttp2_hd_deflater *deflater;
    ssize_t              n;

    nv.flags = NGHTTP2_NV_FLAG_NO_INDEX;
    assert_int_equal(nghttp2_hd_deflate_new(&deflater, 4096), 0);
    n = nghttp2_hd_deflate_hd(deflater, c->block, sizeof c->block, &nv, 1);
    nghttp2_hd_deflate_del(deflater);
    assert_true(n > 4 && c->block[3] & 0x80);  // it is Huffman's code
    c->bytes = c->block + 4;
    if ((c->block[3] & 0x7f) == 0x7f)
        while (*c->bytes++ & 0x80)
            ;
    c->len = (size_t)(c->block + n - c->bytes);
}

// Both sides in memory of just their size.
static ssize_t decode(const uint8_t *bytes, size_t len, char *ret_text)
{
    uint8_t *in = malloc(len ? len : 1);
    char    *out = malloc(terni_huffman_bound(len) + 1);
    ssize_t  n;

    assert_true(in && out);
    if (len)
        memcpy(in, bytes, len);
    n = terni_huffman_decode(in, len, out);
    if (n > 0)
        memcpy(ret_text, out, (size_t)n);
    free(in);
    free(out);
    return n;
}

static void assert_round_trip(const uint8_t *text, size_t len)
{
    static coded c;
    char         decoded[MAX_TEXT];

    encode(&c, text, len);
    assert_int_equal(decode(c.bytes, c.len, decoded), len);
    assert_memory_equal(decoded, text, len);
}

static void test_every_symbol_is_as_nghttp2_writes_it(void **state)
{
    (void)state;
    for (int symbol = 0; symbol < 256; symbol++) {
        // At each bit of a byte, alone and in a row; zeroes make the code worth its while.
        for (size_t at = 0; at < 8; at++) {
            uint8_t text[N_ZEROES];

            memset(text, '0', sizeof text);
            text[at] = (uint8_t)symbol;
            assert_round_trip(text, sizeof text);
            memset(text, symbol, at);
            assert_round_trip(text, sizeof text);
        }
    }
}

// Zeroes are two thirds, so that the code is shorter than the text.
static void test_long_texts_are_as_nghttp2_writes_them(void **state)
{
    uint8_t text[MAX_TEXT];

    (void)state;
    srand(1);
    for (size_t len = 20; len < MAX_TEXT; len += 37) {
        for (size_t i = 0; i < len; i++)
            text[i] = (uint8_t)(rand() % 4 ? '0' : rand() % 10 ? 32 + rand() % 96 : rand());
        assert_round_trip(text, len);
    }
}

static void test_text_is_never_longer_than_its_bound(void **state)
{
    char    text[64];
    uint8_t zeroes[32] = { 0 };

    (void)state;
    for (size_t len = 5; len <= 30; len += 5) {
        assert_int_equal(decode(zeroes, len, text), terni_huffman_bound(len));
        assert_int_equal(terni_huffman_bound(len), len * 8 / 5);
    }
    assert_int_equal(terni_huffman_bound(1), 1);
    assert_int_equal(terni_huffman_bound(2), 3);
    assert_int_equal(terni_huffman_bound(4), 6);
}

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static void test_nothing_is_an_empty_text(void **state)
{
    char text[8];

    (void)state;
    assert_int_equal(decode(NULL, 0, text), 0);
}

static void test_padding_of_up_to_seven_ones_is_fine(void **state)
{
    char text[8];

    (void)state;
    assert_int_equal(decode(BYTES(0x07), text), 1);        // 0, three ones
    assert_int_equal(decode(BYTES(0xf8), text), 1);        // &, none
    assert_int_equal(decode(BYTES(0xf8, 0x07), text), 2);  // &, 0, three
    assert_int_equal(decode(BYTES(0xf9, 0x7f), text),
                     2);  // *, then - (six bits) and seven: see SEVEN
}

static void test_padding_of_a_whole_byte_is_refused(void **state)
{
    char text[8];

    (void)state;
    assert_int_equal(decode(BYTES(0xff), text), -EBADMSG);
    assert_int_equal(decode(BYTES(0x07, 0xff), text), -EBADMSG);  // 0, and eleven
    assert_int_equal(decode(BYTES(0xf8, 0xff), text), -EBADMSG);  // &, and eight
    assert_int_equal(decode(BYTES(0xf8, 0xff, 0xff, 0xff), text), -EBADMSG);
}

static void test_padding_that_is_not_all_ones_is_refused(void **state)
{
    char text[8];

    (void)state;
    for (uint8_t last = 0; last < 7; last++)
        assert_int_equal(decode(BYTES(last), text), -EBADMSG);  // 0, then three other bits
}

static void test_eos_is_refused(void **state)
{
    char text[16];

    (void)state;
    assert_int_equal(decode(BYTES(0xff, 0xff, 0xff, 0xff), text), -EBADMSG);
    assert_int_equal(decode(BYTES(0xf8, 0xff, 0xff, 0xff, 0xff), text), -EBADMSG);
    // Followed by what would be a good text.
    assert_int_equal(decode(BYTES(0xff, 0xff, 0xff, 0xfc, 0xf8, 0xf8, 0xf8, 0xf8), text), -EBADMSG);
}

// A byte 22 takes thirty bits, 29 of them ones: the last code but EOS.
static void test_a_code_that_is_cut_is_refused(void **state)
{
    static coded c;
    uint8_t      text[N_ZEROES];
    char         decoded[N_ZEROES];

    (void)state;
    memset(text, '0', sizeof text);
    memset(text + N_ZEROES - 4, 22, 4);
    encode(&c, text, sizeof text);
    assert_int_equal(decode(c.bytes, c.len, decoded), sizeof text);
    for (size_t i = 1; i <= 3; i++)
        assert_int_equal(decode(c.bytes, c.len - i, decoded), -EBADMSG);
    assert_int_equal(decode(c.bytes, c.len - 4, decoded), N_ZEROES - 1);  // two ones: padding
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_every_symbol_is_as_nghttp2_writes_it),
        TERN_TEST(test_long_texts_are_as_nghttp2_writes_them),
        TERN_TEST(test_text_is_never_longer_than_its_bound),
        TERN_TEST(test_nothing_is_an_empty_text),
        TERN_TEST(test_padding_of_up_to_seven_ones_is_fine),
        TERN_TEST(test_padding_of_a_whole_byte_is_refused),
        TERN_TEST(test_padding_that_is_not_all_ones_is_refused),
        TERN_TEST(test_eos_is_refused),
        TERN_TEST(test_a_code_that_is_cut_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
