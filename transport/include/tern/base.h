// tern/base.h: the words that every Tern header uses. Knows nothing of any module.
#ifndef TERN_BASE_H
#define TERN_BASE_H

#include <stddef.h>

#if defined(__GNUC__)
#define TERN_API                          __attribute__((visibility("default")))
#define TERN_NODISCARD                    __attribute__((warn_unused_result))
#define TERN_PRINTF(fmt_index, first_arg) __attribute__((format(printf, fmt_index, first_arg)))
#define TERN_NORETURN                     __attribute__((noreturn))
#define TERN_LIKELY(x)                    __builtin_expect(!!(x), 1)
#define TERN_UNLIKELY(x)                  __builtin_expect(!!(x), 0)
#define TERN_UNREACHABLE()                __builtin_unreachable()
#else
#error "Tern needs gcc or clang"
#endif

// Frees a handle at the end of its scope: TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
// Each type that supports it defines `<type>_auto_` beside its free function.
#define TERN_AUTO(type) __attribute__((cleanup(type##_auto_))) type

#define TERN_CONTAINER_OF(ptr, type, member)                                                       \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define TERN_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// A broken promise inside the library or by its caller. On in release as well: a crash is better
// than a corrupted peer. TERN_DEBUG_ASSERT is for hot paths and vanishes with NDEBUG.
#define TERN_ASSERT(cond)                                                                          \
    (TERN_LIKELY(cond) ? (void)0 : tern_assert_failed(#cond, __FILE__, __LINE__))
#ifdef NDEBUG
#define TERN_DEBUG_ASSERT(cond) ((void)sizeof(cond))
#else
#define TERN_DEBUG_ASSERT(cond) TERN_ASSERT(cond)
#endif

#ifdef __cplusplus
extern "C" {
#endif

TERN_API TERN_NORETURN void tern_assert_failed(const char *cond, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif
