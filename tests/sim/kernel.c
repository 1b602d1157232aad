#include "tests/sim/kernel.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>

#include "tests/sim/chance.h"
#include "tests/sim/file.h"
#include "tests/sim/memory.h"
#include "tests/sim/net.h"
#include "transport/base/sys_internal.h"

#define START_NS (1000 * TERN_NS_PER_S)

bool sim_is_verbose;

static struct {
    uint64_t    now_ns;
    file        files[MAX_FILES];
    unsigned    n_files, n_used;  // open ones; the highest that was ever, and one
    unsigned    process;
    const char *name;
    uint64_t    digest, n_calls;
} machine;

// ---- for people ----------------------------------------------------------

void kernel_say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fprintf(stderr, "%12.6f ms  %-9s ", (double)(machine.now_ns - START_NS) / 1e6, machine.name);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

void kernel_note(uint64_t fact)
{
    machine.digest = (machine.digest ^ fact) * UINT64_C(0x100000001b3) + machine.now_ns;
    machine.n_calls++;
}

uint64_t kernel_digest(void) { return machine.digest; }
uint64_t kernel_n_calls(void) { return machine.n_calls; }

static ssize_t fail_with(int err)
{
    errno = err;
    return -1;
}

// ---- descriptors ---------------------------------------------------------

file *file_of(int fd)
{
    file *f = fd >= FIRST_FD && fd < FIRST_FD + MAX_FILES ? &machine.files[fd - FIRST_FD] : NULL;

    if (f && f->kind != FILE_NONE)
        return f;
    errno = EBADF;
    return NULL;
}

int file_fd(const file *f) { return FIRST_FD + (int)(f - machine.files); }

file *file_open(file_kind kind)
{
    unsigned i = 0;

    while (i < machine.n_used && machine.files[i].kind != FILE_NONE)
        i++;
    if (i == MAX_FILES || chance_happens(CHANCE_NO_DESCRIPTOR)) {
        SIM_SAY("no descriptor (EMFILE)");
        errno = EMFILE;
        return NULL;
    }
    if (i == machine.n_used)
        machine.n_used++;
    machine.n_files++;
    machine.files[i].kind = kind;
    machine.files[i].process = machine.process;
    return &machine.files[i];
}

static void forget_watch(file *f);

static void clear(file *f)
{
    // All but the queue, which is long.
    memset(f, 0, offsetof(file, queue));
    memset((char *)f + offsetof(file, n_queued), 0, sizeof *f - offsetof(file, n_queued));
    f->poke_ns = f->connect_ns = TERN_NEVER;
}

void file_release(file *f)
{
    forget_watch(f);
    if (f->kind == FILE_EPOLL)
        for (file *other = file_next(NULL); other; other = file_next(other))
            if (other->epoll == f)
                forget_watch(other);
    clear(f);
    machine.n_files--;
}

file *file_next(file *f)
{
    for (f = f ? f + 1 : machine.files; f < machine.files + machine.n_used; f++)
        if (f->kind != FILE_NONE)
            return f;
    return NULL;
}

unsigned kernel_n_open(void) { return machine.n_files; }

void kernel_list_open(FILE *out)
{
    static const char *const kinds[] = { "none", "epoll", "eventfd", "socket" };

    for (file *f = file_next(NULL); f; f = file_next(f))
        fprintf(out, "    left open: %d, %s of process %u, state %d\n", file_fd(f), kinds[f->kind],
                f->process, f->state);
}

// ---- time ----------------------------------------------------------------

static uint64_t sys_now_ns(void) { return machine.now_ns; }

uint64_t kernel_now_ns(void) { return machine.now_ns; }

static uint64_t next_edge_ns(void)
{
    uint64_t next = TERN_NEVER;

    for (file *f = file_next(NULL); f; f = file_next(f)) {
        if (f->poke_ns < next)
            next = f->poke_ns;
        if (f->is_queued && f->visible_ns > machine.now_ns && f->visible_ns < next)
            next = f->visible_ns;
    }
    return next;
}

uint64_t kernel_next_ns(void)
{
    uint64_t edge = next_edge_ns(), arrival = net_next_ns();

    return edge < arrival ? edge : arrival;
}

static void poke_due(void)
{
    for (file *f = file_next(NULL); f; f = file_next(f)) {
        if (f->poke_ns > machine.now_ns)
            continue;
        f->poke_ns = TERN_NEVER;
        file_wake(f);
    }
}

void kernel_pass(uint64_t now_ns)
{
    if (now_ns > machine.now_ns)
        machine.now_ns = now_ns;
    poke_due();
    net_arrive(machine.now_ns);
}

// ---- epoll ---------------------------------------------------------------

static uint64_t a_while(void)
{
    static const uint64_t whiles_ns[] = { 1000, 20000, 300000, 5 * TERN_NS_PER_MS,
                                          100 * TERN_NS_PER_MS };

    return whiles_ns[chance_pick_low(CHANCE_LATENCY, TERN_COUNT_OF(whiles_ns))];
}

void file_wake(file *f)
{
    if (!f->epoll || f->is_queued)
        return;
    f->is_queued = true;
    f->visible_ns = machine.now_ns;
    if (chance_happens(CHANCE_LATE_EVENT))
        f->visible_ns += a_while();
    f->epoll->queue[f->epoll->n_queued++] = f;
}

void file_poke_later(file *f)
{
    uint64_t at = machine.now_ns + a_while();

    if (at < f->poke_ns)
        f->poke_ns = at;
}

static void unqueue(file *f)
{
    file    *e = f->epoll;
    unsigned i = 0;

    if (!f->is_queued)
        return;
    while (e->queue[i] != f)
        i++;
    memmove(&e->queue[i], &e->queue[i + 1], (--e->n_queued - i) * sizeof e->queue[0]);
    f->is_queued = false;
}

static void forget_watch(file *f)
{
    unqueue(f);
    f->epoll = NULL;
}

static uint32_t level_of(const file *f)
{
    if (f->kind == FILE_EVENT)
        return (f->counter ? EPOLLIN : 0) | EPOLLOUT;
    return net_level(f);
}

static int sys_epoll_create1(int flags)
{
    file *f = file_open(FILE_EPOLL);

    (void)flags;
    return f ? file_fd(f) : -1;
}

static int sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    file *e = file_of(epfd), *f = file_of(fd);

    if (!e || !f)
        return -1;
    kernel_note((uint64_t)op << 32 | (unsigned)fd);
    if ((op == EPOLL_CTL_ADD) == !!f->epoll)
        return (int)fail_with(op == EPOLL_CTL_ADD ? EEXIST : ENOENT);
    if (op == EPOLL_CTL_DEL) {
        forget_watch(f);
        return 0;
    }
    if (op == EPOLL_CTL_ADD && chance_happens(CHANCE_NO_WATCH)) {
        SIM_SAY("epoll_ctl(%d) fails: ENOMEM", fd);
        return (int)fail_with(ENOMEM);
    }
    TERN_ASSERT(event->events & EPOLLET);  // all that there is here
    f->epoll = e;
    f->mask = event->events | EPOLLERR | EPOLLHUP;
    f->key = event->data.u64;
    if (level_of(f) & f->mask)
        file_wake(f);
    return 0;
}

// Which of those that are visible is next. UINT_MAX: none.
static unsigned choose_event(const file *e)
{
    unsigned visible[MAX_FILES], n = 0;

    for (unsigned i = 0; i < e->n_queued; i++)
        if (e->queue[i]->visible_ns <= machine.now_ns)
            visible[n++] = i;
    if (!n)
        return UINT32_MAX;
    return visible[n > 1 && chance_happens(CHANCE_EVENT_ORDER) ? chance_pick(CHANCE_TURN, n) : 0];
}

static int take_events(file *e, struct epoll_event *events, int max)
{
    unsigned i;
    int      n = 0;

    while (n < max && (i = choose_event(e)) != UINT32_MAX) {
        file    *f = e->queue[i];
        uint32_t bits = level_of(f) & f->mask;

        unqueue(f);
        if (!bits)
            continue;
        events[n++] = (struct epoll_event){ .events = bits, .data.u64 = f->key };
        kernel_note((uint64_t)bits << 32 | (unsigned)file_fd(f));
        if (f->kind != FILE_EVENT)
            SIM_SAY("event %s%s%s%s%son %d", bits & EPOLLIN ? "in " : "",
                    bits & EPOLLOUT ? "out " : "", bits & EPOLLRDHUP ? "rdhup " : "",
                    bits & EPOLLHUP ? "hup " : "", bits & EPOLLERR ? "err " : "", file_fd(f));
        if (chance_happens(CHANCE_SPURIOUS))
            file_poke_later(f);
    }
    return n;
}

static int sys_epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
    file *e = file_of(epfd);

    (void)timeout_ms;
    if (!e)
        return -1;
    if (chance_happens(CHANCE_INTERRUPT))
        return (int)fail_with(EINTR);
    return take_events(e, events, max);
}

bool kernel_has_events(int epfd)
{
    const file *e = file_of(epfd);

    for (unsigned i = 0; e && i < e->n_queued; i++)
        if (e->queue[i]->visible_ns <= machine.now_ns)
            return true;
    return false;
}

// ---- eventfd -------------------------------------------------------------

static int sys_eventfd(unsigned initial, int flags)
{
    file *f = file_open(FILE_EVENT);

    (void)flags;
    if (!f)
        return -1;
    f->counter = initial;
    return file_fd(f);
}

static ssize_t sys_write(int fd, const void *buf, size_t n)
{
    file    *f = file_of(fd);
    uint64_t more;

    if (!f)
        return -1;
    TERN_ASSERT(f->kind == FILE_EVENT && n == sizeof more);
    if (chance_happens(CHANCE_INTERRUPT))
        return fail_with(EINTR);
    memcpy(&more, buf, sizeof more);
    f->counter += more;
    file_wake(f);
    return (ssize_t)n;
}

// ---- the end of a descriptor ---------------------------------------------

static int sys_close(int fd)
{
    file *f = file_of(fd);

    if (!f)
        return -1;
    kernel_note((unsigned)fd);
    SIM_SAY("close %d", fd);
    if (f->kind == FILE_SOCKET)
        net_close(f);
    file_release(f);
    return 0;
}

// Some code of rpc/ closes what it is not to have by itself: the linker sends it here.
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) { return fd >= FIRST_FD ? sys_close(fd) : __real_close(fd); }

// ---- processes -----------------------------------------------------------

void kernel_run_as(unsigned process, const char *name)
{
    machine.process = process;
    machine.name = name;
}

void kernel_break_all(unsigned process)
{
    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->kind == FILE_SOCKET && f->process == process)
            net_break(f);
}

// ---- life ----------------------------------------------------------------

static int no_such_file(const char *path, int flags)
{
    (void)path;
    (void)flags;
    return (int)fail_with(ENOENT);
}

void kernel_start(void)
{
    machine.now_ns = START_NS;
    machine.n_files = machine.n_used = 0;
    machine.process = 0;
    machine.name = "world";
    machine.digest = machine.n_calls = 0;
    for (unsigned i = 0; i < MAX_FILES; i++)
        clear(&machine.files[i]);
    net_start();
    terni_sys_table.now_ns = sys_now_ns;
    terni_sys_table.epoll_create1 = sys_epoll_create1;
    terni_sys_table.epoll_ctl = sys_epoll_ctl;
    terni_sys_table.epoll_wait = sys_epoll_wait;
    terni_sys_table.eventfd = sys_eventfd;
    terni_sys_table.write = sys_write;
    terni_sys_table.close = sys_close;
    terni_sys_table.open = no_such_file;
    terni_sys_table.mmap = memory_map;
    terni_sys_table.munmap = memory_unmap;
    net_plug(&terni_sys_table);
}

void kernel_end(void) { terni_sys_table = terni_sys_kernel; }
