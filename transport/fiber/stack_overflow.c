#include "transport/base/seldom_internal.h"

#include "transport/fiber/stack_overflow_internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

// On top of what the kernel needs to save the registers. Roomy: a handler before ours, of a sanitizer
// or a crash reporter, runs here too.
enum { HANDLER_STACK_SIZE = 64 * 1024 };

static _Atomic(terni_stack_overflow_fn *) find_overflow;
static struct sigaction                   previous_segv, previous_bus;

// ---- in the handler: async-signal-safe only ------------------------------

typedef struct line line;
struct line {
    char   text[256];
    size_t len;
};

static void append(line *l, const char *s)
{
    size_t room = sizeof l->text - l->len, n = strlen(s);

    if (n > room)
        n = room;
    memcpy(l->text + l->len, s, n);
    l->len += n;
}

static void append_number(line *l, uintptr_t number, unsigned base)
{
    char  digits[24];
    char *p = digits + sizeof digits;

    *--p = 0;
    do
        *--p = "0123456789abcdef"[number % base];
    while (number /= base);
    append(l, p);
}

static void report(const terni_stack_overflow *o)
{
    line l = { .len = 0 };

    append(&l, "tern: fiber stack overflow in fiber ");
    append(&l, o->fiber_name);
    append(&l, " (stack of ");
    append_number(&l, o->stack_size / 1024, 10);
    append(&l, " KiB at 0x");
    append_number(&l, (uintptr_t)o->stack_low, 16);
    append(&l, "); raise tern_fiber_opts.stack_size\n");
    while (write(STDERR_FILENO, l.text, l.len) < 0 && errno == EINTR)
        ;
}

// Once the action is back in place, returning repeats the instruction and thus the fault: whoever
// handles it then, a core dump above all, sees the fault as it was. A signal that somebody sent does
// not repeat itself and is sent again.
static void fall_back(int sig, const struct sigaction *action, const siginfo_t *info)
{
    sigaction(sig, action, NULL);
    if (info->si_code <= 0)
        (void)raise(sig);  // blocked until this handler returns
}

// As the kernel would have done without us.
static void chain(int sig, siginfo_t *info, void *ucontext)
{
    const struct sigaction *previous = sig == SIGSEGV ? &previous_segv : &previous_bus;
    const struct sigaction  by_default = { .sa_handler = SIG_DFL };

    if (previous->sa_flags & SA_SIGINFO)
        previous->sa_sigaction(sig, info, ucontext);
    else if (previous->sa_handler == SIG_IGN && info->si_code <= 0)
        return;  // nobody can ignore a real fault, but this one was only sent
    else if (previous->sa_handler == SIG_DFL || previous->sa_handler == SIG_IGN)
        fall_back(sig, &by_default, info);
    else
        previous->sa_handler(sig);
}

static void on_fault(int sig, siginfo_t *info, void *ucontext)
{
    terni_stack_overflow_fn *find = atomic_load(&find_overflow);
    terni_stack_overflow     overflow;
    int                      saved_errno = errno;

    if (info->si_code > 0 && find && find(info->si_addr, &overflow)) {
        report(&overflow);
        fall_back(sig, sig == SIGSEGV ? &previous_segv : &previous_bus, info);
    } else {
        chain(sig, info, ucontext);
    }
    errno = saved_errno;
}

// ---- on and off ----------------------------------------------------------

int terni_stack_overflow_enable(terni_stack_overflow_fn *find)
{
    struct sigaction ours = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

    if (atomic_exchange(&find_overflow, find))
        return 0;
    sigemptyset(&ours.sa_mask);
    if (sigaction(SIGSEGV, &ours, &previous_segv) < 0 ||
        sigaction(SIGBUS, &ours, &previous_bus) < 0)
        return -errno;
    return 0;
}

static void restore(int sig, const struct sigaction *previous)
{
    struct sigaction now;

    // Somebody who came after us chains to us and would not understand if we took his place away.
    if (sigaction(sig, NULL, &now) == 0 && now.sa_flags & SA_SIGINFO &&
        now.sa_sigaction == on_fault)
        sigaction(sig, previous, NULL);
}

void terni_stack_overflow_disable(void)
{
    if (!atomic_load(&find_overflow))
        return;
    restore(SIGSEGV, &previous_segv);
    restore(SIGBUS, &previous_bus);
    atomic_store(&find_overflow, NULL);
}

// ---- per thread ----------------------------------------------------------

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t  key;
static __thread bool  has_entered;
static int            key_err;

static size_t alternate_size(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (HANDLER_STACK_SIZE + getauxval(AT_MINSIGSTKSZ) + page - 1) & ~(page - 1);
}

static void leave_thread(void *alternate)
{
    stack_t now;

    if (sigaltstack(NULL, &now) == 0 && now.ss_sp == alternate)
        sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL);
    munmap(alternate, alternate_size());
}

static void make_key(void) { key_err = -pthread_key_create(&key, leave_thread); }

static int give_alternate_stack(void)
{
    size_t  size = alternate_size();
    void   *low = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t alternate = { .ss_sp = low, .ss_size = size };

    if (low == MAP_FAILED)
        return -ENOMEM;
    if (pthread_setspecific(key, low) != 0 || sigaltstack(&alternate, NULL) < 0) {
        (void)pthread_setspecific(key, NULL);
        munmap(low, size);
        return -ENOMEM;
    }
    return 0;
}

int terni_stack_overflow_enter_thread(void)
{
    stack_t now;
    int     err;

    if (has_entered)
        return 0;
    pthread_once(&key_once, make_key);
    if (key_err < 0)
        return key_err;
    if (sigaltstack(NULL, &now) < 0)
        return -errno;
    if (now.ss_flags & SS_DISABLE && (err = give_alternate_stack()) < 0)
        return err;
    has_entered = true;
    return 0;
}
