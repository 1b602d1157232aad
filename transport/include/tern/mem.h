// tern/mem.h: the one door through which the library gets memory. Knows nothing of pools.
//
// Lifetime:  the table is copied by tern_mem_set, which is legal only while the library owns nothing.
// Threads:   the functions of the table must be thread-safe, as malloc is.
// Invariant: every allocation of the library passes here, so a test can count, fail or poison it.
//
//   tern_mem_set(&(tern_mem){ my_alloc, my_realloc, my_free, &my_heap });
#ifndef TERN_MEM_H
#define TERN_MEM_H

#include <stddef.h>

#include <tern/base.h>
#include <tern/opts.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_mem tern_mem;
struct tern_mem {
    void *(*alloc)(size_t size, void *arg);
    void *(*realloc)(void *ptr, size_t size, void *arg);
    void (*free)(void *ptr, void *arg);
    void *arg;
};

// NULL restores malloc, realloc and free.
TERN_API void      tern_mem_set_sized(const tern_mem *mem, uint64_t sizes);
static inline void tern_mem_set(const tern_mem *mem)
{
    tern_mem_set_sized(mem, TERN_SIZE(0, tern_mem));
}

// NULL when there is no memory. Zeroed: tern_mem_zalloc only.
TERN_API TERN_NODISCARD void *tern_mem_alloc(size_t size);
TERN_API TERN_NODISCARD void *tern_mem_zalloc(size_t size);
TERN_API TERN_NODISCARD void *tern_mem_realloc(void *ptr, size_t size);
TERN_API TERN_NODISCARD char *tern_mem_strdup(const char *s);
TERN_API void                 tern_mem_free(void *ptr);

#ifdef __cplusplus
}
#endif

#endif
