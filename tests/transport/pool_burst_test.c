// A burst of 1 GiB through a queue: afterwards the process must be as small as before. With libc's
// own allocator, since it is the one that would keep the memory.
#include "tests/support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tern/linkbuf.h>

#include "transport/base/asan_internal.h"

#define MIB ((size_t)1024 * 1024)

enum {
    BURST_MIB = 1024,
    ALLOWED_MIB = 2,
    MAX_TRIMS = 40,   // of an idle pool, until nothing is held
    BYSTANDERS = 64,  // allocations of somebody else in between, which stay
    BYSTANDER_PERIOD = 400,
};

static size_t resident_bytes(void)
{
    long  total, resident;
    FILE *file = fopen("/proc/self/statm", "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &total, &resident), 2);
    fclose(file);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

static void append_block(tern_linkbuf *q, size_t cap)
{
    tern_block *b = tern_block_new(q->pool, cap);

    assert_non_null(b);
    memset(b->base, 1, b->cap);
    b->used = b->cap;
    assert_int_equal(tern_linkbuf_append_view(q, b, b->base, b->used), 0);
    tern_block_unref(b);
}

// Mostly small blocks, some of each other size.
static size_t nth_size(unsigned i)
{
    if (i % 1000 == 999)
        return 16 * MIB;
    if (i % 100 == 99)
        return 2 * MIB - 100;
    return i % 10 == 9 ? TERN_BLOCK_LARGE : i % 2 ? TERN_BLOCK_MEDIUM : TERN_BLOCK_SMALL;
}

static void burst(tern_pool *pool, size_t bytes, void **bystanders)
{
    tern_linkbuf q;

    tern_linkbuf_init(&q, pool);
    for (unsigned i = 0; tern_linkbuf_len(&q) < bytes; i++) {
        append_block(&q, nth_size(i));
        if (i % BYSTANDER_PERIOD == 0 && i / BYSTANDER_PERIOD < BYSTANDERS)
            bystanders[i / BYSTANDER_PERIOD] = malloc(100);
    }
    tern_linkbuf_done(&q);
}

static int trim_to_nothing(tern_pool *pool)
{
    int n = 1;

    while (tern_pool_trim(pool) > 0 && n < MAX_TRIMS)
        n++;
    return n;
}

static void *burst_and_measure(void *arg)
{
    tern_pool *pool = tern_pool_new();
    void      *bystanders[BYSTANDERS] = { NULL };
    size_t     before, after;

    (void)arg;
    assert_non_null(pool);
    burst(pool, MIB, bystanders);  // so that libc has set itself up
    assert_true(trim_to_nothing(pool) < MAX_TRIMS);
    for (int i = 0; i < BYSTANDERS; i++)
        free(bystanders[i]);

    before = resident_bytes();
    burst(pool, BURST_MIB * MIB, bystanders);
    assert_true(trim_to_nothing(pool) < MAX_TRIMS);
    after = resident_bytes();
    print_message("resident: %zu KiB before, %zu KiB after\n", before / 1024, after / 1024);
    assert_true(after < before + ALLOWED_MIB * MIB);

    for (int i = 0; i < BYSTANDERS; i++)
        free(bystanders[i]);
    tern_pool_free(pool);
    return NULL;
}

// Sanitizers keep freed memory in quarantine and shadows of all that was ever touched.
#if defined(TERNI_ASAN) || defined(__SANITIZE_THREAD__)
#define HAS_OWN_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_OWN_ALLOCATOR 1
#endif
#endif

static void test_burst_on_the_main_thread_leaves_nothing(void **state)
{
    (void)state;
#ifdef HAS_OWN_ALLOCATOR
    skip();
#endif
    burst_and_measure(NULL);
}

// glibc gives another thread an arena of its own, which gives memory back by other rules.
static void test_burst_on_another_thread_leaves_nothing(void **state)
{
    pthread_t thread;

    (void)state;
#ifdef HAS_OWN_ALLOCATOR
    skip();
#endif
    assert_int_equal(pthread_create(&thread, NULL, burst_and_measure, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_on_the_main_thread_leaves_nothing),
        cmocka_unit_test(test_burst_on_another_thread_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
