// rpc/codec/utf8_internal.h: is this UTF-8? Only rpc/codec*.c includes this.
#ifndef RPC_CODEC_UTF8_INTERNAL_H
#define RPC_CODEC_UTF8_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// As Unicode's table 3-7 has it: nothing overlong, no surrogates, nothing above U+10FFFF. NUL is valid, and
// told, as C has no room for it in a string. Pure; fast where it is ASCII.
bool terni_utf8_is_valid(const uint8_t *p, size_t n, bool *ret_has_nul);

#endif
