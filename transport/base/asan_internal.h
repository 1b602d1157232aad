// transport/base/asan_internal.h: tells AddressSanitizer which kept memory nobody may touch. Nothing
// where the build has no AddressSanitizer.
#ifndef TRANSPORT_BASE_ASAN_INTERNAL_H
#define TRANSPORT_BASE_ASAN_INTERNAL_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)  // gcc
#define TERNI_ASAN 1
#elif defined(__has_feature)  // clang
#if __has_feature(address_sanitizer)
#define TERNI_ASAN 1
#endif
#endif

#ifdef TERNI_ASAN
#include <sanitizer/asan_interface.h>
#endif

static inline void terni_asan_poison(void *start, size_t len)
{
#ifdef TERNI_ASAN
    __asan_poison_memory_region(start, len);
#else
    (void)start;
    (void)len;
#endif
}

static inline void terni_asan_unpoison(void *start, size_t len)
{
#ifdef TERNI_ASAN
    __asan_unpoison_memory_region(start, len);
#else
    (void)start;
    (void)len;
#endif
}

#endif
