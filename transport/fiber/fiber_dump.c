#include "transport/base/seldom_internal.h"

#include <tern/fiber.h>

#include <dlfcn.h>
#include <stdio.h>

#include "transport/fiber/core_internal.h"

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

static void print_place(const void *pc, int fd)
{
    Dl_info where;

    if (dladdr(pc, &where) && where.dli_sname)
        dprintf(fd, " %s+0x%tx", where.dli_sname, (const char *)pc - (char *)where.dli_saddr);
    else if (dladdr(pc, &where) && where.dli_fname)
        dprintf(fd, " %s+0x%tx", where.dli_fname, (const char *)pc - (char *)where.dli_fbase);
    else
        dprintf(fd, " %p", pc);
}

static void print_fiber(terni_stack *s, void *fd_ptr)
{
    const tern_fiber *f = s->tenant;
    int               fd = *(int *)fd_ptr;
    double            ms = (double)(*f->home->now_ns - f->since_ns) / (double)TERN_NS_PER_MS;

    if (f->state == TERNI_FIBER_IDLE)
        return;
    dprintf(fd, "fiber %p %s: %s%s", (const void *)f, f->name ? f->name : "(no name)",
            f->state == TERNI_FIBER_PARKED ? "waits for " : "", describe_state(f));
    if (f->state == TERNI_FIBER_PARKED)
        dprintf(fd, " since %.3f ms", ms);
    if (f->state == TERNI_FIBER_PARKED && f->has_deadline)
        dprintf(fd, ", at most %.3f ms more",
                (double)(int64_t)(f->timer.deadline_ns - *f->home->now_ns) /
                    (double)TERN_NS_PER_MS);
    dprintf(fd, ", runs");
    print_place((const void *)(uintptr_t)f->fn, fd);
    if (f->state != TERNI_FIBER_RUNNING && f->state != TERNI_FIBER_DONE) {
        dprintf(fd, ", stopped at");
        print_place(terni_context_pc(&f->context), fd);
    }
    dprintf(fd, "\n");
}

void tern_dump_fibers(tern_poller *p, int fd)
{
    terni_fibers *home = terni_fibers_of(p);

    if (home)
        terni_stack_pool_visit(&home->stacks, print_fiber, &fd);
}
