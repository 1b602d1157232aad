// What a fiber costs: switches and whole lives, next to the bare switch and to the C library's.
//
//   bazel run -c opt //bench:fiber
//
// Every figure is the best of several rounds, and the rounds of all candidates take turns, so that a
// busy machine hurts all of them alike. The ratios are what to look at.
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include <tern/fiber.h>
#include <tern/poller.h>

#include "transport/fiber/context_internal.h"
#include "transport/base/sys_internal.h"

enum {
    N_ROUNDS = 15,
    N_OPERATIONS = 200000,
    STACK_SIZE = 256 * 1024,
};

static tern_poller *poller;

// Stops the program; what fails here is the machine.
static void must(int err)
{
    if (err < 0) {
        fprintf(stderr, "fiber: error %d\n", -err);
        exit(1);
    }
}

// ---- the bare switch -----------------------------------------------------

static terni_context bare_loop, bare_fiber;

static void bare_partner(void *unused)
{
    (void)unused;
    for (;;)
        terni_context_switch(&bare_fiber, &bare_loop, 0);
}

static void switch_bare(void)
{
    for (int i = 0; i < N_OPERATIONS; i++)
        terni_context_switch(&bare_loop, &bare_fiber, 0);
}

// As most are written, with a return at the end: see transport/fiber/context_internal.h.
#if defined(__x86_64__)
int swap_with_ret(terni_context *from, terni_context *to, int value);
__asm__(".text\n.globl swap_with_ret\nswap_with_ret:\n"
        "push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"
        "mov %rsp, (%rdi)\n mov (%rsi), %rsp\n mov %edx, %eax\n"
        "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n ret\n");
#else
#define swap_with_ret terni_context_switch
#endif

static terni_context ret_loop, ret_fiber;

static void ret_partner(void *unused)
{
    (void)unused;
    for (;;)
        swap_with_ret(&ret_fiber, &ret_loop, 0);
}

static void switch_with_ret(void)
{
    for (int i = 0; i < N_OPERATIONS; i++)
        swap_with_ret(&ret_loop, &ret_fiber, 0);
}

// ---- the C library's -----------------------------------------------------

static ucontext_t u_loop, u_fiber;

static void u_partner(void)
{
    for (;;)
        swapcontext(&u_fiber, &u_loop);
}

static void switch_ucontext(void)
{
    for (int i = 0; i < N_OPERATIONS; i++)
        swapcontext(&u_loop, &u_fiber);
}

// ---- fibers --------------------------------------------------------------

static int n_yields;

static void yield_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < n_yields; i++)
        tern_fiber_yield();
}

// Two fibers yield to each other: a pair of switches for each pair of calls.
static void switch_fibers(void)
{
    n_yields = N_OPERATIONS;
    must(tern_fiber_spawn(poller, yield_often, NULL, NULL, NULL));
    must(tern_fiber_spawn(poller, yield_often, NULL, NULL, NULL));
    must(tern_poller_run_until_idle(poller));
}

static tern_fiber *ping, *pong;

static void park_half(void *other_ptr)
{
    tern_fiber **other = other_ptr;

    for (int i = 0; i < N_OPERATIONS; i++) {
        tern_fiber_ready(*other);
        must(tern_fiber_park("the other", TERN_NEVER));
    }
    tern_fiber_ready(*other);
}

// The same with what a real wait does: ready the other, then park.
static void switch_parking(void)
{
    must(tern_fiber_spawn(poller, park_half, &pong, NULL, &ping));
    must(tern_fiber_spawn(poller, park_half, &ping, NULL, &pong));
    must(tern_fiber_join(ping));
    must(tern_fiber_join(pong));
}

static void do_nothing(void *unused) { (void)unused; }

static void run_empty(void)
{
    for (int i = 0; i < N_OPERATIONS; i++)
        must(tern_fiber_run(poller, do_nothing, NULL));
}

static void spawn_empty(void)
{
    enum { BATCH = 64 };

    for (int i = 0; i < N_OPERATIONS / BATCH; i++) {
        for (int j = 0; j < BATCH; j++)
            must(tern_fiber_spawn(poller, do_nothing, NULL, NULL, NULL));
        must(tern_poller_step(poller, 0));
    }
}

// ---- among many ----------------------------------------------------------

// Here memory decides: every fiber has its own stack and control block to bring into the caches.
static void print_among(int n_fibers)
{
    double best_ns = 1e9;

    n_yields = N_OPERATIONS / n_fibers;
    for (int round = 0; round < N_ROUNDS; round++) {
        double   ns;
        uint64_t start;

        for (int i = 0; i < n_fibers; i++)
            must(tern_fiber_spawn(poller, yield_often, NULL, NULL, NULL));
        start = terni_sys_table.now_ns();
        must(tern_poller_run_until_idle(poller));
        ns = (double)(terni_sys_table.now_ns() - start) / (double)n_yields / n_fibers;
        best_ns = ns < best_ns ? ns : best_ns;
    }
    printf("tern_fiber_yield among %5d fibers %10.1f ns\n", n_fibers, best_ns);
}

// ---- the table -----------------------------------------------------------

typedef struct candidate candidate;
struct candidate {
    const char *name;
    void (*run)(void);
    double best_ns;
};

static candidate candidates[] = {
    { "bare switch, pair", switch_bare, 1e9 },
    { "bare switch that ends in ret, pair", switch_with_ret, 1e9 },
    { "swapcontext, pair", switch_ucontext, 1e9 },
    { "tern_fiber_yield, pair", switch_fibers, 1e9 },
    { "tern_fiber_ready + park, pair", switch_parking, 1e9 },
    { "tern_fiber_run of an empty fiber", run_empty, 1e9 },
    { "tern_fiber_spawn of an empty fiber", spawn_empty, 1e9 },
};

static void measure(candidate *c)
{
    uint64_t start = terni_sys_table.now_ns();
    double   ns;

    c->run();
    ns = (double)(terni_sys_table.now_ns() - start) / N_OPERATIONS;
    if (ns < c->best_ns)
        c->best_ns = ns;
}

static void set_up(void)
{
    poller = tern_poller_new(NULL);
    if (!poller)
        exit(1);
    terni_context_init(&bare_fiber, malloc(STACK_SIZE), STACK_SIZE, bare_partner, NULL);
    terni_context_init(&ret_fiber, malloc(STACK_SIZE), STACK_SIZE, ret_partner, NULL);
    getcontext(&u_fiber);
    u_fiber.uc_stack.ss_sp = malloc(STACK_SIZE);
    u_fiber.uc_stack.ss_size = STACK_SIZE;
    makecontext(&u_fiber, u_partner, 0);
}

int main(void)
{
    set_up();
    for (int round = 0; round < N_ROUNDS; round++)
        for (size_t i = 0; i < TERN_COUNT_OF(candidates); i++)
            measure(&candidates[i]);
    for (size_t i = 0; i < TERN_COUNT_OF(candidates); i++)
        printf("%-36s %7.1f ns  %5.2f x the bare pair\n", candidates[i].name, candidates[i].best_ns,
               candidates[i].best_ns / candidates[0].best_ns);
    for (int n = 8; n <= 8192; n *= 4)
        print_among(n);
    tern_poller_free(poller);
    return 0;
}
