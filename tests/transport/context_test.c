#include "tests/support/leak.h"

#include "transport/fiber/context_internal.h"

#include <execinfo.h>
#include <fenv.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { STACK_SIZE = 64 * 1024 * (TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN ? 8 : 1) };

typedef struct fixture fixture;
struct fixture {
    terni_context loop, fiber;
    void         *stack;
    int           n_runs;
    int           last_value;
    int           result;
    void         *frames[64];
};

static void start(fixture *x, terni_context_fn *entry)
{
    *x = (fixture){ .stack = aligned_alloc(4096, STACK_SIZE) };
    assert_non_null(x->stack);
    terni_context_init(&x->fiber, x->stack, STACK_SIZE, entry, x);
}

static void finish(fixture *x)
{
    terni_context_done(&x->fiber);
    free(x->stack);
}

static int resume(fixture *x, int value)
{
    return terni_context_switch(&x->loop, &x->fiber, value);
}

static int give_back(fixture *x, int value)
{
    return terni_context_switch(&x->fiber, &x->loop, value);
}

// ---- values and stacks ---------------------------------------------------

static void double_values(void *arg)
{
    fixture *x = arg;

    for (int value = 100;; x->n_runs++)
        value = give_back(x, value * 2);
}

static void test_switch_hands_values_both_ways(void **state)
{
    fixture x;

    (void)state;
    start(&x, double_values);
    assert_int_equal(resume(&x, 0), 200);
    for (int i = -1000; i < 1000; i++)
        assert_int_equal(resume(&x, i), 2 * i);
    assert_int_equal(x.n_runs, 2000);
    finish(&x);
}

static void look_at_the_stack(void *arg)
{
    fixture                   *x = arg;
    _Alignas(16) volatile char local[16] = { 0 };
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), low = (uintptr_t)x->stack;

    x->result =
        here > low && here < low + STACK_SIZE && (uintptr_t)local % 16 == 0 && here % 16 == 0;
    give_back(x, 0);
}

static void test_entry_runs_on_its_aligned_stack(void **state)
{
    fixture x;

    (void)state;
    start(&x, look_at_the_stack);
    resume(&x, 0);
    assert_true(x.result);
    finish(&x);
}

// ---- registers -----------------------------------------------------------

// Fills every register that a called function must preserve.
#if defined(__x86_64__)
#define SCRIBBLE()                                                                                 \
    __asm__ volatile("movq $-1, %%rbx\n movq %%rbx, %%r12\n movq %%rbx, %%r13\n"                   \
                     "movq %%rbx, %%r14\n movq %%rbx, %%r15\n" ::                                  \
                         : "rbx", "r12", "r13", "r14", "r15")
#elif defined(__aarch64__)
#define SCRIBBLE()                                                                                 \
    __asm__ volatile("mov x19, #-1\n mov x20, x19\n mov x21, x19\n mov x22, x19\n"                 \
                     "mov x23, x19\n mov x24, x19\n mov x25, x19\n mov x26, x19\n"                 \
                     "mov x27, x19\n mov x28, x19\n"                                               \
                     "fmov d8, x19\n fmov d9, x19\n fmov d10, x19\n fmov d11, x19\n"               \
                     "fmov d12, x19\n fmov d13, x19\n fmov d14, x19\n fmov d15, x19\n" ::          \
                         : "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",   \
                           "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15")
#else
#define SCRIBBLE() ((void)0)
#endif

static void scribble_forever(void *arg)
{
    fixture *x = arg;

    for (;;) {
        SCRIBBLE();
        terni_context_switch(&x->fiber, &x->loop, 0);
    }
}

// More live values than there are registers: those that sit in preserved ones must come back.
static int sum_across_switches(fixture *x, const int *n, const double *d)
{
    int    a = n[0], b = n[1], c = n[2], e = n[3], f = n[4], g = n[5], h = n[6];
    double p = d[0], q = d[1], r = d[2], s = d[3], t = d[4], u = d[5], v = d[6], w = d[7];

    for (int i = 0; i < 10; i++) {
        terni_context_switch(&x->loop, &x->fiber, 0);
        a += b, b += c, c += e, e += f, f += g, g += h;
        p += q, q += r, r += s, s += t, t += u, u += v, v += w;
    }
    return a + b + c + e + f + g + h + (int)(p + q + r + s + t + u + v + w);
}

static int sum_without_switches(const int *n, const double *d)
{
    int    a[7];
    double p[8];
    int    sum = 0;
    double psum = 0;

    for (int i = 0; i < 8; i++)
        p[i] = d[i], a[i % 7] = n[i % 7];
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 6; j++)
            a[j] += a[j + 1];
        for (int j = 0; j < 7; j++)
            p[j] += p[j + 1];
    }
    for (int i = 0; i < 8; i++)
        psum += p[i], sum += i < 7 ? a[i] : 0;
    return sum + (int)psum;
}

static void test_preserved_registers_survive_a_switch(void **state)
{
    const int    n[] = { 1, 20, 3, 40, 5, 60, 7 };
    const double d[] = { 0.5, 1.25, 2.5, 3.75, 4.5, 5.25, 6.5, 7.75 };
    fixture      x;

    (void)state;
    start(&x, scribble_forever);
    assert_int_equal(sum_across_switches(&x, n, d), sum_without_switches(n, d));
    finish(&x);
}

// Holds values in named registers over the switch, and asks the compiler to look there afterwards.
#if defined(__x86_64__)

static int named_registers_come_back(fixture *x)
{
    register long b __asm__("rbx") = 1;
    register long r12 __asm__("r12") = 12, r13 __asm__("r13") = 13;
    register long r14 __asm__("r14") = 14, r15 __asm__("r15") = 15;

    __asm__ volatile("" : "+r"(b), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15));
    terni_context_switch(&x->loop, &x->fiber, 0);
    __asm__ volatile("" : "+r"(b), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15));
    return b == 1 && r12 == 12 && r13 == 13 && r14 == 14 && r15 == 15;
}

#elif defined(__aarch64__)

static int named_registers_come_back(fixture *x)
{
    register long   x19 __asm__("x19") = 19, x21 __asm__("x21") = 21, x24 __asm__("x24") = 24;
    register long   x26 __asm__("x26") = 26, x27 __asm__("x27") = 27, x28 __asm__("x28") = 28;
    register double d8 __asm__("d8") = 8, d11 __asm__("d11") = 11, d13 __asm__("d13") = 13;
    register double d14 __asm__("d14") = 14, d15 __asm__("d15") = 15;

    __asm__ volatile("" : "+r"(x19), "+r"(x21), "+r"(x24), "+r"(x26), "+r"(x27), "+r"(x28));
    __asm__ volatile("" : "+w"(d8), "+w"(d11), "+w"(d13), "+w"(d14), "+w"(d15));
    terni_context_switch(&x->loop, &x->fiber, 0);
    __asm__ volatile("" : "+r"(x19), "+r"(x21), "+r"(x24), "+r"(x26), "+r"(x27), "+r"(x28));
    __asm__ volatile("" : "+w"(d8), "+w"(d11), "+w"(d13), "+w"(d14), "+w"(d15));
    return x19 == 19 && x21 == 21 && x24 == 24 && x26 == 26 && x27 == 27 && x28 == 28 && d8 == 8 &&
           d11 == 11 && d13 == 13 && d14 == 14 && d15 == 15;
}

#else

static int named_registers_come_back(fixture *x) { return resume(x, 0) == 0; }

#endif

static void test_named_registers_survive_a_switch(void **state)
{
    fixture x;

    (void)state;
    start(&x, scribble_forever);
    for (int i = 0; i < 3; i++)
        assert_true(named_registers_come_back(&x));
    finish(&x);
}

#if !TERNI_UCONTEXT  // which saves more than it is asked to

static void round_upward(void *arg)
{
    fesetround(FE_UPWARD);
    give_back(arg, 0);
}

static void test_rounding_mode_belongs_to_the_thread(void **state)
{
    fixture x;

    (void)state;
    start(&x, round_upward);
    resume(&x, 0);
    assert_int_equal(fegetround(), FE_UPWARD);
    fesetround(FE_TONEAREST);
    finish(&x);
}

#endif

// ---- many, deep, elsewhere -----------------------------------------------

static void test_many_contexts_take_turns(void **state)
{
    enum { N = 100 };
    static fixture x[N];

    (void)state;
    for (int i = 0; i < N; i++)
        start(&x[i], double_values);
    for (int round = 0; round < 50; round++)
        for (int i = 0; i < N; i++)
            assert_int_equal(resume(&x[i], i + round), round ? 2 * (i + round) : 200);
    for (int i = 0; i < N; i++)
        finish(&x[i]);
}

typedef struct link link_of_ring;
struct link {
    terni_context  context;
    terni_context *next;
    int           *n_left;
    terni_context *loop;
};

static void pass_on(void *arg)
{
    link_of_ring *l = arg;

    for (;;)
        terni_context_switch(&l->context, --*l->n_left > 0 ? l->next : l->loop, 0);
}

static void test_contexts_switch_to_each_other(void **state)
{
    link_of_ring  ring[3];
    void         *stacks[3];
    int           n_left = 1000;
    terni_context loop = { 0 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        stacks[i] = aligned_alloc(4096, STACK_SIZE);
        ring[i] =
            (link_of_ring){ .next = &ring[(i + 1) % 3].context, .n_left = &n_left, .loop = &loop };
        terni_context_init(&ring[i].context, stacks[i], STACK_SIZE, pass_on, &ring[i]);
    }
    terni_context_switch(&loop, &ring[0].context, 0);
    assert_int_equal(n_left, 0);
    for (int i = 0; i < 3; i++) {
        terni_context_done(&ring[i].context);
        free(stacks[i]);
    }
}

static int recurse(fixture *x, int depth)
{
    volatile char frame[64];

    frame[0] = (char)depth;
    if (depth == 0)
        return give_back(x, 0);
    return recurse(x, depth - 1) + (frame[0] == (char)depth);
}

static void recurse_deeply(void *arg)
{
    fixture *x = arg;

    x->result = recurse(x, 200);
    give_back(x, 1);
}

static void test_deep_frames_survive_a_switch(void **state)
{
    fixture x;

    (void)state;
    start(&x, recurse_deeply);
    assert_int_equal(resume(&x, 0), 0);
    assert_int_equal(resume(&x, 5), 1);
    assert_int_equal(x.result, 205);
    finish(&x);
}

static void *resume_here(void *arg)
{
    fixture *x = arg;

    x->last_value = resume(x, 21);
    return NULL;
}

static void test_another_thread_may_resume(void **state)
{
    fixture   x;
    pthread_t thread;

    (void)state;
    start(&x, double_values);
    resume(&x, 0);
    assert_int_equal(pthread_create(&thread, NULL, resume_here, &x), 0);
    pthread_join(thread, NULL);
    assert_int_equal(x.last_value, 42);
    assert_int_equal(resume(&x, 4), 8);
    finish(&x);
}

__attribute__((noinline)) static int count_through_locals(fixture *x)
{
    char local[100];

    snprintf(local, sizeof local, "%d", ++x->n_runs);
    return atoi(local);
}

TERNI_NO_ASAN static void begin_anew(void *arg)
{
    fixture *x = arg;

    for (;;)
        terni_context_leave(&x->fiber, &x->loop, count_through_locals(x));
}

static void test_leave_can_be_resumed(void **state)
{
    fixture x;

    (void)state;
    start(&x, begin_anew);
    for (int i = 1; i < 100; i++)
        assert_int_equal(resume(&x, 0), i);
    finish(&x);
}

// ---- debuggers -----------------------------------------------------------

static void take_backtrace(void *arg)
{
    fixture *x = arg;

    x->result = backtrace(x->frames, 64);
    give_back(x, 0);
}

static void test_backtrace_ends_at_the_start(void **state)
{
    fixture x;

    (void)state;
    start(&x, take_backtrace);
    resume(&x, 0);
    // take_backtrace, the start, and what a sanitizer puts between.
    assert_in_range(x.result, 1, 5);
    finish(&x);
}

static void test_pc_of_a_fresh_context_is_the_start(void **state)
{
    fixture x;

    (void)state;
    start(&x, double_values);
    const void *fresh = terni_context_pc(&x.fiber);
    resume(&x, 0);
    const void *parked = terni_context_pc(&x.fiber);
    assert_true(TERNI_UCONTEXT || (fresh && parked && fresh != parked));
    finish(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_switch_hands_values_both_ways),
        TERN_TEST(test_entry_runs_on_its_aligned_stack),
        TERN_TEST(test_preserved_registers_survive_a_switch),
        TERN_TEST(test_named_registers_survive_a_switch),
#if !TERNI_UCONTEXT
        TERN_TEST(test_rounding_mode_belongs_to_the_thread),
#endif
        TERN_TEST(test_many_contexts_take_turns),
        TERN_TEST(test_contexts_switch_to_each_other),
        TERN_TEST(test_deep_frames_survive_a_switch),
        TERN_TEST(test_another_thread_may_resume),
        TERN_TEST(test_leave_can_be_resumed),
        TERN_TEST(test_backtrace_ends_at_the_start),
        TERN_TEST(test_pc_of_a_fresh_context_is_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
