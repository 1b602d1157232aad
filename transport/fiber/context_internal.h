// transport/fiber/context_internal.h: the bare switch between stacks, and all that sanitizers and debuggers
// must be told about it. Knows nothing of fibers, queues or where stacks come from.
//
// Lifetime:  embedded. terni_context_init puts a fresh context on a stack; terni_context_done when it
//            will never be switched to again and its stack may go. The context that a thread starts
//            from needs neither: zeroed memory will do, the first switch away fills it.
// Threads:   a context is resumed by one thread at a time; it may be another one each time.
// Invariant: while a context is switched away, `sp` points at its saved registers, which lie on its
//            own stack; while it runs, `sp` is stale.
//
//   terni_context loop = { 0 }, fiber;
//   terni_context_init(&fiber, low, size, entry, arg);
//   int value = terni_context_switch(&loop, &fiber, 0);  // returns when someone switches to `loop`
//
// What is saved is what the calling convention says a function must preserve, but for the floating
// point control words (mxcsr and the x87 word, fpcr on ARM): those belong to the thread. Saving them
// was measured at 8.2 ns per pair of switches instead of 3.3 (Xeon, family 6 model 167), and a program
// that changes the rounding mode for one calculation restores it before it waits. Nor is the signal
// mask saved: that is a system call, and the reason why swapcontext is so slow.
// (Where there is no assembly for the machine swapcontext is what runs, and it does save both.)
//
// The switch ends with an indirect jump, not with a return: the return predictor is always wrong here
// (22 ns per pair instead of 3.3). enter and leave do not call it either. A hardware shadow stack (CET, GCS) would refuse both; the assembly
// files carry no marks for it, so a linker never enables it for a program that contains them.
#ifndef TRANSPORT_FIBER_CONTEXT_INTERNAL_H
#define TRANSPORT_FIBER_CONTEXT_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#define TERNI_HAS_FEATURE(x) __has_feature(x)
#else
#define TERNI_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || TERNI_HAS_FEATURE(address_sanitizer)
#define TERNI_CONTEXT_ASAN 1
#else
#define TERNI_CONTEXT_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || TERNI_HAS_FEATURE(thread_sanitizer)
#define TERNI_CONTEXT_TSAN 1
#else
#define TERNI_CONTEXT_TSAN 0
#endif

// TERNI_UCONTEXT=1 may be given by hand, to test that path where it is not needed.
#if !defined(TERNI_UCONTEXT)
#if defined(__x86_64__) && defined(__LP64__) || defined(__aarch64__) && defined(__LP64__)
#define TERNI_UCONTEXT 0
#else
#define TERNI_UCONTEXT 1
#endif
#endif

typedef struct terni_context terni_context;
struct terni_context {
    void    *sp;
    unsigned valgrind_id;
#if TERNI_UCONTEXT
    int value;  // handed over by the switch that resumes this context
#endif
#if TERNI_CONTEXT_ASAN
    const void *stack_low;
    size_t      stack_size;
    void       *fake_stack;
#endif
#if TERNI_CONTEXT_TSAN
    void *tsan_fiber;
    int   is_own_tsan_fiber;  // made by init, to be destroyed by done
#endif
};

// The first function on a fresh stack. Must not return.
typedef void terni_context_fn(void *arg);

// `stack_low` is the lowest usable byte. At least TERNI_MIN_CONTEXT_SIZE bytes.
enum { TERNI_MIN_CONTEXT_SIZE = 4096 };
void terni_context_init(terni_context *c, void *stack_low, size_t stack_size,
                        terni_context_fn *entry, void *arg);
void terni_context_done(terni_context *c);

// Where a context that is switched away will go on, for people to read; NULL where unknown.
const void *terni_context_pc(const terni_context *c);

// Saves the running context in `from` and resumes `to`, whose own terni_context_switch (if it is not
// fresh) returns `value`.
static inline int terni_context_switch(terni_context *from, terni_context *to, int value);

// The same, from where much is called before and after: that is told to the return predictor.
static inline int terni_context_enter(terni_context *from, terni_context *to, int value);

// The same as enter, for a context that begins anew when it is resumed: promises that no frame on the stack of
// `from` needs its locals again, but for those of functions marked TERNI_NO_ASAN.
static inline int terni_context_leave(terni_context *from, terni_context *to, int value);

#if TERNI_CONTEXT_ASAN
#define TERNI_NO_ASAN __attribute__((no_sanitize_address, noinline))
#else
#define TERNI_NO_ASAN
#endif

// ---- inline bodies -------------------------------------------------------

__attribute__((visibility("hidden"))) int terni_context_swap(terni_context *from, terni_context *to,
                                                             int value);
__attribute__((visibility("hidden"))) int
terni_context_swap_told(terni_context *from, terni_context *to, int value, int is_leaving);

// A call that the processor's return predictor does not see: the return address is pushed by hand. The
// other side comes here by a jump, so a real call would be one without a return, and every return of the
// loop behind the switch would be predicted wrong (measured: 35 ns per call of an RPC server).
#if defined(__x86_64__) && !TERNI_UCONTEXT && !TERNI_CONTEXT_ASAN && !TERNI_CONTEXT_TSAN
static inline __attribute__((always_inline)) int terni_context_jump(terni_context *from,
                                                                    terni_context *to, int value)
{
    int result;

    __asm__ volatile("leaq   -128(%%rsp), %%rsp\n\t"  // the compiler may use what lies below
                     "leaq   1f(%%rip), %%rcx\n\t"
                     "pushq  %%rcx\n\t"
                     "jmp    terni_context_swap\n"
                     "1:\tsubq $-128, %%rsp"
                     : "=a"(result), "+D"(from), "+S"(to), "+d"(value)
                     :
                     : "rcx", "r8", "r9", "r10", "r11", "cc", "memory", "st", "st(1)", "st(2)",
                       "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "xmm0", "xmm1", "xmm2", "xmm3",
                       "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
                       "xmm13", "xmm14", "xmm15");
    return result;
}
#else
static inline int terni_context_jump(terni_context *from, terni_context *to, int value)
{
    return terni_context_swap(from, to, value);
}
#endif

// One call in tail position in a release build, so that what parks a fiber costs no second return.
static inline int terni_context_switch(terni_context *from, terni_context *to, int value)
{
#if TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN
    return terni_context_swap_told(from, to, value, /* is_leaving= */ 0);
#else
    return terni_context_swap(from, to, value);
#endif
}

static inline int terni_context_enter(terni_context *from, terni_context *to, int value)
{
#if TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN
    return terni_context_swap_told(from, to, value, /* is_leaving= */ 0);
#else
    return terni_context_jump(from, to, value);
#endif
}

static inline int terni_context_leave(terni_context *from, terni_context *to, int value)
{
#if TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN
    return terni_context_swap_told(from, to, value, /* is_leaving= */ 1);
#else
    return terni_context_jump(from, to, value);
#endif
}

#endif
