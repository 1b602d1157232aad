// tests/rpc/support/xor_source.h: gives connections with tls:// in their address the xor filter of
// tests/support/xor_filter.h.
//
//   tern_connect(address, &(tern_channel_opts){ .filters = &xor_source });
#ifndef TESTS_RPC_SUPPORT_XOR_SOURCE_H
#define TESTS_RPC_SUPPORT_XOR_SOURCE_H

#include <tern/filter_source.h>

#include "tests/support/xor_filter.h"

// Its `arg` may be a const xor_filter_opts.
extern const tern_filter_source xor_source;

#endif
