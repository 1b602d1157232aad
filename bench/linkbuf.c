// bench/linkbuf.c: what the transport's hottest data structure costs, in nanoseconds per operation.
//
//   bazel run -c opt //bench:linkbuf [-- <thousands of rounds>]
//   valgrind --tool=callgrind --toggle-collect='bench_*' bazel-bin/bench/linkbuf 100
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tern/linkbuf.h>

enum {
    DEFAULT_KILO_ROUNDS = 5000,
    REPEATS = 5,  // the best one counts: noise only adds
    FRAME = 1024,
};

typedef void bench_fn(tern_pool *pool, long n);

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(int err)
{
    if (err < 0)
        abort();
}

// The compiler must believe that somebody looks at the memory.
static void touch(const void *p) { __asm__ volatile("" : : "r"(p) : "memory"); }

static void bench_block_new_unref(tern_pool *pool, long n)
{
    for (; n > 0; n--) {
        tern_block *b = tern_block_new(pool, TERN_BLOCK_MEDIUM);

        touch(b);
        tern_block_unref(b);
    }
}

static void bench_block_new_unref_1mib(tern_pool *pool, long n)
{
    for (; n > 0; n--) {
        tern_block *b = tern_block_new(pool, 1024 * 1024);

        touch(b);
        tern_block_unref(b);
    }
}

// Small pieces behind each other, dropped every 64 KiB.
static void bench_reserve_commit_64(tern_pool *pool, long n)
{
    tern_linkbuf q;

    tern_linkbuf_init(&q, pool);
    for (; n > 0; n--) {
        uint8_t *room = tern_linkbuf_reserve(&q, 64);

        touch(room);
        tern_linkbuf_commit(&q, 64);
        if (tern_linkbuf_len(&q) >= TERN_BLOCK_LARGE)
            tern_linkbuf_clear(&q);
    }
    tern_linkbuf_done(&q);
}

// A queue that is empty before and after, as a connection's between two requests.
static void bench_reserve_commit_consume(tern_pool *pool, long n)
{
    tern_linkbuf q;

    tern_linkbuf_init(&q, pool);
    for (; n > 0; n--) {
        uint8_t *room = tern_linkbuf_reserve(&q, 64);

        touch(room);
        tern_linkbuf_commit(&q, 64);
        tern_linkbuf_consume(&q, 64);
    }
    tern_linkbuf_done(&q);
}

static void bench_append_view_neighbour(tern_pool *pool, long n)
{
    tern_block  *b = tern_block_new(pool, TERN_BLOCK_LARGE);
    tern_linkbuf q;
    size_t       off = 0;

    if (!b)
        abort();
    b->used = b->cap;
    tern_linkbuf_init(&q, pool);
    for (; n > 0; n--) {
        must(tern_linkbuf_append_view(&q, b, b->base + off, 64));
        if ((off += 64) == b->cap) {
            off = 0;
            tern_linkbuf_clear(&q);
        }
    }
    tern_linkbuf_done(&q);
    tern_block_unref(b);
}

// What the receive path does per frame: 64 of them came with one read; each is looked at, leaves
// for a queue of its own and is dropped.
static void bench_move_frame(tern_pool *pool, long n)
{
    tern_linkbuf in, frame;

    tern_linkbuf_init(&in, pool);
    tern_linkbuf_init(&frame, pool);
    for (; n > 0; n--) {
        if (tern_linkbuf_is_empty(&in)) {
            touch(tern_linkbuf_reserve(&in, TERN_BLOCK_LARGE));
            tern_linkbuf_commit(&in, TERN_BLOCK_LARGE);
        }
        touch(tern_linkbuf_peek(&in, 12));
        must(tern_linkbuf_move(&in, FRAME, &frame));
        tern_linkbuf_clear(&frame);
    }
    tern_linkbuf_done(&in);
    tern_linkbuf_done(&frame);
}

static void bench_append_ref(tern_pool *pool, long n)
{
    static char  foreign[FRAME];
    tern_linkbuf q;

    tern_linkbuf_init(&q, pool);
    for (; n > 0; n--) {
        must(tern_linkbuf_append_ref(&q, foreign, sizeof foreign, NULL, NULL));
        tern_linkbuf_consume(&q, sizeof foreign);
    }
    tern_linkbuf_done(&q);
}

static void run(const char *name, bench_fn *bench, long n)
{
    tern_pool *pool = tern_pool_new();
    double     best = 0;

    if (!pool)
        abort();
    for (int i = 0; i < REPEATS; i++) {
        double start = now_ns(), took;

        bench(pool, n);
        took = now_ns() - start;
        if (i == 0 || took < best)
            best = took;
    }
    printf("%-24s %8.2f ns\n", name, best / (double)n);
    tern_pool_free(pool);
}

int main(int argc, char **argv)
{
    long n = 1000 * (argc > 1 ? atol(argv[1]) : DEFAULT_KILO_ROUNDS);

    if (n <= 0)
        return 2;
    run("block_new_unref", bench_block_new_unref, n);
    run("block_new_unref_1mib", bench_block_new_unref_1mib, n);
    run("reserve_commit_64", bench_reserve_commit_64, n);
    run("reserve_commit_consume", bench_reserve_commit_consume, n);
    run("append_view_neighbour", bench_append_view_neighbour, n);
    run("move_frame_1kib", bench_move_frame, n);
    run("append_ref_consume", bench_append_ref, n);
    return 0;
}
