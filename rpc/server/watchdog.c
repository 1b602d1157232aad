#include "rpc/base/seldom_internal.h"

#include "rpc/server/watchdog_internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/base/text_internal.h"
#include "rpc/server/fiber_handler_internal.h"

#if __has_include(<execinfo.h>)
#include <execinfo.h>
#else  // musl: there is the call, and no stack
static int backtrace(void **frames, int n) { return (void)frames, (void)n, 0; }
#endif

enum {
    MAX_FRAMES = 20,
    OWN_FRAMES = 2,  // on_signal's, and the kernel's way into it
    MAX_WHAT = 320,
    ANSWER_MS = 100,  // for a thread to take the signal
    MAX_TRIES = 5,
};

// Of one poller.
typedef struct watched watched;
struct watched {
    tern_task     task;
    terni_worker *worker;
    uint64_t      round, since_ns;  // that it is in, and when that was seen first
    unsigned      n_tries;          // to hear what it is at
    bool          is_told;
    char          what[MAX_WHAT];
};

struct terni_watchdog {
    uint64_t        limit_ns;
    pthread_t       thread;
    pthread_mutex_t lock;
    pthread_cond_t  ends;
    bool            is_ending;
    unsigned        n;
    watched         all[];
};

// ---- what a thread is at, by itself --------------------------------------

// One question at a time, whoever asks.
enum { NOBODY, ANSWERING, ANSWERED };

static pthread_mutex_t  asking = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction previous;
static bool             is_installed;

static struct {
    uintptr_t           asked;  // the thread, or one of those above
    const terni_worker *worker;
    char               *what;
    void               *frames[MAX_FRAMES];
    int                 n_frames;
} question;

// Of a fiber or inline, if it is still there: who is about to end may have given its call back. A handler in callbacks
// leaves no other trace than here. The lists are whole between any two stores.
static const tern_ctx *find_call(const terni_worker *w, const tern_ctx *running)
{
    for (const terni_server_conn *c = w->conns; c; c = c->next)
        for (const tern_ctx *ctx = c->caller.calls; ctx; ctx = ctx->next)
            if (running ? ctx == running : ctx->is_in_handler)
                return ctx;
    return NULL;
}

static void describe(void)
{
    const tern_ctx *ctx = find_call(question.worker, terni_fiber_handler_current());

    if (ctx)
        terni_fiber_handler_describe(ctx, question.what, MAX_WHAT);
    else
        snprintf(question.what, MAX_WHAT, "what is no handler");
}

// What is not ours is that of the handler before.
static void hand_on(int signo, siginfo_t *info, void *ucontext)
{
    if (previous.sa_flags & SA_SIGINFO)
        previous.sa_sigaction(signo, info, ucontext);
    else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
        previous.sa_handler(signo);
}

static void on_signal(int signo, siginfo_t *info, void *ucontext)
{
    uintptr_t self = (uintptr_t)pthread_self();
    int       errno_before = errno;

    if (__atomic_compare_exchange_n(&question.asked, &self, ANSWERING, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
        question.n_frames = backtrace(question.frames, MAX_FRAMES);
        describe();
        __atomic_store_n(&question.asked, ANSWERED, __ATOMIC_RELEASE);
    } else {
        hand_on(signo, info, ucontext);
    }
    errno = errno_before;
}

// ---- asking it -----------------------------------------------------------

// In the child of a fork the thread that asked is the parent's.
static void forget_question(void)
{
    pthread_mutex_init(&asking, NULL);
    __atomic_store_n(&question.asked, NOBODY, __ATOMIC_RELAXED);
}

// Backtrace loads a library when it is called first, which is nothing for a signal handler.
static void install(void)
{
    struct sigaction ours = { .sa_sigaction = on_signal,
                              .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };

    pthread_mutex_lock(&asking);
    if (!is_installed) {
        is_installed = true;
        (void)!pthread_atfork(NULL, NULL, forget_question);
        (void)backtrace(question.frames, MAX_FRAMES);
        sigaction(SIGURG, &ours, &previous);
    }
    pthread_mutex_unlock(&asking);
}

// A thread that answers late finds that nobody asks; one that is about it is waited for.
static bool hear_answer(void)
{
    uintptr_t now;

    for (int n = 0; (now = __atomic_load_n(&question.asked, __ATOMIC_ACQUIRE)) != ANSWERED; n++) {
        if (n >= ANSWER_MS && now != ANSWERING &&
            __atomic_compare_exchange_n(&question.asked, &now, NOBODY, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            return false;
        usleep(1000);
    }
    return true;
}

// As addr2line wants it where a function has no name: the file, and how far into it.
static void add_place(const char *pc, const char *before, terni_text *to)
{
    Dl_info     at = { .dli_fname = "?" };
    const char *slash;

    (void)dladdr(pc, &at);
    slash = strrchr(at.dli_fname, '/');
    if (at.dli_sname)
        terni_text_add(to, "%s%s+0x%tx", before, at.dli_sname, pc - (char *)at.dli_saddr);
    else
        terni_text_add(to, "%s%s+0x%tx", before, slash ? slash + 1 : at.dli_fname,
                       pc - (char *)at.dli_fbase);
}

// False: it has not answered, or is not blocked any more.
static bool ask(watched *p, terni_text *ret_stack)
{
    bool has_answered;

    pthread_mutex_lock(&asking);
    question.worker = p->worker;
    question.what = p->what;
    __atomic_store_n(&question.asked, NOBODY, __ATOMIC_RELAXED);
    has_answered = tern_poller_signal(p->worker->poller, SIGURG, &question.asked) &&
                   hear_answer() && tern_poller_round(p->worker->poller) == p->round;
    for (int i = OWN_FRAMES; has_answered && i < question.n_frames; i++)
        add_place(question.frames[i], i == OWN_FRAMES ? ", at " : " ", ret_stack);
    pthread_mutex_unlock(&asking);
    return has_answered;
}

// ---- looking -------------------------------------------------------------

#define LINE "poller %u %s blocked for %llu ms by %s%s"

// From two places, since only so many lines a second come from each: where pollers are late because the machine is busy,
// handlers are heard of all the same.
static void say(const terni_watchdog *w, const watched *p, const char *how, uint64_t ns,
                const char *stack)
{
    unsigned           i = (unsigned)(p - w->all);
    unsigned long long ms = ns / TERN_NS_PER_MS;

    if (p->what[0] == '/')  // a method's path
        tern_log(TERN_LOG_WARNING, LINE, i, how, ms, p->what, stack);
    else
        tern_log(TERN_LOG_WARNING, LINE, i, how, ms, p->what, stack);
}

static void tell(const terni_watchdog *w, watched *p, uint64_t ns)
{
    terni_text stack = { 0 };

    if (!ask(p, &stack)) {
        if (++p->n_tries < MAX_TRIES || tern_poller_round(p->worker->poller) != p->round)
            return;
        snprintf(p->what, MAX_WHAT, "what takes no SIGURG");
    }
    p->is_told = true;
    say(w, p, "is", ns, stack.at ? stack.at : "");
    terni_text_done(&stack);
}

static void look(const terni_watchdog *w, watched *p)
{
    uint64_t now = tern_poller_now_ns(p->worker->poller);
    uint64_t round = tern_poller_round(p->worker->poller);

    if (tern_poller_is_closed(p->worker->poller))  // the program's, and freed under the server
        return;
    if (!round || round != p->round) {
        if (p->is_told)
            say(w, p, "was", now - p->since_ns, "");
        p->round = round;
        p->since_ns = now;
        p->is_told = false;
        p->n_tries = 0;
    } else if (!p->is_told && now - p->since_ns >= w->limit_ns) {
        tell(w, p, now - p->since_ns);
    }
}

static void rest(terni_watchdog *w)
{
    struct timespec until;
    uint64_t        ns;

    clock_gettime(CLOCK_MONOTONIC, &until);
    ns = (uint64_t)until.tv_nsec + w->limit_ns / 2;
    until.tv_sec += (time_t)(ns / TERN_NS_PER_S);
    until.tv_nsec = (long)(ns % TERN_NS_PER_S);
    pthread_cond_timedwait(&w->ends, &w->lock, &until);
}

static void *watch(void *watchdog)
{
    terni_watchdog *w = watchdog;

    pthread_mutex_lock(&w->lock);
    while (!w->is_ending) {
        for (unsigned i = 0; i < w->n; i++)
            look(w, &w->all[i]);
        rest(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

// ---- life ----------------------------------------------------------------

// On the poller's thread, which may have been started without any signals.
static void let_it_in(tern_task *task)
{
    sigset_t urg;

    (void)task;
    sigemptyset(&urg);
    sigaddset(&urg, SIGURG);
    pthread_sigmask(SIG_UNBLOCK, &urg, NULL);
    (void)terni_fiber_handler_current();  // has its memory per thread from here on
}

static void init(terni_watchdog *w, terni_worker *workers, unsigned n, uint64_t limit_ms)
{
    pthread_condattr_t monotonic;

    w->limit_ns = (limit_ms < UINT32_MAX ? limit_ms : UINT32_MAX) * TERN_NS_PER_MS;
    w->n = n;
    for (unsigned i = 0; i < n; i++) {
        w->all[i] = (watched){ .worker = &workers[i], .task.run = let_it_in };
        (void)tern_poller_ref(workers[i].poller);
    }
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->ends, &monotonic);
}

static void discard(terni_watchdog *w)
{
    for (unsigned i = 0; i < w->n; i++)
        tern_poller_unref(w->all[i].worker->poller);
    pthread_cond_destroy(&w->ends);
    pthread_mutex_destroy(&w->lock);
    tern_mem_free(w);
}

// Signals are the program's business: none is to find this thread.
static int start_thread(terni_watchdog *w)
{
    sigset_t all, before;
    int      err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&w->thread, NULL, watch, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return err;
}

terni_watchdog *terni_watchdog_start(terni_worker *workers, unsigned n, uint64_t limit_ms)
{
    terni_watchdog *w = tern_mem_zalloc(sizeof *w + n * sizeof *w->all);

    if (w) {
        init(w, workers, n, limit_ms);
        install();
    }
    if (!w || start_thread(w) != 0) {
        tern_log(TERN_LOG_WARNING, "watchdog_ms is for nothing: no memory, or no thread");
        if (w)
            discard(w);
        return NULL;
    }
    for (unsigned i = 0; i < n; i++)
        tern_poller_post(workers[i].poller, &w->all[i].task);
    return w;
}

void terni_watchdog_stop(terni_watchdog *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_signal(&w->ends);
    pthread_mutex_unlock(&w->lock);
}

void terni_watchdog_free(terni_watchdog *w)
{
    if (!w)
        return;
    pthread_join(w->thread, NULL);
    discard(w);
}
