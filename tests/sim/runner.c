#include "tests/sim/runner.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tern/base.h>

#include "tests/sim/kernel.h"
#include "tests/sim/memory.h"

enum {
    RUN_S = 60,  // of real time: a run that needs more hangs
    MAX_ATTEMPTS = 4000,
    SHRINK_S = 60,
};

typedef struct board board;  // that a child and we both see
struct board {
    uint64_t      seed;
    runner_totals totals;
};

static const world_opts *opts;
static board            *shared;

uint64_t runner_real_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void runner_start(const world_opts *o)
{
    opts = o;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TERN_ASSERT(shared != MAP_FAILED);
    world_warm_up();
}

// ---- the child -----------------------------------------------------------

static void add_account(void)
{
    world_account  a = world_get_account();
    runner_totals *t = &shared->totals;

    t->n_runs++;
    t->n_calls += a.n_calls;
    t->n_ok += a.n_ok;
    t->n_system_calls += a.n_system_calls;
    t->n_rounds += a.n_rounds;
    t->simulated_s += a.simulated_s;
}

static void run_one(uint64_t seed, const chance_notes *keep)
{
    shared->seed = seed;
    alarm(RUN_S);
    chance_start(seed, keep);
    world_run(opts);
}

static _Noreturn void run_seeds(uint64_t first, uint64_t n, uint64_t until_ns)
{
    for (uint64_t i = 0; i < n && (!until_ns || runner_real_ns() < until_ns); i++) {
        run_one(first + i, NULL);
        add_account();
    }
    _exit(0);
}

// ---- what becomes of it --------------------------------------------------

// The end of what a child says, as it says it.
static void hear(int fd, runner_outcome *o)
{
    char    text[4096];
    size_t  len = 0;
    ssize_t n;

    while ((n = read(fd, text + len, sizeof text - 1 - len)) > 0) {
        len += (size_t)n;
        if (len > sizeof text / 2) {
            memmove(text, text + len - sizeof text / 4, sizeof text / 4);
            len = sizeof text / 4;
        }
    }
    while (len && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
    snprintf(o->last_words, sizeof o->last_words, "%.*s", (int)sizeof o->last_words - 1,
             strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text);
}

typedef void child_fn(const void *arg);

static runner_outcome in_child(child_fn *fn, const void *arg)
{
    runner_outcome o = { 0 };
    int            pipe_fds[2], status;
    pid_t          pid;

    TERN_ASSERT(pipe(pipe_fds) == 0);
    fflush(stdout);
    pid = fork();
    TERN_ASSERT(pid >= 0);
    if (pid == 0) {
        dup2(pipe_fds[1], STDERR_FILENO);
        close(pipe_fds[0]);
        fn(arg);
        _exit(0);
    }
    close(pipe_fds[1]);
    hear(pipe_fds[0], &o);
    close(pipe_fds[0]);
    TERN_ASSERT(waitpid(pid, &status, 0) == pid);
    o.has_failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    o.seed = shared->seed;
    if (WIFSIGNALED(status) && !o.last_words[0])
        snprintf(o.last_words, sizeof o.last_words, "killed by signal %d", WTERMSIG(status));
    return o;
}

typedef struct series series;
struct series {
    uint64_t first, n, until_ns;
};

static void run_series(const void *arg)
{
    const series *s = arg;

    run_seeds(s->first, s->n, s->until_ns);
}

runner_outcome runner_run(uint64_t first, uint64_t n, uint64_t until_ns)
{
    const series   s = { first, n, until_ns };
    runner_outcome o;

    shared->totals = (runner_totals){ 0 };
    o = in_child(run_series, &s);
    o.n_runs = shared->totals.n_runs + o.has_failed;
    return o;
}

runner_totals runner_get_totals(void) { return shared->totals; }

// ---- smaller -------------------------------------------------------------

typedef struct attempt attempt;
struct attempt {
    uint64_t            seed;
    const chance_notes *keep;
};

static void run_attempt(const void *arg)
{
    const attempt *a = arg;

    run_one(a->seed, a->keep);
}

// The same but for numbers.
static bool are_alike(const char *a, const char *b)
{
    for (;;) {
        while (*a >= '0' && *a <= '9')
            a++;
        while (*b >= '0' && *b <= '9')
            b++;
        if (*a != *b)
            return false;
        if (!*a)
            return true;
        a++;
        b++;
    }
}

static bool still_fails(const runner_outcome *failed, const chance_notes *keep)
{
    const attempt  a = { failed->seed, keep };
    runner_outcome o = in_child(run_attempt, &a);

    return o.has_failed && are_alike(o.last_words, failed->last_words);
}

static void copy_notes(chance_notes *to, const chance_notes *from)
{
    memmove(to->at, from->at, from->n * sizeof *to->at);
    to->n = from->n;
}

// Without `n` of them, from `at` on.
static bool try_without(const runner_outcome *failed, chance_notes *kept, size_t at, size_t n)
{
    chance_notes rest = { malloc((kept->n + 1) * sizeof *rest.at), kept->n - n };
    bool         is_enough;

    TERN_ASSERT(rest.at);
    memcpy(rest.at, kept->at, at * sizeof *rest.at);
    memcpy(rest.at + at, kept->at + at + n, (kept->n - at - n) * sizeof *rest.at);
    is_enough = still_fails(failed, &rest);
    if (is_enough)
        copy_notes(kept, chance_noted());  // what was decided nobody asked for is gone, too
    free(rest.at);
    return is_enough;
}

void runner_shrink(const runner_outcome *failed, chance_notes *ret_kept)
{
    const attempt  whole = { failed->seed, NULL };
    const uint64_t until_ns = runner_real_ns() + SHRINK_S * UINT64_C(1000000000);
    chance_notes   kept;
    unsigned       n_attempts = 0;
    bool           has_shrunk = true;

    (void)in_child(run_attempt, &whole);
    kept.at = malloc((chance_noted()->n + 1) * sizeof *kept.at);
    TERN_ASSERT(kept.at);
    copy_notes(&kept, chance_noted());
    for (size_t part = kept.n / 2; part > 0; part = has_shrunk && part == 1 ? 1 : part / 2) {
        has_shrunk = false;
        for (size_t at = 0; at < kept.n;) {
            size_t n = part < kept.n - at ? part : kept.n - at;

            if (n_attempts++ == MAX_ATTEMPTS || runner_real_ns() > until_ns) {
                *ret_kept = kept;
                return;
            }
            if (try_without(failed, &kept, at, n))
                has_shrunk = true;
            else
                at += n;
        }
    }
    *ret_kept = kept;
}

void runner_replay(uint64_t seed, const chance_notes *keep)
{
    sim_is_verbose = true;
    memory_trace(true);
    run_one(seed, keep);
}
