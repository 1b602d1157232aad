#include "tests/support/fail_malloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <tern/base.h>
#include <tern/mem.h>

#include "tests/support/trace.h"

enum {
    FRESH_BYTE = 0xa5,
    FREED_BYTE = 0x5a,
    MAX_REPORTED = 10,
};

#define GUARD UINT64_C(0x7e57ab1e0ddba11)

// In front of every allocation; a guard follows its last byte as well.
typedef struct block block;
struct block {
    _Alignas(max_align_t) block *next;  // so that what follows the block is aligned as well
    block   *prev;
    size_t   size;
    uint64_t serial;
    trace    who;
    uint64_t guard;
};

static struct {
    pthread_mutex_t lock;
    block           live;  // the ring's head
    uint64_t        serial;
    uint64_t        fail_first;  // a serial; 0: none
    uint64_t        n_to_fail;   // from that one on
    uint64_t        n_failed;
    trace           failed;  // where the last one was
} heap = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .live = { .next = &heap.live, .prev = &heap.live },
};

static void lock(void) { pthread_mutex_lock(&heap.lock); }
static void unlock(void) { pthread_mutex_unlock(&heap.lock); }

static unsigned char *bytes_of(block *b) { return (unsigned char *)(b + 1); }

// ---- the allocator -------------------------------------------------------

static bool must_fail(uint64_t serial)
{
    return heap.fail_first && serial >= heap.fail_first &&
           serial - heap.fail_first < heap.n_to_fail;
}

// Numbers this allocation. False if it is one that has to fail.
static bool admit(const trace *who, uint64_t *ret_serial)
{
    bool ok;

    lock();
    *ret_serial = ++heap.serial;
    ok = !must_fail(heap.serial);
    if (!ok) {
        heap.n_failed++;
        heap.failed = *who;
    }
    unlock();
    return ok;
}

static void add(block *b)
{
    lock();
    b->prev = &heap.live;
    b->next = heap.live.next;
    b->prev->next = b->next->prev = b;
    unlock();
}

static void *fail_alloc(size_t size, void *unused)
{
    uint64_t guard = GUARD, serial;
    trace    who = trace_take();
    block   *b;

    (void)unused;
    if (!admit(&who, &serial))
        return NULL;
    if (size > PTRDIFF_MAX || !(b = malloc(sizeof *b + size + sizeof guard)))
        return NULL;  // the machine's own refusal
    b->size = size;
    b->serial = serial;
    b->who = who;
    b->guard = guard;
    memset(bytes_of(b), FRESH_BYTE, size);
    memcpy(bytes_of(b) + size, &guard, sizeof guard);
    add(b);
    return bytes_of(b);
}

static block *block_of(void *ptr)
{
    block *b = (block *)ptr - 1;

    TERN_ASSERT(b->guard == GUARD);  // ours, alive, and nobody wrote in front of it
    TERN_ASSERT(memcmp(bytes_of(b) + b->size, &b->guard, sizeof b->guard) == 0);  // nor behind it
    return b;
}

static void fail_free(void *ptr, void *unused)
{
    block *b;

    (void)unused;
    if (!ptr)
        return;
    b = block_of(ptr);
    lock();
    b->prev->next = b->next;
    b->next->prev = b->prev;
    unlock();
    memset(bytes_of(b), FREED_BYTE, b->size);
    b->guard = 0;
    __asm__ volatile("" : : "r"(b) : "memory");  // or a compiler leaves out what nobody may read
    free(b);
}

static void *fail_realloc(void *ptr, size_t size, void *unused)
{
    void *moved = fail_alloc(size, unused);

    if (moved && ptr) {
        size_t old_size = block_of(ptr)->size;

        memcpy(moved, ptr, old_size < size ? old_size : size);
        fail_free(ptr, unused);
    }
    return moved;
}

// ---- control -------------------------------------------------------------

void fail_malloc_start(void)
{
    static bool is_started;

    fail_malloc_at(0, 0);
    if (is_started)
        return;
    is_started = true;
    (void)trace_take();  // the first one loads the unwinder, which opens files
    tern_mem_set(&(tern_mem){ fail_alloc, fail_realloc, fail_free, NULL });
}

void fail_malloc_at(uint64_t nth, uint64_t n_times)
{
    lock();
    heap.n_failed = 0;
    heap.fail_first = nth ? heap.serial + nth : 0;
    heap.n_to_fail = n_times;
    unlock();
}

bool fail_malloc_has_failed(void)
{
    bool has_failed;

    lock();
    has_failed = heap.n_failed > 0;
    unlock();
    return has_failed;
}

uint64_t fail_malloc_serial(void)
{
    uint64_t serial;

    lock();
    serial = heap.serial;
    unlock();
    return serial;
}

// ---- what is live --------------------------------------------------------

typedef struct tally tally;
struct tally {
    size_t n, bytes;
};

// The ring is newest first, but threads may have entered it out of order.
static tally count_live(uint64_t since)
{
    tally t = { 0 };

    lock();
    for (const block *b = heap.live.next; b != &heap.live; b = b->next) {
        if (b->serial > since) {
            t.n++;
            t.bytes += b->size;
        }
    }
    unlock();
    return t;
}

size_t fail_malloc_n_live(uint64_t since) { return count_live(since).n; }
size_t fail_malloc_live_bytes(uint64_t since) { return count_live(since).bytes; }

static void print_failed(FILE *out)
{
    if (heap.n_failed == 0)
        return;
    fprintf(out, "    with an allocation made to fail at ");
    trace_print(&heap.failed, out);
}

size_t fail_malloc_report(uint64_t since, FILE *out)
{
    size_t n = 0;

    lock();
    for (const block *b = heap.live.next; b != &heap.live; b = b->next) {
        if (b->serial <= since || n++ >= MAX_REPORTED)
            continue;
        fprintf(out, "    leaked %zu bytes from ", b->size);
        trace_print(&b->who, out);
    }
    if (n > MAX_REPORTED)
        fprintf(out, "    ... and %zu more\n", n - MAX_REPORTED);
    if (n > 0)
        print_failed(out);
    unlock();
    return n;
}
