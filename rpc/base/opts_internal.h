// rpc/base/opts_internal.h: options of a program that was compiled with other headers, beyond what <tern/opts.h> has:
// arrays, and the words of a refusal. Knows nothing of what options say.
//
// Threads:   none.
#ifndef RPC_BASE_OPTS_INTERNAL_H
#define RPC_BASE_OPTS_INTERNAL_H

#include <tern/opts.h>
#include <tern/status.h>

// A copy of `n` elements in our size, given to the caller: tern_mem_free. NULL if there are none. 0, -ENOMEM, or
// -E2BIG as tern_opts_read.
TERN_NODISCARD int terni_opts_read_array(void **ret_copy, size_t size, const void *given,
                                         size_t given_size, size_t n);

// What a program hears when `type` could not be read.
tern_status terni_opts_refusal(int err, const char *type);

#endif
