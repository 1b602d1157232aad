#include "transport/fiber/context_internal.h"

#include <stdlib.h>
#include <string.h>

#include <tern/base.h>

#if TERNI_CONTEXT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if TERNI_CONTEXT_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef VALGRIND_STACK_REGISTER
#define VALGRIND_STACK_REGISTER(start, end) 0
#define VALGRIND_STACK_DEREGISTER(id)       ((void)(id))
#endif

// ---- the first frame, per machine ----------------------------------------

#if TERNI_UCONTEXT

#include <ucontext.h>

// The saved registers lie on the stack that they belong to, here as everywhere.
int terni_context_swap(terni_context *from, terni_context *to, int value)
{
    ucontext_t here;

    from->sp = &here;
    to->value = value;
    swapcontext(&here, to->sp);
    return from->value;
}

// makecontext passes only ints.
static void start(unsigned entry_high, unsigned entry_low, unsigned arg_high, unsigned arg_low)
{
    uintptr_t entry = (uintptr_t)((uint64_t)entry_high << 32 | entry_low);
    uintptr_t arg = (uintptr_t)((uint64_t)arg_high << 32 | arg_low);

    ((terni_context_fn *)entry)((void *)arg);
    abort();  // contexts do not return
}

static void *put_first_frame(uint8_t *low, size_t size, terni_context_fn *entry, void *arg)
{
    size_t      room = (size - sizeof(ucontext_t)) & ~(size_t)63;
    ucontext_t *u = (ucontext_t *)(void *)(low + room);
    uint64_t    e = (uintptr_t)entry, a = (uintptr_t)arg;

    getcontext(u);
    u->uc_stack.ss_sp = low;
    u->uc_stack.ss_size = room;
    u->uc_link = NULL;
    makecontext(u, (void (*)(void))start, 4, (unsigned)(e >> 32), (unsigned)e, (unsigned)(a >> 32),
                (unsigned)a);
    return u;
}

const void *terni_context_pc(const terni_context *c)
{
    (void)c;
    return NULL;
}

#else

// What terni_context_swap pops, in the order of the memory.
typedef struct saved_frame saved_frame;
struct saved_frame {
#if defined(__x86_64__)
    uint64_t r15, r14, r13, r12, rbx, rbp, pc;
#else
    uint64_t x19, x20, x21_to_x28[8], fp, pc;
    double   d8_to_d15[8];
#endif
};

__attribute__((visibility("hidden"))) void terni_context_start(void);

// A zero frame pointer, and a zero where a return address would be, end the walk of unwinders that
// know nothing of CFI.
static void *put_first_frame(uint8_t *low, size_t size, terni_context_fn *entry, void *arg)
{
    uintptr_t    top = ((uintptr_t)low + size - 16) & ~(uintptr_t)15;
    saved_frame *f = (saved_frame *)(top - sizeof *f);

    memset((void *)top, 0, 16);
    memset(f, 0, sizeof *f);
    f->pc = (uintptr_t)terni_context_start;
#if defined(__x86_64__)
    f->r12 = (uintptr_t)entry;
    f->rbx = (uintptr_t)arg;
#else
    f->x20 = (uintptr_t)entry;
    f->x19 = (uintptr_t)arg;
#endif
    return f;
}

const void *terni_context_pc(const terni_context *c)
{
    const saved_frame *f = c->sp;

    return f ? (const void *)f->pc : NULL;
}

#endif

// ---- what the sanitizers are told ----------------------------------------

#if TERNI_CONTEXT_ASAN

// Who switched, for the side that arrives. A context may be resumed by another thread and a compiler
// may keep the address of a thread-local, so functions that are never inlined touch it.
static __thread terni_context *departing;

TERNI_NO_ASAN static void depart(terni_context *from, terni_context *to, int is_leaving)
{
    departing = from;
    from->fake_stack = NULL;
    __sanitizer_start_switch_fiber(is_leaving ? NULL : &from->fake_stack, to->stack_low,
                                   to->stack_size);
}

// Learns the bounds of the stack that was left as well: those of a thread's own stack are not known
// otherwise.
TERNI_NO_ASAN static void arrive(void *fake_stack)
{
    terni_context *from = departing;

    __sanitizer_finish_switch_fiber(fake_stack, &from->stack_low, &from->stack_size);
}

TERNI_NO_ASAN int terni_context_swap_told(terni_context *from, terni_context *to, int value,
                                          int is_leaving)
{
    depart(from, to, is_leaving);
    value = terni_context_swap(from, to, value);
    arrive(from->fake_stack);
    return value;
}

// A fresh context has a switch to complete before its entry runs.
typedef struct fresh_start fresh_start;
struct fresh_start {
    terni_context_fn *entry;
    void             *arg;
};

TERNI_NO_ASAN static void start_told(void *start)
{
    fresh_start s = *(fresh_start *)start;

    arrive(/* fake_stack= */ NULL);
    s.entry(s.arg);
}

static void tell_init(terni_context *c, uint8_t *stack_low, size_t stack_size)
{
    c->stack_low = stack_low;
    c->stack_size = stack_size;
}

// Frames that never returned leave their red zones behind.
static void tell_done(terni_context *c)
{
    __asan_unpoison_memory_region(c->stack_low, c->stack_size);
}

#elif TERNI_CONTEXT_TSAN

int terni_context_swap_told(terni_context *from, terni_context *to, int value, int is_leaving)
{
    (void)is_leaving;
    if (!from->is_own_tsan_fiber)
        from->tsan_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->tsan_fiber, 0);
    return terni_context_swap(from, to, value);
}

static void tell_init(terni_context *c, uint8_t *stack_low, size_t stack_size)
{
    (void)stack_low;
    (void)stack_size;
    c->tsan_fiber = __tsan_create_fiber(0);
    c->is_own_tsan_fiber = 1;
}

static void tell_done(terni_context *c)
{
    if (c->is_own_tsan_fiber)
        __tsan_destroy_fiber(c->tsan_fiber);
}

#else

static void tell_init(terni_context *c, uint8_t *stack_low, size_t stack_size)
{
    (void)c;
    (void)stack_low;
    (void)stack_size;
}

static void tell_done(terni_context *c) { (void)c; }

#endif

void terni_context_init(terni_context *c, void *stack_low, size_t stack_size,
                        terni_context_fn *entry, void *arg)
{
    TERN_ASSERT(entry && stack_size >= TERNI_MIN_CONTEXT_SIZE);
    memset(c, 0, sizeof *c);
    c->valgrind_id = VALGRIND_STACK_REGISTER(stack_low, (uint8_t *)stack_low + stack_size);
    tell_init(c, stack_low, stack_size);
#if TERNI_CONTEXT_ASAN
    stack_size = (stack_size & ~(size_t)15) - sizeof(fresh_start);
    fresh_start *s = (fresh_start *)(void *)((uint8_t *)stack_low + stack_size);

    *s = (fresh_start){ entry, arg };
    entry = start_told;
    arg = s;
#endif
    c->sp = put_first_frame(stack_low, stack_size, entry, arg);
}

void terni_context_done(terni_context *c)
{
    TERN_ASSERT(c->sp);  // else: done twice
    tell_done(c);
    VALGRIND_STACK_DEREGISTER(c->valgrind_id);
    c->sp = NULL;
}
