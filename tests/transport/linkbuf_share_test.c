// What the LinkBuffer promises about sharing: moves, slices, blocks with several views, want of
// memory, and what the kernel is given. linkbuf_test.c has the rest.
#include "tests/support/test.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <tern/linkbuf.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/linkbuf_fixture.h"
#include "tests/transport/linkbuf_model.h"

#define GIB ((size_t)1 << 30)

// ---- moving --------------------------------------------------------------

static void test_move_cuts_anywhere(void **state)
{
    const char *text = "abcdefghi";

    (void)state;
    for (size_t n = 0; n <= 9; n++) {
        char head[10] = "";

        append(&q, "abc");
        append_alone(&q, "def");
        append_alone(&q, "ghi");
        assert_int_equal(tern_linkbuf_move(&q, n, &other), 0);
        memcpy(head, text, n);
        assert_holds(&other, head);
        assert_holds(&q, text + n);
        tern_linkbuf_clear(&q);
        tern_linkbuf_clear(&other);
    }
}

static void test_move_of_frame_after_frame_stays_one_segment(void **state)
{
    (void)state;
    append(&q, "abcdefghi");
    for (int i = 0; i < 3; i++)
        assert_int_equal(tern_linkbuf_move(&q, 3, &other), 0);
    assert_holds(&other, "abcdefghi");
    assert_int_equal(count_segments(&other), 1);
}

static void test_moved_bytes_outlive_their_queue(void **state)
{
    (void)state;
    append(&q, "frame and rest");
    assert_int_equal(tern_linkbuf_move(&q, 5, &other), 0);
    tern_linkbuf_clear(&q);
    append(&q, "overwritten?");
    assert_holds(&other, "frame");
}

static void test_move_leaves_the_rest_growing_in_its_block(void **state)
{
    tern_block *block;

    (void)state;
    append(&q, "frame, res");
    block = q.tail->block;
    assert_int_equal(tern_linkbuf_move(&q, 7, &other), 0);
    append(&q, "t");
    assert_ptr_equal(q.tail->block, block);
    assert_holds(&q, "rest");
    append(&other, "!");
    assert_ptr_not_equal(other.tail->block, block);
    assert_holds(&other, "frame, !");
}

static void test_move_between_pools_makes_new_views(void **state)
{
    tern_pool   *second = tern_pool_new();
    tern_linkbuf far;

    (void)state;
    assert_non_null(second);
    tern_linkbuf_init(&far, second);
    append(&q, "abc");
    append_alone(&q, "def");
    assert_int_equal(tern_linkbuf_move(&q, 4, &far), 0);
    assert_holds(&far, "abcd");
    assert_holds(&q, "ef");
    assert_int_equal(tern_linkbuf_move(&q, 2, &far), 0);
    assert_holds(&far, "abcdef");
    tern_linkbuf_done(&far);
    tern_pool_free(second);
}

// ---- slices and shared blocks --------------------------------------------

static void test_slice_outlives_its_parent(void **state)
{
    (void)state;
    append(&q, "abc");
    append_alone(&q, "def");
    assert_int_equal(tern_linkbuf_slice(&q, 1, 4, &other), 0);
    assert_holds(&q, "abcdef");
    tern_linkbuf_clear(&q);
    append(&q, "ABCABC");
    assert_holds(&other, "bcde");
    assert_int_equal(tern_linkbuf_slice(&q, 5, 2, &other), -EINVAL);
    assert_int_equal(tern_linkbuf_slice(&q, 7, 0, &other), -EINVAL);
    assert_int_equal(tern_linkbuf_slice(&q, 6, 0, &other), 0);
    assert_holds(&other, "bcde");
}

static void test_of_two_views_of_a_tail_only_the_first_writer_extends(void **state)
{
    (void)state;
    append(&q, "abc");
    assert_int_equal(tern_linkbuf_slice(&q, 1, 2, &other), 0);
    append(&other, "XY");
    append(&q, "de");
    assert_int_equal(count_segments(&other), 1);
    assert_int_equal(count_segments(&q), 2);
    assert_holds(&other, "bcXY");
    assert_holds(&q, "abcde");
}

// Nobody else's memory may be written behind the last byte that this queue was given.
static void test_view_of_a_shared_block_is_not_extended(void **state)
{
    tern_block *b = tern_block_new_shared(100);

    (void)state;
    assert_non_null(b);
    memcpy(b->base, "abc", 3);
    b->used = 3;
    assert_int_equal(tern_linkbuf_append_view(&q, b, b->base, 3), 0);
    append(&q, "d");
    assert_int_equal(b->used, 3);
    assert_int_equal(count_segments(&q), 2);
    tern_linkbuf_clear(&q);
    assert_int_equal(tern_linkbuf_append_view(&q, b, b->base, 3), 0);
    tern_block_unref(b);
    append(&q, "d");  // alone with it now
    assert_int_equal(count_segments(&q), 1);
    assert_holds(&q, "abcd");
}

static void *drain(void *arg)
{
    tern_linkbuf *b = arg;

    assert_holds(b, "made in another thread");
    append(b, "!");
    tern_linkbuf_done(b);
    return NULL;
}

static void test_queue_without_a_pool_crosses_threads(void **state)
{
    tern_linkbuf here, there;
    pthread_t    thread;

    (void)state;
    tern_linkbuf_init(&here, NULL);
    tern_linkbuf_init(&there, NULL);
    append(&here, "made in another thread");
    append_alone(&here, ", kept");
    assert_int_equal(tern_linkbuf_slice(&here, 0, 22, &there), 0);
    assert_int_equal(pthread_create(&thread, NULL, drain, &there), 0);
    append(&here, " here");
    assert_holds(&here, "made in another thread, kept here");
    tern_linkbuf_done(&here);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

// ---- want of memory ------------------------------------------------------

static int do_append(void)
{
    static const char many[5000];

    return tern_linkbuf_append(&q, many, sizeof many);
}
static int do_append_ref(void) { return tern_linkbuf_append_ref(&q, "x", 1, NULL, NULL); }
static int do_prepend(void) { return tern_linkbuf_prepend(&q, "x", 1); }
static int do_reserve(void) { return tern_linkbuf_reserve(&q, 5000) ? 0 : -ENOMEM; }
static int do_move(void) { return tern_linkbuf_move(&q, 4, &other); }
static int do_slice(void) { return tern_linkbuf_slice(&q, 1, 4, &other); }
static int do_peek(void) { return tern_linkbuf_peek(&q, 5) ? 0 : -ENOMEM; }
static int do_append_view(void)
{
    return tern_linkbuf_append_view(&q, q.head->block, q.head->pos, 1);
}

// Runs `act` on fresh queues with the i-th allocation failing. True where it did fail.
static bool fails_cleanly(int (*act)(void), int i)
{
    int err;

    append_alone(&q, "abc");
    append_alone(&q, "def");
    append_alone(&other, "other");
    failing_mem_fail_at(i);
    err = act();
    failing_mem_fail_at(-1);
    if (err == 0)
        return false;
    assert_int_equal(err, -ENOMEM);
    assert_holds(&q, "abcdef");
    assert_holds(&other, "other");
    return true;
}

// A pool without anything on its shelves.
static void refresh(void **state)
{
    assert_int_equal(fixture_teardown(state), 0);
    assert_int_equal(fixture_setup(state), 0);
}

static void test_no_operation_changes_anything_without_memory(void **state)
{
    static int (*const acts[])(void) = { do_append,  do_append_ref, do_append_view, do_prepend,
                                         do_reserve, do_move,       do_slice,       do_peek };

    for (size_t i = 0; i < TERN_COUNT_OF(acts); i++) {
        int n_failures = 0;

        refresh(state);
        while (fails_cleanly(acts[i], n_failures)) {
            n_failures++;
            refresh(state);
        }
        assert_true(n_failures > 0);
    }
}

// ---- the kernel's side ---------------------------------------------------

static void test_iovec_gives_as_many_as_fit(void **state)
{
    enum { N = 3000 };
    static struct iovec iov[N + 1];

    (void)state;
    for (int i = 0; i < N; i++)
        append_alone(&q, "ab");
    assert_int_equal(tern_linkbuf_iovec(&q, iov, 0), 0);
    assert_int_equal(tern_linkbuf_iovec(&q, iov, 1024), 1024);
    assert_int_equal(tern_linkbuf_iovec(&q, iov, N + 1), N);
    tern_linkbuf_consume(&q, 2 * 1024 + 1);
    assert_int_equal(tern_linkbuf_iovec(&q, iov, N), N - 1024);
    assert_int_equal(iov[0].iov_len, 1);
    assert_true(tern_linkbuf_is_valid(&q));
}

static void test_lengths_beyond_32_bits_are_kept(void **state)
{
    const size_t len = 6 * GIB;
    uint8_t *huge = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct iovec iov[4];

    (void)state;
    assert_ptr_not_equal(huge, MAP_FAILED);
    assert_int_equal(tern_linkbuf_append_ref(&q, huge, len, NULL, NULL), 0);
    assert_int_equal(tern_linkbuf_append_ref(&q, huge, len, NULL, NULL), 0);
    assert_int_equal(tern_linkbuf_len(&q), 2 * len);
    assert_int_equal(tern_linkbuf_move(&q, 9 * GIB, &other), 0);
    assert_int_equal(tern_linkbuf_iovec(&other, iov, 4), 2);
    assert_int_equal(iov[1].iov_len, 3 * GIB);
    tern_linkbuf_consume(&other, 9 * GIB - 1);
    assert_int_equal(tern_linkbuf_len(&other), 1);
    assert_int_equal(tern_linkbuf_slice(&q, 2 * GIB, GIB, &other), 0);
    assert_int_equal(tern_linkbuf_len(&other), GIB + 1);
    tern_linkbuf_compact(&q);
    assert_true(tern_linkbuf_is_valid(&q));
    tern_linkbuf_clear(&q);
    tern_linkbuf_clear(&other);
    munmap(huge, len);
}

// The kernel refuses a total above SSIZE_MAX.
static void test_iovec_stays_within_what_the_kernel_takes(void **state)
{
    const size_t most = SSIZE_MAX - 4096;
    static char  somewhere;
    struct iovec iov[4];

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(tern_linkbuf_append_ref(&q, &somewhere, most, NULL, NULL), 0);
    assert_int_equal(tern_linkbuf_iovec(&q, iov, 4), 2);
    assert_int_equal(iov[0].iov_len, most);
    assert_int_equal(iov[1].iov_len, 4096);
}

// ---- compacting ----------------------------------------------------------

static void test_compact_moves_a_left_over_into_a_small_block(void **state)
{
    (void)state;
    fill(&q, 60000);
    append(&q, "left over");
    tern_linkbuf_consume(&q, 60000);
    assert_int_equal(q.head->block->cap, TERN_BLOCK_LARGE);
    tern_linkbuf_compact(&q);
    assert_int_equal(q.head->block->cap, TERN_BLOCK_SMALL);
    assert_holds(&q, "left over");
    append(&q, "!");
    assert_holds(&q, "left over!");
}

static void test_compact_leaves_what_fits_alone(void **state)
{
    tern_block *block;

    (void)state;
    tern_linkbuf_compact(&q);
    fill(&q, 30000);
    block = q.head->block;
    tern_linkbuf_compact(&q);
    assert_ptr_equal(q.head->block, block);
    append_alone(&other, "short foreign memory pins itself only");
    block = other.head->block;
    tern_linkbuf_compact(&other);
    assert_ptr_equal(other.head->block, block);
}

// Many pieces of one block pin it once.
static void test_compact_counts_a_block_once(void **state)
{
    const tern_segment *first;

    (void)state;
    fill(&q, 4096);
    for (size_t off = 0; off < 4096; off += 4)
        assert_int_equal(tern_linkbuf_slice(&q, off, 2, &other), 0);
    first = other.head;
    tern_linkbuf_compact(&other);
    assert_ptr_equal(other.head, first);
}

static void test_compact_without_memory_changes_nothing(void **state)
{
    (void)state;
    fill(&q, 60000);
    append(&q, "left over");
    tern_linkbuf_consume(&q, 60000);
    for (int i = 0; i < 2; i++) {
        failing_mem_fail_at(i);
        tern_linkbuf_compact(&q);
        assert_true(failing_mem_has_failed());
        assert_int_equal(q.head->block->cap, TERN_BLOCK_LARGE);
        assert_holds(&q, "left over");
    }
}

// ---- the invariant -------------------------------------------------------

// Whether the queue is invalid once `*what` is `value`; puts it back.
static bool is_broken_by(size_t *what, size_t value)
{
    size_t was = *what;
    bool   broken;

    *what = value;
    broken = !tern_linkbuf_is_valid(&q);
    *what = was;
    return broken;
}

static void test_is_valid_sees_what_is_broken(void **state)
{
    tern_segment *tail, *head;

    (void)state;
    append(&q, "abc");
    append_alone(&q, "def");
    head = q.head;
    tail = q.tail;
    assert_true(is_broken_by(&q.len, 5));
    assert_true(is_broken_by(&q.len, 7));
    assert_true(is_broken_by(&head->block->used, 2));
    assert_true(is_broken_by(&head->block->cap, 2));
    q.tail = head;
    assert_false(tern_linkbuf_is_valid(&q));
    q.tail = tail;
    head->pos += 3;
    assert_false(tern_linkbuf_is_valid(&q));
    head->pos -= 4;
    assert_false(tern_linkbuf_is_valid(&q));
    head->pos++;
    assert_true(tern_linkbuf_is_valid(&q));
}

// ---- against the model ---------------------------------------------------

static uint32_t random_state;

static uint8_t random_byte(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint8_t)(random_state >> 24);
}

static void test_random_operations_match_flat_arrays(void **state)
{
    enum { N_RUNS = 200, PROGRAM_LEN = 4000 };
    uint8_t program[PROGRAM_LEN];

    (void)state;
    for (uint32_t seed = 1; seed <= N_RUNS; seed++) {
        random_state = seed;
        for (int i = 0; i < PROGRAM_LEN; i++)
            program[i] = random_byte();
        linkbuf_model_run(program, PROGRAM_LEN);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_move_cuts_anywhere),
        TEST(test_move_of_frame_after_frame_stays_one_segment),
        TEST(test_moved_bytes_outlive_their_queue),
        TEST(test_move_leaves_the_rest_growing_in_its_block),
        TEST(test_move_between_pools_makes_new_views),
        TEST(test_slice_outlives_its_parent),
        TEST(test_of_two_views_of_a_tail_only_the_first_writer_extends),
        TEST(test_view_of_a_shared_block_is_not_extended),
        TEST(test_queue_without_a_pool_crosses_threads),
        TEST(test_no_operation_changes_anything_without_memory),
        TEST(test_iovec_gives_as_many_as_fit),
        TEST(test_lengths_beyond_32_bits_are_kept),
        TEST(test_iovec_stays_within_what_the_kernel_takes),
        TEST(test_compact_moves_a_left_over_into_a_small_block),
        TEST(test_compact_leaves_what_fits_alone),
        TEST(test_compact_counts_a_block_once),
        TEST(test_compact_without_memory_changes_nothing),
        TEST(test_is_valid_sees_what_is_broken),
        cmocka_unit_test(test_random_operations_match_flat_arrays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
