// rpc/client/call_opts_internal.h: a call's options out of a program that may have been compiled with other headers.
// Knows nothing of what they say.
//
// Lifetime:  the options are read before the call function returns; `own` lives on its stack.
// Threads:   the caller's.
#ifndef RPC_CLIENT_CALL_OPTS_INTERNAL_H
#define RPC_CLIENT_CALL_OPTS_INTERNAL_H

#include <stdbool.h>

#include <tern/call.h>

// The slow way: as long as ours they are not.
TERN_NODISCARD bool terni_call_opts_read_others(const tern_call_opts **opts, size_t size,
                                                tern_call_opts *own, tern_status *ret_status);

// Makes `*opts` good for this library; nothing is copied for programs that have its own headers. False: they set what
// is not known here, see `*ret_status`; the info among them may still be filled.
TERN_NODISCARD static inline bool terni_call_opts_read(const tern_call_opts **opts, uint64_t sizes,
                                                       tern_call_opts *own, tern_status *ret_status)
{
    if (TERN_LIKELY(!*opts))
        return true;
    if ((*opts)->info)
        (*opts)->info->size_ = (uint32_t)tern_size_at(sizes, 1);
    return TERN_LIKELY(tern_size_at(sizes, 0) == sizeof **opts) ||
           terni_call_opts_read_others(opts, tern_size_at(sizes, 0), own, ret_status);
}

#endif
