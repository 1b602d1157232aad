// tern/opts.h: how options can grow. A program is compiled with the structs of its headers, and runs with the
// libtern.so that is there, whose structs may be longer, or shorter. So each function that takes some is
// inline, and hands on how long they are in the program. Knows nothing of what options say.
//
// Lifetime:  values; nothing to free.
// Threads:   any.
// Invariant: members stay where they are, new ones come last, and 0 is the default of each. What the program
//            does not know is 0 for the library; what the library does not know has to be 0, or else it is
//            refused: -E2BIG, or TERN_INVALID_ARGUMENT with a sentence.
//
//   TERN_NODISCARD static inline int tern_x_new(const tern_x_opts *opts, tern_x **ret_x)
//   {
//       return tern_x_new_sized(opts, ret_x, TERN_SIZE(0, tern_x_opts));
//   }
#ifndef TERN_OPTS_H
#define TERN_OPTS_H

#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a _sized function is told, for up to four structs: the options, and what goes with them.
#define TERN_SIZE(place, type) ((uint64_t)sizeof(type) << (16 * (place)))

static inline size_t tern_size_at(uint64_t sizes, unsigned place)
{
    return (size_t)(sizes >> (16 * place) & 0xffff);
}

// The options as this side knows them, out of `given`, `given_size` bytes or NULL for none. 0, or -E2BIG: they
// set what is not known here.
TERN_API TERN_NODISCARD int tern_opts_read(void *ret_opts, size_t size, const void *given,
                                           size_t given_size);

#ifdef __cplusplus
}
#endif

#endif
