// rpc/json/utf8_internal.h: text, byte by byte: runs that stand for themselves in JSON, and sequences of UTF-8.
//
// Threads:   any.
#ifndef RPC_JSON_UTF8_INTERNAL_H
#define RPC_JSON_UTF8_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// The length of the sequence of two to four bytes at `p`, or 0.
size_t terni_json_utf8_len(const uint8_t *p, const uint8_t *end);
// Writes one character, of one to four bytes. Returns what is behind it.
uint8_t *terni_json_utf8_write(uint8_t *p, uint32_t character);

// ---- inline bodies -------------------------------------------------------

static inline bool terni_json_is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

// To the first byte that is not ASCII, or that JSON's strings need an escape for.
static inline const uint8_t *terni_json_skip_plain(const uint8_t *p, const uint8_t *end)
{
#if defined(__SSE2__)
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        // Bytes from 0x80 on are below zero to this comparison.
        __m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                                _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
        int     mask = _mm_movemask_epi8(odd);

        if (mask)
            return p + __builtin_ctz((unsigned)mask);
        p += 16;
    }
#endif
    while (p < end && terni_json_is_plain(*p))
        p++;
    return p;
}

#endif
