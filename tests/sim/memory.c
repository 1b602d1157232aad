#include "tests/sim/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <tern/base.h>
#include <tern/mem.h>

#include "tests/sim/chance.h"
#include "tests/sim/kernel.h"
#include "tests/support/trace.h"
#include "transport/base/asan_internal.h"

#ifdef __SANITIZE_THREAD__
#define ARENA_AT UINT64_C(0x004000000000)  // where TSan lets programs be
#else
#define ARENA_AT UINT64_C(0x510000000000)
#endif

enum {
    FRESH_BYTE = 0xa5,
    FREED_BYTE = 0x5a,
    MAX_PAINTED = 256,  // of a long one
    MAX_REPORTED = 10,
    ARENA_BYTES = 512 << 20,
};

#define GUARD UINT64_C(0x7e57ab1e0ddba11)

typedef struct block block;
struct block {
    _Alignas(16) size_t size;
    uint32_t serial;
    bool     is_live;
    uint64_t guard;
    trace   *who;  // NULL: not asked for
};

static struct {
    uint8_t *base, *next, *end;
    uint64_t serial;
    size_t   n_live;
    bool     is_traced;
} arena;

static uint8_t *bytes_of(block *b) { return (uint8_t *)(b + 1); }

// With the guard behind it.
static size_t span_of(size_t size) { return (size + sizeof(uint64_t) + 15) & ~(size_t)15; }

static size_t painted(size_t size) { return size < MAX_PAINTED ? size : MAX_PAINTED; }

static block *take(size_t size)
{
    size_t   whole = sizeof(block) + span_of(size);
    uint64_t guard = GUARD;
    block   *b = (block *)arena.next;

    if (size > ARENA_BYTES || (size_t)(arena.end - arena.next) < whole)
        return NULL;
    terni_asan_unpoison(b, sizeof *b + size);
    arena.next += whole;
    *b = (block){ .size = size, .serial = (uint32_t)arena.serial, .is_live = true, .guard = GUARD };
    memset(bytes_of(b), FRESH_BYTE, painted(size));
    terni_asan_unpoison(bytes_of(b) + size, sizeof guard);
    memcpy(bytes_of(b) + size, &guard, sizeof guard);
    terni_asan_poison(bytes_of(b) + size, whole - sizeof *b - size);
    arena.n_live++;
    return b;
}

static void *sim_alloc(size_t size, void *unused)
{
    block *b;

    (void)unused;
    if (!arena.base)
        return malloc(size);
    arena.serial++;
    if (chance_happens(CHANCE_NO_MEMORY)) {
        SIM_SAY("no memory for %zu bytes", size);
        return NULL;
    }
    if (!(b = take(size)))
        return NULL;
    if (arena.is_traced && (b->who = malloc(sizeof *b->who)))
        *b->who = trace_take();
    return bytes_of(b);
}

static bool is_ours(const void *ptr)
{
    return (const uint8_t *)ptr >= arena.base && (const uint8_t *)ptr < arena.end;
}

static bool is_guarded(block *b)
{
    uint64_t guard = GUARD;
    bool     is_whole;

    terni_asan_unpoison(bytes_of(b) + b->size, sizeof guard);
    is_whole = memcmp(bytes_of(b) + b->size, &guard, sizeof guard) == 0;
    terni_asan_poison(bytes_of(b) + b->size, sizeof guard);
    return b->guard == GUARD && is_whole;
}

static void sim_free(void *ptr, void *unused)
{
    block *b;

    (void)unused;
    if (!ptr || !is_ours(ptr)) {
        free(ptr);
        return;
    }
    b = (block *)ptr - 1;
    TERN_ASSERT(b->is_live && is_guarded(b));  // else: freed twice, or written over
    b->is_live = false;
    free(b->who);
    b->who = NULL;
    memset(ptr, FREED_BYTE, painted(b->size));
    terni_asan_poison(ptr, b->size);
    arena.n_live--;
}

static void *sim_realloc(void *ptr, size_t size, void *unused)
{
    void  *moved;
    size_t old_size;

    if (!arena.base || (ptr && !is_ours(ptr)))
        return realloc(ptr, size);
    if (!(moved = sim_alloc(size, unused)) || !ptr)
        return moved;
    old_size = ((block *)ptr - 1)->size;
    memcpy(moved, ptr, old_size < size ? old_size : size);
    sim_free(ptr, unused);
    return moved;
}

// ---- stacks --------------------------------------------------------------

enum { MAX_KEPT = 64 };

typedef struct region region;
struct region {
    void  *base;
    size_t len;
};

static region   kept[MAX_KEPT];
static unsigned n_kept, n_mapped;

void *memory_map(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
    if (chance_happens(CHANCE_NO_MEMORY)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    n_mapped++;
    for (unsigned i = n_kept; i-- > 0;)
        if (kept[i].len == len) {
            void *base = kept[i].base;

            kept[i] = kept[--n_kept];
            return base;
        }
    return mmap(addr, len, prot, flags, fd, offset);
}

int memory_unmap(void *addr, size_t len)
{
    n_mapped--;
    if (n_kept == MAX_KEPT)
        return munmap(addr, len);
    kept[n_kept++] = (region){ addr, len };
    return 0;
}

// ---- life ----------------------------------------------------------------

static void map_arena(void)
{
    void *wanted = (void *)(uintptr_t)ARENA_AT;

    arena.base = mmap(wanted, ARENA_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    TERN_ASSERT(arena.base != MAP_FAILED);
    arena.end = arena.base + ARENA_BYTES;
}

void memory_plug(void)
{
    (void)trace_take();  // the first one loads the unwinder
    tern_mem_set(&(tern_mem){ sim_alloc, sim_realloc, sim_free, NULL });
}

void memory_start(void)
{
    if (!arena.base)
        map_arena();
    else
        terni_asan_unpoison(arena.base, (size_t)(arena.next - arena.base));
    arena.next = arena.base;
    arena.serial = arena.n_live = 0;
    n_mapped = 0;
}

void memory_trace(bool is_traced) { arena.is_traced = is_traced; }

// ---- what is left --------------------------------------------------------

size_t memory_n_live(void) { return arena.n_live; }

uint64_t memory_n_allocations(void) { return arena.serial; }

static void report(const block *b, const char *what, FILE *out)
{
    fprintf(out, "    %s: %zu bytes, allocation %u", what, b->size, b->serial);
    if (b->who) {
        fprintf(out, " from ");
        trace_print(b->who, out);
    } else {
        fputc('\n', out);
    }
}

static bool is_untouched(block *b)
{
    size_t   n = painted(b->size);
    uint8_t *bytes = bytes_of(b);
    bool     is_same = true;

    terni_asan_unpoison(bytes, b->size);
    for (size_t i = 0; i < n && is_same; i++)
        is_same = bytes[i] == FREED_BYTE;
    return is_same;
}

size_t memory_check(FILE *out)
{
    size_t n = n_mapped;
    block *b;

    if (n && out)
        fprintf(out, "    left over: %u regions of stacks\n", n_mapped);

    for (uint8_t *at = arena.base; at < arena.next; at += sizeof *b + span_of(b->size)) {
        const char *what = NULL;

        b = (block *)at;
        if (!is_guarded(b))
            what = "written over";
        else if (b->is_live)
            what = "left over";
        else if (!is_untouched(b))
            what = "written after it was freed";
        if (what && n++ < MAX_REPORTED && out)
            report(b, what, out);
    }
    return n;
}
