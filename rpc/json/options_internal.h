// rpc/json/options_internal.h: what a program asks for, with the defaults in place.
//
// Threads:   any.
#ifndef RPC_JSON_OPTIONS_INTERNAL_H
#define RPC_JSON_OPTIONS_INTERNAL_H

#include <tern/json.h>

// 0 with an empty error, or -E2BIG with the reason.
TERN_NODISCARD int terni_json_options_read(tern_json_opts *ret, const tern_json_opts *given,
                                           uint64_t sizes, tern_json_error *ret_why);

#endif
