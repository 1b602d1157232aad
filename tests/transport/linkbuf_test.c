#include "tests/support/test.h"

#include <errno.h>
#include <string.h>

#include <tern/linkbuf.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/linkbuf_fixture.h"

enum { MIB = 1024 * 1024 };

// ---- reserve and commit --------------------------------------------------

static void test_empty_queue_owns_nothing(void **state)
{
    (void)state;
    assert_holds(&q, "");
    assert_true(tern_linkbuf_is_empty(&q));
    append(&q, "x");
    tern_linkbuf_consume(&q, 1);
    assert_int_equal(live_bytes(), 0);
    assert_null(q.head);
}

static void test_commit_makes_reserved_bytes_visible(void **state)
{
    uint8_t *room = tern_linkbuf_reserve(&q, 100);

    (void)state;
    assert_non_null(room);
    memcpy(room, "hello", 5);
    assert_holds(&q, "");
    tern_linkbuf_commit(&q, 5);
    assert_holds(&q, "hello");
    assert_ptr_equal(tern_linkbuf_reserve(&q, 100), room + 5);
}

static void test_commit_of_nothing_gives_the_room_back(void **state)
{
    (void)state;
    assert_non_null(tern_linkbuf_reserve(&q, 60000));
    tern_linkbuf_commit(&q, 0);
    assert_int_equal(live_bytes(), 0);
    append(&q, "x");
    assert_non_null(tern_linkbuf_reserve(&q, 60000));
    tern_linkbuf_commit(&q, 0);
    assert_int_equal(count_segments(&q), 1);
    assert_null(q.tail->next);
}

static void test_reserve_again_before_commit_moves_the_room(void **state)
{
    uint8_t *small, *large;

    (void)state;
    append(&q, "a");
    assert_non_null(tern_linkbuf_reserve(&q, 10000));
    small = tern_linkbuf_reserve(&q, 10);
    large = tern_linkbuf_reserve(&q, 100000);
    assert_non_null(small);
    assert_non_null(large);
    large[99999] = 'b';
    large[0] = 'b';
    tern_linkbuf_commit(&q, 1);
    assert_holds(&q, "ab");
}

static void test_reserve_then_any_change_drops_the_room(void **state)
{
    (void)state;
    assert_non_null(tern_linkbuf_reserve(&q, 60000));
    append(&q, "b");
    assert_non_null(tern_linkbuf_reserve(&q, 60000));
    assert_int_equal(tern_linkbuf_prepend(&q, "a", 1), 0);
    assert_non_null(tern_linkbuf_reserve(&q, 60000));
    append_alone(&q, "c");
    assert_holds(&q, "abc");
    assert_non_null(tern_linkbuf_reserve(&other, 60000));
    tern_linkbuf_splice(&other, &q);
    assert_holds(&other, "abc");
    assert_non_null(tern_linkbuf_reserve(&other, 60000));
    tern_linkbuf_consume(&other, 3);
    assert_int_equal(live_bytes(), 0);
}

static void test_reserve_of_impossible_size_is_null(void **state)
{
    (void)state;
    append(&q, "a");
    assert_null(tern_linkbuf_reserve(&q, SIZE_MAX));
    assert_holds(&q, "a");
}

static void test_reserve_of_a_large_frame_is_one_fitting_block(void **state)
{
    (void)state;
    fill(&q, MIB);
    assert_int_equal(count_segments(&q), 1);
    assert_int_equal(q.head->block->cap, MIB);
}

static void test_steady_traffic_needs_no_allocation(void **state)
{
    size_t calls = 0;

    (void)state;
    for (int i = 0; i < 100; i++) {
        fill(&q, 70);
        append_alone(&q, "payload");
        assert_int_equal(tern_linkbuf_move(&q, 20, &other), 0);
        tern_linkbuf_consume(&q, tern_linkbuf_len(&q));
        tern_linkbuf_consume(&other, 20);
        if (i == 0)
            calls = failing_mem_calls();
    }
    assert_int_equal(failing_mem_calls(), calls);
}

static void test_idle_pool_gives_its_segments_back(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        append_alone(&q, "x");
    tern_linkbuf_clear(&q);
    while (tern_pool_trim(pool) > 0)
        continue;
    assert_int_equal(failing_mem_live(), 1);  // the pool
}

// ---- appending -----------------------------------------------------------

static void test_append_over_the_end_fills_the_block_first(void **state)
{
    static const uint8_t bytes[10000];

    (void)state;
    fill(&q, 4000);
    assert_int_equal(tern_linkbuf_append(&q, bytes, sizeof bytes), 0);
    assert_int_equal(count_segments(&q), 2);
    assert_int_equal(q.head->end - q.head->pos, 4096);
    assert_int_equal(tern_linkbuf_len(&q), 14000);
}

static int n_released;

static void count_release(void *data, size_t len, void *arg)
{
    (void)data;
    (void)len;
    (void)arg;
    n_released++;
}

static void test_append_ref_releases_once_after_the_last_view(void **state)
{
    (void)state;
    n_released = 0;
    assert_int_equal(tern_linkbuf_append_ref(&q, "abcdef", 6, count_release, NULL), 0);
    assert_int_equal(tern_linkbuf_move(&q, 2, &other), 0);
    tern_linkbuf_consume(&q, 4);
    assert_int_equal(n_released, 0);
    assert_holds(&other, "ab");
    tern_linkbuf_clear(&other);
    assert_int_equal(n_released, 1);
}

static void test_append_ref_releases_when_it_links_nothing(void **state)
{
    (void)state;
    n_released = 0;
    assert_int_equal(tern_linkbuf_append_ref(&q, "", 0, count_release, NULL), 0);
    assert_int_equal(n_released, 1);
    failing_mem_fail_at(0);  // the segment: the block's header is on the shelf
    assert_int_equal(tern_linkbuf_append_ref(&q, "b", 1, count_release, NULL), -ENOMEM);
    assert_int_equal(n_released, 2);
    append_alone(&q, "a");
    failing_mem_fail_at(0);  // the header
    assert_int_equal(tern_linkbuf_append_ref(&q, "b", 1, count_release, NULL), -ENOMEM);
    assert_int_equal(n_released, 3);
    assert_holds(&q, "a");
}

static void test_append_view_of_neighbours_is_one_segment(void **state)
{
    tern_block *b = tern_block_new(pool, 512);

    (void)state;
    assert_non_null(b);
    memcpy(b->base, "abcdef", 6);
    b->used = 6;
    assert_int_equal(tern_linkbuf_append_view(&q, b, b->base, 2), 0);
    assert_int_equal(tern_linkbuf_append_view(&q, b, b->base + 2, 3), 0);
    assert_int_equal(count_segments(&q), 1);
    assert_int_equal(tern_linkbuf_append_view(&q, b, b->base, 1), 0);
    assert_int_equal(tern_linkbuf_append_view(&q, b, b->base + 3, 0), 0);
    assert_int_equal(count_segments(&q), 2);
    assert_holds(&q, "abcdea");
    assert_int_equal(b->refs, 3);
    tern_block_unref(b);
}

static void test_splice_takes_everything_and_joins_neighbours(void **state)
{
    (void)state;
    append(&q, "abcdef");
    assert_int_equal(tern_linkbuf_move(&q, 3, &other), 0);
    append_alone(&q, "ghi");
    tern_linkbuf_splice(&other, &q);
    assert_holds(&q, "");
    assert_holds(&other, "abcdefghi");
    assert_int_equal(count_segments(&other), 2);
    assert_non_null(tern_linkbuf_reserve(&q, 1));
    tern_linkbuf_splice(&other, &q);
    assert_holds(&other, "abcdefghi");
    assert_non_null(tern_linkbuf_reserve(&other, 60000));
    tern_linkbuf_splice(&q, &other);
    assert_null(q.tail->next);
    append(&q, "j");
    assert_holds(&q, "abcdefghij");
}

// ---- prepending ----------------------------------------------------------

static void test_prepend_uses_the_free_bytes_in_front(void **state)
{
    (void)state;
    append(&q, "....body");
    tern_linkbuf_consume(&q, 4);
    assert_int_equal(tern_linkbuf_prepend(&q, "head", 4), 0);
    assert_int_equal(count_segments(&q), 1);
    assert_holds(&q, "headbody");
    assert_int_equal(tern_linkbuf_prepend(&q, "1", 1), 0);
    assert_int_equal(tern_linkbuf_prepend(&q, "2", 1), 0);
    assert_int_equal(tern_linkbuf_prepend(&q, "", 0), 0);
    assert_int_equal(count_segments(&q), 2);
    assert_holds(&q, "21headbody");
}

static void test_prepend_spares_bytes_that_others_view(void **state)
{
    char foreign[] = "....mine";

    (void)state;
    append(&q, "firstsecond");
    assert_int_equal(tern_linkbuf_move(&q, 5, &other), 0);
    assert_int_equal(tern_linkbuf_prepend(&q, "12345", 5), 0);
    assert_holds(&q, "12345second");
    assert_holds(&other, "first");

    tern_linkbuf_clear(&q);
    append_alone(&q, foreign);
    tern_linkbuf_consume(&q, 4);
    assert_int_equal(tern_linkbuf_prepend(&q, "abcd", 4), 0);
    assert_holds(&q, "abcdmine");
    assert_string_equal(foreign, "....mine");
    tern_linkbuf_clear(&q);
}

static void test_prepend_to_an_empty_queue_appends(void **state)
{
    (void)state;
    assert_int_equal(tern_linkbuf_prepend(&q, "a", 1), 0);
    append(&q, "b");
    assert_holds(&q, "ab");
    assert_int_equal(count_segments(&q), 1);
}

// ---- peeking -------------------------------------------------------------

static void test_peek_within_a_segment_does_not_copy(void **state)
{
    (void)state;
    append(&q, "abcdef");
    assert_ptr_equal(tern_linkbuf_peek(&q, 6), q.head->pos);
    assert_null(tern_linkbuf_peek(&q, 7));
    assert_non_null(tern_linkbuf_peek(&other, 0));
    assert_null(tern_linkbuf_peek(&other, 1));
}

static void test_peek_over_a_boundary_gathers(void **state)
{
    const uint8_t *p;

    (void)state;
    append_alone(&q, "ab");
    append_alone(&q, "cd");
    append_alone(&q, "ef");
    p = tern_linkbuf_peek(&q, 3);
    assert_non_null(p);
    assert_memory_equal(p, "abc", 3);
    assert_holds(&q, "abcdef");
    assert_int_equal(count_segments(&q), 3);
    // The copy has room: more of it comes without another block.
    assert_ptr_equal(tern_linkbuf_peek(&q, 6), p);
    assert_memory_equal(p, "abcdef", 6);
    assert_int_equal(count_segments(&q), 1);
    append(&q, "g");
    assert_holds(&q, "abcdefg");
}

static void test_peek_over_a_boundary_copies_only_what_is_missing(void **state)
{
    const uint8_t *first;

    (void)state;
    append(&q, "ab");
    append_alone(&q, "cd");
    first = q.head->pos;
    assert_ptr_equal(tern_linkbuf_peek(&q, 4), first);
    assert_holds(&q, "abcd");
}

static void test_peek_spares_other_views(void **state)
{
    (void)state;
    append(&q, "abcd");
    assert_int_equal(tern_linkbuf_slice(&q, 0, 2, &other), 0);
    append_alone(&other, "XY");
    assert_memory_equal(tern_linkbuf_peek(&other, 4), "abXY", 4);
    assert_holds(&q, "abcd");
}

// ---- copying out, finding, consuming -------------------------------------

static void test_copy_out_at_any_offset(void **state)
{
    const char *text = "abcdefgh";
    char        copy[8];

    (void)state;
    append_alone(&q, "abc");
    append_alone(&q, "d");
    append_alone(&q, "efgh");
    for (size_t off = 0; off <= 8; off++)
        for (size_t n = 0; n <= 8 - off; n++) {
            assert_true(tern_linkbuf_copy_out(&q, off, copy, n));
            assert_memory_equal(copy, text + off, n);
        }
    assert_false(tern_linkbuf_copy_out(&q, 0, copy, 9));
    assert_false(tern_linkbuf_copy_out(&q, 9, copy, 0));
    assert_false(tern_linkbuf_copy_out(&q, 2, copy, SIZE_MAX));
}

static void test_find_over_boundaries(void **state)
{
    (void)state;
    assert_int_equal(tern_linkbuf_find(&q, 0, 'a'), -1);
    append_alone(&q, "abc");
    append_alone(&q, "dca");
    assert_int_equal(tern_linkbuf_find(&q, 0, 'a'), 0);
    assert_int_equal(tern_linkbuf_find(&q, 1, 'a'), 5);
    assert_int_equal(tern_linkbuf_find(&q, 0, 'd'), 3);
    assert_int_equal(tern_linkbuf_find(&q, 3, 'c'), 4);
    assert_int_equal(tern_linkbuf_find(&q, 6, 'a'), -1);
    assert_int_equal(tern_linkbuf_find(&q, SIZE_MAX, 'a'), -1);
    assert_int_equal(tern_linkbuf_find(&q, 0, 'z'), -1);
}

static void test_consume_never_allocates(void **state)
{
    (void)state;
    append(&q, "abc");
    append_alone(&q, "def");
    append_alone(&q, "ghi");
    failing_mem_fail_at(0);
    tern_linkbuf_consume(&q, 2);
    assert_holds(&q, "cdefghi");
    tern_linkbuf_consume(&q, 4);
    assert_holds(&q, "ghi");
    tern_linkbuf_consume(&q, 0);
    tern_linkbuf_consume(&q, 3);
    tern_linkbuf_consume(&q, 0);
    assert_holds(&q, "");
    assert_false(failing_mem_has_failed());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty_queue_owns_nothing),
        TEST(test_commit_makes_reserved_bytes_visible),
        TEST(test_commit_of_nothing_gives_the_room_back),
        TEST(test_reserve_again_before_commit_moves_the_room),
        TEST(test_reserve_then_any_change_drops_the_room),
        TEST(test_reserve_of_impossible_size_is_null),
        TEST(test_reserve_of_a_large_frame_is_one_fitting_block),
        TEST(test_steady_traffic_needs_no_allocation),
        TEST(test_idle_pool_gives_its_segments_back),
        TEST(test_append_over_the_end_fills_the_block_first),
        TEST(test_append_ref_releases_once_after_the_last_view),
        TEST(test_append_ref_releases_when_it_links_nothing),
        TEST(test_append_view_of_neighbours_is_one_segment),
        TEST(test_splice_takes_everything_and_joins_neighbours),
        TEST(test_prepend_uses_the_free_bytes_in_front),
        TEST(test_prepend_spares_bytes_that_others_view),
        TEST(test_prepend_to_an_empty_queue_appends),
        TEST(test_peek_within_a_segment_does_not_copy),
        TEST(test_peek_over_a_boundary_gathers),
        TEST(test_peek_over_a_boundary_copies_only_what_is_missing),
        TEST(test_peek_spares_other_views),
        TEST(test_copy_out_at_any_offset),
        TEST(test_find_over_boundaries),
        TEST(test_consume_never_allocates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
