// rpc/testing/claim_internal.h: a filter that changes nothing and says who the peer is. Knows nothing of whether that is
// true.
//
// Lifetime:  the source is a value; its `arg` is a `const tern_identity *`, which stays.
// Threads:   any.
#ifndef RPC_TESTING_CLAIM_INTERNAL_H
#define RPC_TESTING_CLAIM_INTERNAL_H

#include <tern/filter_source.h>

tern_filter_source terni_claim_source(const tern_identity *identity);

#endif
