// Messages that nobody has asked for yet. Their session has a fake engine and no connection.
#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include "rpc/call/inbox_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/wire.h"

typedef struct box box;
struct box {
    terni_session session;
    terni_stream  stream;
    tern_pool    *pool;
    terni_inbox   inbox;
};

static void begin(box *b)
{
    fake_wire_reset();
    *b = (box){ .session.wire = &fake_wire_table, .stream.id = 1, .pool = tern_pool_new() };
    b->session.engine = fake_wire_table.create(&(terni_engine_opts){ .owner = &b->session });
    terni_inbox_init(&b->inbox, &b->stream);
    (void)journal_take();
}

// As a session does it: the engine goes, and those who hold messages owe nobody anything.
static void lose_connection(box *b)
{
    if (b->session.engine)
        fake_wire_table.destroy(b->session.engine);
    b->session.engine = NULL;
    if (!b->session.holding)
        return;
    b->session.holding->owner = NULL;
    terni_holding_unref(b->session.holding);
    b->session.holding = NULL;
}

static void end(box *b)
{
    terni_inbox_done(&b->inbox);
    lose_connection(b);
    if (b->pool)
        tern_pool_free(b->pool);
}

static int push(box *b, tern_block *block, const char *text)
{
    const terni_piece piece = { .data = block->base, .len = strlen(text), .block = block };

    memcpy(block->base, text, piece.len);
    if (block->used < piece.len)
        block->used = piece.len;
    b->session.engine->owed += piece.len;
    return terni_inbox_push(&b->inbox, &b->session, &piece);
}

// What a journal could not hold for so many.
static void pop_quietly(box *b)
{
    terni_inbox_pop(&b->inbox);
    (void)journal_take();
}

static void pop_all(box *b)
{
    while (!terni_inbox_is_empty(&b->inbox))
        pop_quietly(b);
}

static void check_first(const box *b, const char *text)
{
    const terni_piece *first = terni_inbox_peek(&b->inbox);

    assert_non_null(first);
    assert_int_equal(first->len, strlen(text));
    assert_memory_equal(first->data, text, first->len);
}

static tern_block *new_block(size_t cap)
{
    tern_block *block = tern_block_new_shared(cap);

    assert_non_null(block);
    return block;
}

// ---- order and memory ----------------------------------------------------

static void test_messages_come_out_in_order(void **state)
{
    static const char *const texts[] = { "one", "", "three", "four" };
    box                      b;

    (void)state;
    begin(&b);
    assert_true(terni_inbox_is_empty(&b.inbox));
    assert_null(terni_inbox_peek(&b.inbox));
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++) {
        tern_block *block = new_block(4096);

        assert_int_equal(push(&b, block, texts[i]), 0);
        memset(block->base, '?', 10);  // the frame's memory serves for others
        tern_block_unref(block);
    }
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++) {
        check_first(&b, texts[i]);
        terni_inbox_pop(&b.inbox);
    }
    assert_true(terni_inbox_is_empty(&b.inbox));
    end(&b);
}

static void test_emptied_box_takes_more(void **state)
{
    box         b;
    tern_block *block = new_block(4096);

    (void)state;
    begin(&b);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(push(&b, block, "again"), 0);
        check_first(&b, "again");
        terni_inbox_pop(&b.inbox);
        assert_true(terni_inbox_is_empty(&b.inbox));
    }
    tern_block_unref(block);
    end(&b);
}

static void test_small_part_of_a_block_is_copied_a_large_one_is_kept(void **state)
{
    box         b;
    tern_block *block = new_block(1000);
    char        large[1001];

    (void)state;
    begin(&b);
    memset(large, 'x', sizeof large);
    large[block->cap / 4 - 1] = '\0';
    assert_int_equal(push(&b, block, large), 0);
    assert_ptr_not_equal(terni_inbox_peek(&b.inbox)->block, block);
    terni_inbox_pop(&b.inbox);
    large[block->cap / 4 - 1] = 'x';
    large[block->cap / 4] = '\0';
    assert_int_equal(push(&b, block, large), 0);
    assert_ptr_equal(terni_inbox_peek(&b.inbox)->block, block);
    assert_ptr_equal(terni_inbox_peek(&b.inbox)->data, block->base);
    tern_block_unref(block);  // ours; the box has its own
    check_first(&b, large);
    end(&b);
}

// Whichever is first, and wherever they are read in between.
static const char *nth_text(int n)
{
    static char text[1500];

    memset(text, 'a' + n % 26, sizeof text);
    text[n % 7 ? n % 300 : 1499] = '\0';
    return text;
}

static void push_nth(box *b, int n)
{
    tern_block *block = new_block(4096);

    assert_int_equal(push(b, block, nth_text(n)), 0);
    tern_block_unref(block);
}

// Wherever they are read in between.
static void test_short_and_long_messages_stay_in_order(void **state)
{
    enum { N = 2000 };
    box      b;
    uint64_t seed = 1;
    int      n_read = 0;

    (void)state;
    begin(&b);
    for (int i = 0; i < N; i++) {
        push_nth(&b, i);
        for (; n_read <= i && (seed >> 40) % 3 > 0; n_read++) {
            check_first(&b, nth_text(n_read));
            pop_quietly(&b);
            seed = seed * 6364136223846793005 + 1;
        }
        seed = seed * 6364136223846793005 + 1;
    }
    pop_all(&b);
    end(&b);
    assert_in_range(n_read, N / 4, N);
}

static void test_each_says_itself_whether_it_is_compressed(void **state)
{
    box         b;
    tern_block *block = new_block(4096);
    terni_piece piece = { .data = block->base, .len = 3, .block = block };

    (void)state;
    begin(&b);
    memcpy(block->base, "abc", 3);
    for (int i = 0; i < 10; i++) {
        piece.is_compressed = i % 3 == 0;
        b.session.engine->owed += piece.len;
        assert_int_equal(terni_inbox_push(&b.inbox, &b.session, &piece), 0);
    }
    for (int i = 0; i < 10; i++) {
        assert_int_equal(terni_inbox_peek(&b.inbox)->is_compressed, i % 3 == 0);
        terni_inbox_pop(&b.inbox);
    }
    tern_block_unref(block);
    end(&b);
}

static void test_bug_short_messages_took_a_block_each(void **state)
{
    enum { N = 10000 };
    box         b;
    tern_block *block;

    (void)state;
    begin(&b);
    assert_non_null(block = tern_block_new(b.pool, 4096));
    for (int i = 0; i < N; i++)
        assert_int_equal(push(&b, block, "12345"), 0);
    assert_in_range(tern_pool_get_stats(b.pool).live_bytes, N * 6, N * 8);
    pop_all(&b);
    tern_block_unref(block);
    end(&b);
}

static void test_bug_empty_messages_were_unbounded(void **state)
{
    box         b;
    tern_block *block = new_block(4096);

    (void)state;
    begin(&b);
    for (int i = 0; i < TERNI_INBOX_MAX_EMPTY; i++)
        assert_int_equal(push(&b, block, ""), 0);
    assert_int_equal(push(&b, block, ""), -ENOBUFS);
    assert_int_equal(push(&b, block, "one"), 0);
    terni_inbox_pop(&b.inbox);
    assert_int_equal(push(&b, block, ""), 0);
    pop_all(&b);
    tern_block_unref(block);
    end(&b);
}

// ---- credit --------------------------------------------------------------

static void test_message_is_held_until_it_is_popped(void **state)
{
    box         b;
    tern_block *block = new_block(4096);

    (void)state;
    begin(&b);
    assert_int_equal(push(&b, block, "12345"), 0);
    assert_int_equal(push(&b, block, "123"), 0);
    assert_int_equal(b.session.holding->bytes, 8);
    assert_string_equal(journal_take(), "");
    terni_inbox_pop(&b.inbox);
    assert_string_equal(journal_take(), "consumed(5) ");
    terni_inbox_drop(&b.inbox);
    assert_string_equal(journal_take(), "consumed(3) ");
    assert_int_equal(b.session.engine->owed, 0);
    tern_block_unref(block);
    end(&b);
}

static void test_done_gives_all_back(void **state)
{
    box         b;
    tern_block *block = new_block(4096);

    (void)state;
    begin(&b);
    assert_int_equal(push(&b, block, "12345"), 0);
    assert_int_equal(push(&b, block, "123"), 0);
    terni_inbox_done(&b.inbox);
    assert_int_equal(b.session.engine->owed, 0);
    assert_null(b.inbox.holding);
    assert_int_equal(push(&b, block, "again"), 0);  // it may be used for another stream
    check_first(&b, "again");
    tern_block_unref(block);
    end(&b);
}

static void test_messages_outlive_their_connection(void **state)
{
    box         b;
    tern_block *block = new_block(4096);

    (void)state;
    begin(&b);
    assert_int_equal(push(&b, block, "12345"), 0);
    tern_block_unref(block);
    lose_connection(&b);
    (void)journal_take();
    check_first(&b, "12345");
    terni_inbox_done(&b.inbox);
    assert_string_equal(journal_take(), "");
    tern_pool_free(b.pool);
}

// ---- memory --------------------------------------------------------------

static void push_some(void *arg)
{
    box         b;
    tern_block *block = tern_block_new_shared(4096);

    (void)arg;
    begin(&b);
    for (int i = 0; i < 3 && block && b.pool && b.session.engine; i++) {
        int err = push(&b, block, "12345");

        assert_true(err == 0 || (err == -ENOMEM && fail_malloc_has_failed()));
    }
    terni_inbox_done(&b.inbox);
    assert_true(!b.session.engine || b.session.engine->owed == 0);
    tern_block_unref(block);
    end(&b);
}

static void test_message_without_memory_is_let_go(void **state)
{
    (void)state;
    assert_true(for_each_failed_allocation(push_some, NULL) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_messages_come_out_in_order),
        TERN_TEST(test_emptied_box_takes_more),
        TERN_TEST(test_small_part_of_a_block_is_copied_a_large_one_is_kept),
        TERN_TEST(test_short_and_long_messages_stay_in_order),
        TERN_TEST(test_each_says_itself_whether_it_is_compressed),
        TERN_TEST(test_bug_short_messages_took_a_block_each),
        TERN_TEST(test_bug_empty_messages_were_unbounded),
        TERN_TEST(test_message_is_held_until_it_is_popped),
        TERN_TEST(test_done_gives_all_back),
        TERN_TEST(test_messages_outlive_their_connection),
        TERN_TEST(test_message_without_memory_is_let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
