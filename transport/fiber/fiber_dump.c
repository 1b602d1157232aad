#include "transport/base/seldom_internal.h"

#include <tern/fiber.h>

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>

#include "transport/fiber/core_internal.h"
#include "transport/fiber/fiber_kind_internal.h"

enum { MAX_LINE = 640 };

// What does not fit is cut.
typedef struct line line;
struct line {
    char   text[MAX_LINE];
    size_t len;
};

static TERN_PRINTF(2, 3) void add(line *l, const char *fmt, ...)
{
    va_list args;
    int     n;

    va_start(args, fmt);
    n = vsnprintf(l->text + l->len, MAX_LINE - l->len, fmt, args);
    va_end(args);
    if (n > 0)
        l->len = l->len + (size_t)n < MAX_LINE ? l->len + (size_t)n : MAX_LINE - 1;
}

static const char *describe_state(const tern_fiber *f)
{
    switch ((terni_fiber_state)f->state) {
    case TERNI_FIBER_IDLE:
        return "idle";
    case TERNI_FIBER_READY:
    case TERNI_FIBER_WOKEN:
        return "ready";
    case TERNI_FIBER_RUNNING:
        return "running";
    case TERNI_FIBER_PARKED:
        return f->what ? f->what : "something";
    case TERNI_FIBER_DONE:
        return "ended, not joined";
    }
    TERN_UNREACHABLE();
}

static void add_place(line *l, const void *pc)
{
    Dl_info where;

    if (dladdr(pc, &where) && where.dli_sname)
        add(l, " %s+0x%tx", where.dli_sname, (const char *)pc - (char *)where.dli_saddr);
    else if (dladdr(pc, &where) && where.dli_fname)
        add(l, " %s+0x%tx", where.dli_fname, (const char *)pc - (char *)where.dli_fbase);
    else
        add(l, " %p", pc);
}

static void add_wait(line *l, const tern_fiber *f)
{
    const uint64_t now = *f->home->now_ns;

    add(l, " since %.3f ms", (double)(now - f->since_ns) / (double)TERN_NS_PER_MS);
    if (f->has_deadline)
        add(l, ", at most %.3f ms more",
            (double)(int64_t)(f->timer.deadline_ns - now) / (double)TERN_NS_PER_MS);
}

static void describe(line *l, const tern_fiber *f)
{
    char label[TERNI_FIBER_LABEL];
    bool is_parked = f->state == TERNI_FIBER_PARKED;

    l->len = 0;
    add(l, "fiber %p %s: %s%s", (const void *)f, terni_fiber_kind_label(f, label),
        is_parked ? "waits for " : "", describe_state(f));
    if (is_parked)
        add_wait(l, f);
    add(l, ", runs");
    add_place(l, (const void *)(uintptr_t)f->fn);
    if (f->state == TERNI_FIBER_RUNNING || f->state == TERNI_FIBER_DONE)
        return;
    add(l, ", stopped at");
    add_place(l, terni_context_pc(&f->context));
}

typedef struct listener listener;
struct listener {
    tern_fiber_line_fn *fn;
    void               *arg;
    unsigned            n, max;
};

static void tell(terni_stack *s, void *arg)
{
    const tern_fiber *f = s->tenant;
    listener         *to = arg;
    line              l;

    if (f->state == TERNI_FIBER_IDLE || to->n++ >= to->max)
        return;
    describe(&l, f);
    to->fn(l.text, to->arg);
}

unsigned tern_fiber_dump(tern_poller *p, unsigned max, tern_fiber_line_fn *fn, void *arg)
{
    terni_fibers *home = terni_fibers_of(p);
    listener      to = { .fn = fn, .arg = arg, .max = max };

    if (home)
        terni_stack_pool_visit(&home->stacks, tell, &to);
    return to.n;
}

static void print_line(const char *text, void *fd) { dprintf(*(int *)fd, "%s\n", text); }

void tern_dump_fibers(tern_poller *p, int fd)
{
    (void)tern_fiber_dump(p, UINT32_MAX, print_line, &fd);
}
