// Lists whose links lie in what they hold.
#include "tests/support/leak.h"

#include <stdbool.h>

#include "rpc/base/list_internal.h"

enum { N_ITEMS = 5 };

typedef struct item item;
struct item {
    item *next, **link;
    char  name;
};

typedef struct list list;
struct list {
    item *head;
    item  items[N_ITEMS];
};

// "abcde" in order of the list: each is pushed in front.
static void begin(list *l)
{
    *l = (list){ .head = NULL };
    for (int i = N_ITEMS; i-- > 0;) {
        l->items[i].name = (char)('a' + i);
        TERNI_LIST_PUSH(&l->head, &l->items[i]);
    }
}

static const char *text_of(const list *l)
{
    static char text[N_ITEMS + 1];
    char       *end = text;

    for (const item *i = l->head; i; i = i->next)
        *end++ = i->name;
    *end = '\0';
    return text;
}

static bool is_valid(list *l)
{
    item **link = &l->head;

    for (; *link; link = &(*link)->next)
        if ((*link)->link != link)
            return false;
    return true;
}

static void test_push_puts_in_front(void **state)
{
    list l;

    (void)state;
    begin(&l);
    assert_string_equal(text_of(&l), "abcde");
    assert_true(is_valid(&l));
}

static void test_remove_of_any_leaves_the_others(void **state)
{
    static const char *const rests[N_ITEMS] = { "bcde", "acde", "abde", "abce", "abcd" };

    (void)state;
    for (int i = 0; i < N_ITEMS; i++) {
        list l;

        begin(&l);
        TERNI_LIST_REMOVE(&l.items[i]);
        assert_string_equal(text_of(&l), rests[i]);
        assert_true(is_valid(&l));
        assert_null(l.items[i].link);
    }
}

static void test_removed_one_may_be_pushed_again(void **state)
{
    list l;

    (void)state;
    begin(&l);
    TERNI_LIST_REMOVE(&l.items[2]);
    TERNI_LIST_PUSH(&l.head, &l.items[2]);
    assert_string_equal(text_of(&l), "cabde");
    assert_true(is_valid(&l));
}

static void test_list_is_emptied_from_the_front(void **state)
{
    list l;

    (void)state;
    begin(&l);
    for (item *i; (i = l.head);) {
        TERNI_LIST_REMOVE(i);
        assert_true(is_valid(&l));
    }
    for (int i = 0; i < N_ITEMS; i++)
        assert_null(l.items[i].link);
}

// As a shard does with the calls that fail: the rest goes to a head of its own, and is still whole.
static void test_rest_may_move_to_another_head(void **state)
{
    list  l;
    item *other;

    (void)state;
    begin(&l);
    other = l.head;
    l.head = NULL;
    other->link = &other;
    TERNI_LIST_REMOVE(&l.items[0]);
    assert_ptr_equal(other, &l.items[1]);
    assert_ptr_equal(other->link, &other);
    assert_null(l.head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_push_puts_in_front),
        TERN_TEST(test_remove_of_any_leaves_the_others),
        TERN_TEST(test_removed_one_may_be_pushed_again),
        TERN_TEST(test_list_is_emptied_from_the_front),
        TERN_TEST(test_rest_may_move_to_another_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
