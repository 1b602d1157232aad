// Messages that wait, without an engine: whose turn it is, who sleeps, and what a look costs.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/wire/outqueue_internal.h"

enum { PART = 10, MANY = 9000 };

// An engine that puts the bytes into `out` and writes down "<call><bytes> ", and "<call>. " at the end.
typedef struct fake fake;
struct fake {
    terni_outqueue q;
    tern_pool     *pool;
    tern_linkbuf   out;
    int64_t        credit;  // of the connection
    unsigned       n_looks;
    bool           fails;
    char           log[1024];
    size_t         log_len;
    void (*on_sent)(fake *f);
};

typedef struct call call;
struct call {
    terni_stream   stream;
    terni_waiting *w;
    int64_t        window;
};

static call *call_of(const terni_waiting *w) { return TERN_CONTAINER_OF(w->stream, call, stream); }

TERN_PRINTF(2, 3) static void say(fake *f, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    f->log_len += (size_t)vsnprintf(f->log + f->log_len, sizeof f->log - f->log_len, fmt, args);
    va_end(args);
    assert_true(f->log_len < sizeof f->log);
}

static bool may_send(const void *engine) { return ((const fake *)engine)->credit > 0; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static size_t part(const void *engine, const terni_waiting *w)
{
    fake   *f = (fake *)(uintptr_t)engine;
    int64_t n = least(least((int64_t)w->body.len, PART), least(f->credit, call_of(w)->window));

    assert_true(f->credit > 0);
    f->n_looks++;
    return n > 0 ? (size_t)n : 0;
}

static bool send_part(void *engine, terni_waiting *w, size_t n)
{
    fake *f = engine;

    if (f->fails || tern_linkbuf_move(&w->body, n, &f->out) < 0) {
        f->credit = 0;  // as with an engine that has failed
        return false;
    }
    f->credit -= (int64_t)n;
    call_of(w)->window -= (int64_t)n;
    if (w->stream->id)
        say(f, "%c%zu ", (char)w->stream->id, n);
    return true;
}

// Linear, so not for crowds.
static void check(const fake *f) { assert_true(f->q.n > 20 || terni_outqueue_is_valid(&f->q)); }

static void drop(fake *f, call *c)
{
    terni_outqueue_drop(&f->q, c->w);
    check(f);
    c->w = NULL;
}

static void sent(void *engine, terni_waiting *w)
{
    fake *f = engine;

    if (w->stream->id)
        say(f, "%c. ", (char)w->stream->id);
    drop(f, call_of(w));
    if (f->on_sent)
        f->on_sent(f);
}

static const terni_outqueue_sender sender = {
    .may_send = may_send, .part = part, .send = send_part, .sent = sent
};

static void begin(fake *f)
{
    *f = (fake){ .credit = 1 << 20 };
    f->pool = tern_pool_new();
    tern_linkbuf_init(&f->out, f->pool);
}

static void end(fake *f)
{
    terni_outqueue_done(&f->q);
    tern_linkbuf_done(&f->out);
    if (f->pool)
        tern_pool_free(f->pool);
}

static int write_body(const terni_body *body, tern_linkbuf *out)
{
    static const uint8_t zeros[100];

    return tern_linkbuf_append(out, zeros, body->size);
}

// False without memory.
static bool wait_with(fake *f, call *c, char name, size_t size, int64_t window)
{
    const terni_body body = { .size = size, .write = write_body };

    *c = (call){ .stream.id = (uint8_t)name, .window = window };
    c->w = terni_outqueue_add(&f->q, f->pool, &c->stream, &body, 0);
    check(f);
    return c->w != NULL;
}

static bool is_blocked(const call *c) { return c->stream.flags & TERNI_STREAM_BLOCKED; }

// ---- turns ---------------------------------------------------------------

static void test_messages_take_turns_part_by_part(void **state)
{
    fake f;
    call a, b, c;

    (void)state;
    begin(&f);
    wait_with(&f, &a, 'a', 25, 100);
    wait_with(&f, &b, 'b', 5, 100);
    wait_with(&f, &c, 'c', 20, 100);
    assert_true(is_blocked(&a) && is_blocked(&b) && is_blocked(&c));
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "a10 b5 b. c10 a10 c10 c. a5 a. ");
    assert_false(is_blocked(&a) || is_blocked(&b) || is_blocked(&c));
    assert_int_equal(f.out.len, 50);
    end(&f);
}

static void test_turn_goes_on_where_credit_ended(void **state)
{
    fake f;
    call a, b, c;

    (void)state;
    begin(&f);
    wait_with(&f, &a, 'a', 20, 100);
    wait_with(&f, &b, 'b', 20, 100);
    f.credit = 15;
    terni_outqueue_pump(&f.q, &sender, &f);
    wait_with(&f, &c, 'c', 5, 100);  // behind the one that has had its turn last
    f.credit = 100;
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "a10 b5 a10 a. b10 c5 c. b5 b. ");
    end(&f);
}

static void test_empty_message_needs_no_window_of_its_own(void **state)
{
    fake f;
    call a;

    (void)state;
    begin(&f);
    wait_with(&f, &a, 'a', 0, 0);
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "a0 a. ");
    end(&f);
}

// ---- sleep ---------------------------------------------------------------

static void test_shut_window_lets_the_others_go_on(void **state)
{
    fake f;
    call a, b;

    (void)state;
    begin(&f);
    wait_with(&f, &a, 'a', 25, 12);
    wait_with(&f, &b, 'b', 25, 100);
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "a10 b10 a2 b10 b5 b. ");
    assert_true(is_blocked(&a));
    a.window = 100;
    terni_outqueue_wake(&f.q, a.w);
    terni_outqueue_wake(&f.q, a.w);  // twice is once
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "a10 b10 a2 b10 b5 b. a10 a3 a. ");
    end(&f);
}

static void test_woken_one_stands_behind_the_others(void **state)
{
    fake f;
    call a, b;

    (void)state;
    begin(&f);
    wait_with(&f, &a, 'a', 10, 0);
    terni_outqueue_pump(&f.q, &sender, &f);
    wait_with(&f, &b, 'b', 20, 100);
    a.window = 100;
    terni_outqueue_wake(&f.q, a.w);
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "b10 a10 a. b10 b. ");
    end(&f);
}

// Each pump looked at everyone who waited: 200 us for each frame of a peer that shut 9,000 windows.
static void test_bug_pump_looked_at_those_whose_window_is_shut(void **state)
{
    call *calls = calloc(MANY, sizeof *calls);
    fake  f;

    (void)state;
    begin(&f);
    for (int i = 0; i < MANY; i++)
        wait_with(&f, &calls[i], 0, 10, 0);
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_int_equal(f.n_looks, MANY);  // once, to find it shut
    for (int i = 0; i < 1000; i++)
        terni_outqueue_pump(&f.q, &sender, &f);
    assert_int_equal(f.n_looks, MANY);
    for (int i = 0; i < 100; i++) {
        calls[i].window = 10;
        terni_outqueue_wake(&f.q, calls[i].w);
        terni_outqueue_pump(&f.q, &sender, &f);
    }
    assert_int_equal(f.n_looks, MANY + 100);
    for (int i = 100; i < MANY; i++)
        drop(&f, &calls[i]);
    end(&f);
    free(calls);
}

static void test_without_credit_of_the_connection_nobody_is_looked_at(void **state)
{
    call *calls = calloc(MANY, sizeof *calls);
    fake  f;

    (void)state;
    begin(&f);
    f.credit = 0;
    for (int i = 0; i < MANY; i++)
        wait_with(&f, &calls[i], 0, 10, 100);
    for (int i = 0; i < 1000; i++)
        terni_outqueue_pump(&f.q, &sender, &f);
    assert_int_equal(f.n_looks, 0);
    f.credit = 5;  // a little at a time costs as little
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_int_equal(f.n_looks, 1);
    for (int i = 0; i < MANY; i++)
        drop(&f, &calls[i]);
    end(&f);
    free(calls);
}

// ---- ends ----------------------------------------------------------------

static void test_dropped_ones_leave_the_order_of_the_rest(void **state)
{
    fake f;
    call c[6];

    (void)state;
    begin(&f);
    for (int i = 0; i < 6; i++)
        wait_with(&f, &c[i], (char)('a' + i), 10, i == 4 ? 0 : 100);
    drop(&f, &c[0]);  // the first, one between, the last, and one that sleeps
    drop(&f, &c[2]);
    drop(&f, &c[5]);
    terni_outqueue_pump(&f.q, &sender, &f);
    drop(&f, &c[4]);
    assert_string_equal(f.log, "b10 b. d10 d. ");
    assert_int_equal(f.q.n, 0);
    end(&f);
}

static call victim, newcomer;

static void drop_one_and_add_one(fake *f)
{
    if (victim.w)
        drop(f, &victim);
    if (!newcomer.stream.id)
        assert_true(wait_with(f, &newcomer, 'n', 10, 100));
}

static void test_sent_may_drop_and_add_others(void **state)
{
    fake f;
    call a, b;

    (void)state;
    begin(&f);
    newcomer = (call){ .w = NULL };
    wait_with(&f, &a, 'a', 10, 100);
    wait_with(&f, &victim, 'v', 10, 100);  // whose turn is next
    wait_with(&f, &b, 'b', 10, 100);
    f.on_sent = drop_one_and_add_one;
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_string_equal(f.log, "a10 a. b10 b. n10 n. ");
    end(&f);
}

static void test_failed_engine_ends_the_pump(void **state)
{
    fake f;
    call a, b;

    (void)state;
    begin(&f);
    wait_with(&f, &a, 'a', 10, 100);
    wait_with(&f, &b, 'b', 10, 100);
    f.fails = true;
    terni_outqueue_pump(&f.q, &sender, &f);
    assert_int_equal(f.n_looks, 1);
    assert_string_equal(f.log, "");
    drop(&f, &a);
    drop(&f, &b);
    end(&f);
}

static void wait_and_pump(void *arg)
{
    fake f;
    call a, b;

    (void)arg;
    begin(&f);
    if (f.pool && wait_with(&f, &a, 'a', 25, 100) && wait_with(&f, &b, 'b', 25, 100))
        terni_outqueue_pump(&f.q, &sender, &f);
    if (!fail_malloc_has_failed())
        assert_string_equal(f.log, "a10 b10 a10 b10 a5 a. b5 b. ");
    if (f.q.n && a.w)
        drop(&f, &a);
    if (f.q.n && b.w)
        drop(&f, &b);
    end(&f);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    assert_in_range(for_each_failed_allocation(wait_and_pump, NULL), 4, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_messages_take_turns_part_by_part),
        TERN_TEST(test_turn_goes_on_where_credit_ended),
        TERN_TEST(test_empty_message_needs_no_window_of_its_own),
        TERN_TEST(test_shut_window_lets_the_others_go_on),
        TERN_TEST(test_woken_one_stands_behind_the_others),
        TERN_TEST(test_bug_pump_looked_at_those_whose_window_is_shut),
        TERN_TEST(test_without_credit_of_the_connection_nobody_is_looked_at),
        TERN_TEST(test_dropped_ones_leave_the_order_of_the_rest),
        TERN_TEST(test_sent_may_drop_and_add_others),
        TERN_TEST(test_failed_engine_ends_the_pump),
        TERN_TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
