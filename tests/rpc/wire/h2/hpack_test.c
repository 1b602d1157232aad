// Header blocks: what RFC 7541 says a decoder must do and must refuse.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

#include "tests/rpc/wire/h2/peer.h"

static void test_static_table_is_nghttp2s(void **state)
{
    peer                *p = new_peer(USUAL_SIZE);
    nghttp2_hd_inflater *theirs;

    (void)state;
    assert_int_equal(nghttp2_hd_inflate_new(&theirs), 0);
    for (uint8_t i = 1; i <= TERNI_HPACK_N_STATIC; i++) {
        const nghttp2_nv *nv = nghttp2_hd_inflate_get_table_entry(theirs, i);

        assert_int_equal(decode(p, &(uint8_t){ 0x80 | i }, 1), 0);
        assert_int_equal(p->last.name_len, nv->namelen);
        assert_int_equal(p->last.value_len, nv->valuelen);
        assert_memory_equal(p->last.name, nv->name, nv->namelen);
        assert_memory_equal(p->last.value, nv->value, nv->valuelen);
    }
    nghttp2_hd_inflate_del(theirs);
    drop_peer(p);
}

// ---- integers ------------------------------------------------------------

static void test_integer_with_five_more_bytes_is_fine(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "3f 8080 8080 00", "");
    assert_int_equal(p->d.table.limit, 31);
    drop_peer(p);
}

static void test_integer_with_six_more_bytes_is_refused(void **state)
{
    (void)state;
    assert_always_refused("3f 8080 8080 8000");
    assert_always_refused("ff 8080 8080 8000");
    assert_always_refused("00 00 7f 8080 8080 8000");
}

// Modulo 2^32 each of them would be fine: 30, index 2, a string of one byte.
static void test_integer_above_32_bits_is_refused(void **state)
{
    (void)state;
    assert_always_refused("3f ffff ffff 0f");
    assert_always_refused("ff 83ff ffff 0f");
    assert_always_refused("00 00 7f 82ff ffff 0f 78");
    assert_always_refused("00 00 7f 82ff ffff 7f 78");
}

static void test_integer_that_does_not_end_is_refused(void **state)
{
    (void)state;
    assert_always_refused("ff");
    assert_always_refused("ff80");
    assert_always_refused("3f");
    assert_always_refused("3f80 80");
    assert_always_refused("7f");
    assert_always_refused("0f80");
    assert_always_refused("00 00 7f");
    assert_always_refused("00 00 7f80");
}

// ---- indices -------------------------------------------------------------

static void test_index_zero_is_refused(void **state)
{
    (void)state;
    assert_always_refused("80");
}

static void test_index_beyond_an_empty_table_is_refused(void **state)
{
    (void)state;
    assert_always_refused("be");              // 62
    assert_always_refused("ff80 8080 800f");  // 4 G less a little
    assert_always_refused("7e 0178");         // as a name
    assert_always_refused("0f2f 0178");
    assert_always_refused("1f2f 0178");
}

static void test_index_beyond_the_entries_is_refused(void **state)
{
    (void)state;
    for (int as_name = 0; as_name < 2; as_name++) {
        peer *p = new_peer(USUAL_SIZE);

        assert_block(p, "4001 '1' 01 'a' 4001 '2' 01 'b'", "1: a\n2: b\n");
        assert_block(p, "bebf", "2: b\n1: a\n");
        assert_refused(p, as_name ? "0f31 0178" : "c0");
        drop_peer(p);
    }
}

static void test_index_of_more_than_one_byte_is_found(void **state)
{
    peer *p = new_peer(USUAL_SIZE);
    char  hex[64];

    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(hex, sizeof hex, "4001 'n' 02 '%02d'", i);
        assert_int_equal(decode_hex(p, hex), 0);
    }
    assert_block(p, "ff00", "n: 34\n");        // 127: 65 before the newest
    assert_block(p, "ff22", "n: 00\n");        // 161
    assert_block(p, "7f3b 01 'v'", "n: v\n");  // 122, as a name
    assert_refused(p, "ff24");
    drop_peer(p);
}

// ---- the table's size ----------------------------------------------------

static void test_size_update_behind_a_field_is_refused(void **state)
{
    (void)state;
    assert_always_refused("82 20");
    assert_always_refused("20 82 20");
    assert_always_refused("4001 'n' 01 'v' 3fe1 1f");
}

static void test_size_update_may_come_twice_and_no_more(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "20 3fe1 1f 82", ":method: GET\n");
    assert_int_equal(p->d.table.limit, 4096);
    assert_refused(p, "20 20 20");
    drop_peer(p);
}

static void test_size_update_above_what_was_announced_is_refused(void **state)
{
    peer *p = new_peer(100);

    (void)state;
    assert_block(p, "3f45", "");  // 100
    assert_refused(p, "3f46");
    drop_peer(p);
    assert_always_refused("3fe2 1f");  // 4,097
}

static void test_size_update_evicts_the_oldest(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "4001 '1' 01 'a' 4001 '2' 01 'b'", "1: a\n2: b\n");
    assert_block(p, "3f24", "");  // 67: one less than two entries of 34
    assert_block(p, "be", "2: b\n");
    assert_refused(p, "bf");
    drop_peer(p);
}

static void test_size_update_to_zero_and_back_empties_the_table(void **state)
{
    peer    *p = new_peer(USUAL_SIZE);
    uint64_t before = fail_malloc_serial();

    (void)state;
    assert_block(p, "4001 '1' 01 'a'", "1: a\n");
    assert_int_equal(fail_malloc_n_live(before), 1);
    assert_block(p, "20 3fe1 1f 82", ":method: GET\n");
    assert_int_equal(fail_malloc_n_live(before), 0);
    assert_refused(p, "be");
    drop_peer(p);
}

static void test_table_begins_with_4096_although_more_was_announced(void **state)
{
    peer *p = new_peer(8192);

    (void)state;
    assert_int_equal(p->d.table.limit, 4096);
    assert_block(p, "3fe1 3f", "");  // 8,192
    assert_int_equal(p->d.table.limit, 8192);
    drop_peer(p);
}

// ---- the table's entries -------------------------------------------------

static void test_entry_larger_than_the_table_empties_it(void **state)
{
    peer *p = new_peer(40);

    (void)state;
    assert_block(p, "4001 '1' 01 'a'", "1: a\n");
    assert_block(p, "4001 '2' 07 'bbbbbbb' be", "2: bbbbbbb\n2: bbbbbbb\n");  // 40: just fits
    assert_int_equal(decode_hex(p, "4001 '3' 08 'cccccccc' be"), -EBADMSG);
    assert_string_equal(p->fields, "3: cccccccc\n");
    assert_int_equal(p->d.table.size, 0);
    drop_peer(p);
}

static void test_entry_of_a_table_without_room_is_handed_up(void **state)
{
    peer *p = new_peer(0);

    (void)state;
    assert_block(p, "4001 '1' 01 'a' 4000 00", "1: a\n: \n");
    assert_refused(p, "be");
    drop_peer(p);
}

// RFC 7541, 4.4. In the table's first memory, and where it has to move.
static void test_name_of_an_entry_that_its_own_insertion_evicts(void **state)
{
    peer *p = new_peer(60);
    char  expected[64];

    (void)state;
    assert_block(p, "4014 'a-name-of-20-letters' 01 'x'", "a-name-of-20-letters: x\n");
    for (int i = 0; i < 40; i++) {
        char hex[32];

        snprintf(hex, sizeof hex, "7e 03 '%03d'", i);
        snprintf(expected, sizeof expected, "a-name-of-20-letters: %03d\n", i);
        assert_block(p, hex, expected);
        assert_block(p, "be", expected);
        assert_int_equal(p->d.table.n, 1);
    }
    drop_peer(p);
}

static void test_name_of_an_entry_that_a_too_large_insertion_evicts(void **state)
{
    peer *p = new_peer(40);

    (void)state;
    assert_block(p, "4001 'n' 01 'a'", "n: a\n");
    assert_block(p, "7e 0a '0123456789'", "n: 0123456789\n");
    assert_int_equal(p->d.table.n, 0);
    drop_peer(p);
}

static void test_literals_that_are_not_for_the_table_leave_it(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "4001 '1' 01 'a'", "1: a\n");
    assert_block(p, "0001 '2' 01 'b' 1001 '3' 01 'c' 0f2f 01 'd' 1f2f 01 'e' be",
                 "2: b\n3: c\n1: d\n1: e\n1: a\n");
    assert_int_equal(p->d.table.n, 1);
    drop_peer(p);
}

static void test_changes_are_counted(void **state)
{
    static const struct {
        const char *hex;
        bool        is_change;
    } blocks[] = {
        { "82", false },
        { "4001 '1' 01 'a'", true },
        { "be82", false },
        { "0001 '2' 01 'b' 1001 '3' 01 'c'", false },
        { "20", true },
        { "3f24", true },
        { "4001 '1' 7f00 '0123456789012345678901234567890123456789012345678901234567890123"
          "456789012345678901234567890123456789012345678901234567890123456'",
          true },
        { "", false },
    };
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(blocks); i++) {
        uint32_t before = p->d.n_changes;

        assert_int_equal(decode_hex(p, blocks[i].hex), 0);
        assert_int_equal(p->d.n_changes != before, blocks[i].is_change);
    }
    drop_peer(p);
}

// ---- strings -------------------------------------------------------------

static void test_string_longer_than_the_block_is_refused(void **state)
{
    (void)state;
    assert_always_refused("00 02 'n'");
    assert_always_refused("00 01 'n' 02 'v'");
    assert_always_refused("00 82 07");
    assert_always_refused("04 02 'v'");
    assert_always_refused("00 7f 00 'n'");
}

static void test_string_that_is_missing_is_refused(void **state)
{
    (void)state;
    assert_always_refused("00");
    assert_always_refused("00 01 'n'");
    assert_always_refused("04");
    assert_always_refused("40 01 'n'");
    assert_always_refused("10");
}

static void test_empty_strings_are_handed_up(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "00 00 00", ": \n");
    assert_block(p, "40 00 00 be", ": \n: \n");
    assert_block(p, "00 80 80", ": \n");
    assert_block(p, "", "");
    drop_peer(p);
}

// The rules themselves are huffman_test's.
static void test_string_in_bad_huffman_code_is_refused(void **state)
{
    (void)state;
    assert_always_refused("00 81ff 00");             // padding of eight bits, in a name
    assert_always_refused("00 01 'n' 81ff");         // and in a value
    assert_always_refused("00 01 'n' 8100");         // padding that is not all ones
    assert_always_refused("00 01 'n' 84ffff ffff");  // EOS
    assert_always_refused("00 84ffff ffff 00");
    assert_always_refused("40 8107 82ffff");
}

static void test_strings_of_both_kinds_go_together(void **state)
{
    peer *p = new_peer(USUAL_SIZE);

    (void)state;
    assert_block(p, "00 8107 01 'v' 00 01 'n' 8107 00 8107 8107", "0: v\nn: 0\n0: 0\n");
    assert_block(p, "40 8107 01 'v' 7e 8107 bebf", "0: v\n0: 0\n0: 0\n0: v\n");
    drop_peer(p);
}

// A block cut anywhere is refused, or ends with a whole field.
static void test_block_cut_at_each_byte(void **state)
{
    static const char hex[] =
        "3fe1 1f 82 be 400a 'custom-key' 0d 'custom-header' 00 8825a8 49e9 5ba9"
        "7d7f 8925 a849 e95b b8e8 b4bf 0f2f 01 'v' ff00";
    uint8_t block[256];
    size_t  len = read_hex(hex, block), n_whole = 0;

    (void)state;
    for (size_t cut = 0; cut <= len; cut++) {
        peer *p = new_peer(USUAL_SIZE);

        assert_int_equal(decode_hex(p, "4001 '1' 01 'a'"), 0);
        n_whole += decode(p, block, cut) == 0;
        drop_peer(p);
    }
    // Nothing, the update, and each of five fields; ff00 is beyond the table.
    assert_int_equal(n_whole, 7);
}

// ---- memory --------------------------------------------------------------

static void test_nothing_is_copied_that_need_not_be(void **state)
{
    peer    *p = new_peer(USUAL_SIZE);
    uint64_t before = fail_malloc_serial();

    (void)state;
    assert_block(p, "00 01 'n' 01 'v'", "n: v\n");
    assert_ptr_equal(p->last.name, p->block + 2);
    assert_ptr_equal(p->last.value, p->block + 4);
    assert_block(p, "82", ":method: GET\n");
    assert_ptr_equal(p->last.name, terni_hpack_static[2].name);
    assert_int_equal(fail_malloc_serial(), before);
    drop_peer(p);
}

static void test_six_headers_of_a_call_cost_400_bytes(void **state)
{
    peer    *p = new_peer(USUAL_SIZE);
    uint64_t before = fail_malloc_serial();

    (void)state;
    assert_true(sizeof p->d <= 48);
    assert_int_equal(decode_hex(p, "44 15 '/helloworld.Greeter/S' 41 13 'localhost:127.0.0.1'"
                                   "5f 10 'application/grpc' 40 02 'te' 08 'trailers'"
                                   "7a 1f 'grpc-c++/1.51.1 grpc-c/29.0.0 (' "
                                   "40 14 'grpc-accept-encoding' 16 'identity,deflate, gzip'"),
                     0);
    assert_int_equal(p->d.table.n, 6);
    assert_int_equal(fail_malloc_n_live(before), 1);
    assert_true(fail_malloc_live_bytes(before) <= 400);
    drop_peer(p);
}

// "n: " and `n` zeroes in Huffman's code.
static size_t write_zeroes(uint8_t *block, size_t n)
{
    size_t len = n * 5 / 8, at = read_hex("40 01 'n' ff", block);

    assert_true(n % 8 == 0 && len > 0x7f);
    for (len -= 0x7f; len >= 0x80; len >>= 7)
        block[at++] = (uint8_t)(len | 0x80);
    block[at++] = (uint8_t)len;
    memset(block + at, 0, n * 5 / 8);
    return at + n * 5 / 8;
}

static void test_long_huffman_string_takes_memory_for_a_while(void **state)
{
    peer    *p = new_peer(USUAL_SIZE);
    uint8_t  block[MAX_BLOCK];
    uint64_t before = fail_malloc_serial();

    (void)state;
    assert_int_equal(decode(p, block, write_zeroes(block, 8000)), 0);
    assert_int_equal(p->last.value_len, 8000);
    assert_int_equal(p->fields_len, 8000 + strlen("n: \n"));
    assert_int_equal(strspn(p->fields + 3, "0"), 8000);
    assert_int_equal(fail_malloc_n_live(before), 0);  // too large for the table
    drop_peer(p);
}

// Twice, so that the table moves, with a long string in between.
static void decode_without_memory(void *arg)
{
    peer   *p = new_peer(USUAL_SIZE);
    uint8_t block[MAX_BLOCK];
    int     err = decode_hex(p, "4001 '1' 01 'a'");

    (void)arg;
    if (err == 0)
        err = decode(p, block, write_zeroes(block, 2400));
    if (err == 0)
        err = decode_hex(p, "bebf");
    assert_int_equal(err, fail_malloc_has_failed() ? -ENOMEM : 0);
    drop_peer(p);
}

static void test_any_allocation_may_fail(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(decode_without_memory, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_static_table_is_nghttp2s),
        TERN_TEST(test_integer_with_five_more_bytes_is_fine),
        TERN_TEST(test_integer_with_six_more_bytes_is_refused),
        TERN_TEST(test_integer_above_32_bits_is_refused),
        TERN_TEST(test_integer_that_does_not_end_is_refused),
        TERN_TEST(test_index_zero_is_refused),
        TERN_TEST(test_index_beyond_an_empty_table_is_refused),
        TERN_TEST(test_index_beyond_the_entries_is_refused),
        TERN_TEST(test_index_of_more_than_one_byte_is_found),
        TERN_TEST(test_size_update_behind_a_field_is_refused),
        TERN_TEST(test_size_update_may_come_twice_and_no_more),
        TERN_TEST(test_size_update_above_what_was_announced_is_refused),
        TERN_TEST(test_size_update_evicts_the_oldest),
        TERN_TEST(test_size_update_to_zero_and_back_empties_the_table),
        TERN_TEST(test_table_begins_with_4096_although_more_was_announced),
        TERN_TEST(test_entry_larger_than_the_table_empties_it),
        TERN_TEST(test_entry_of_a_table_without_room_is_handed_up),
        TERN_TEST(test_name_of_an_entry_that_its_own_insertion_evicts),
        TERN_TEST(test_name_of_an_entry_that_a_too_large_insertion_evicts),
        TERN_TEST(test_literals_that_are_not_for_the_table_leave_it),
        TERN_TEST(test_changes_are_counted),
        TERN_TEST(test_string_longer_than_the_block_is_refused),
        TERN_TEST(test_string_that_is_missing_is_refused),
        TERN_TEST(test_empty_strings_are_handed_up),
        TERN_TEST(test_string_in_bad_huffman_code_is_refused),
        TERN_TEST(test_strings_of_both_kinds_go_together),
        TERN_TEST(test_block_cut_at_each_byte),
        TERN_TEST(test_nothing_is_copied_that_need_not_be),
        TERN_TEST(test_six_headers_of_a_call_cost_400_bytes),
        TERN_TEST(test_long_huffman_string_takes_memory_for_a_while),
        TERN_TEST(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
