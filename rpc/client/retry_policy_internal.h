// rpc/client/retry_policy_internal.h: a channel's retry policy: whether a call that failed may be tried again, and
// when. Knows nothing of calls; retry_policy.c also applies it to them, see channel_internal.h.
//
// Lifetime:  embedded in the channel; no memory of its own.
// Threads:   any: what is not atomic is set once.
// Invariant: 0 <= tokens <= max_tokens (both in thousandths). Without a policy max_attempts is 0, and
//            nothing else is ever looked at.
#ifndef RPC_CLIENT_RETRY_POLICY_INTERNAL_H
#define RPC_CLIENT_RETRY_POLICY_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <tern/channel.h>

#include "rpc/base/meta_internal.h"

enum { TERNI_MAX_ATTEMPTS = 10 };

typedef struct terni_retry_policy terni_retry_policy;
struct terni_retry_policy {
    uint32_t   max_attempts;
    uint32_t   codes;  // a bit for each
    double     initial_ms, max_ms, multiplier;
    int        max_tokens, refund;  // thousandths
    atomic_int tokens;
};

// 0, or -EINVAL with `*ret_why`. NULL: no policy.
int terni_retry_policy_init(terni_retry_policy *r, const tern_retry *policy, const char **ret_why);

// An attempt has ended with `code`: keeps the account, and tells whether others may follow.
bool terni_retry_policy_allows(terni_retry_policy *r, tern_code code);
// Before the `n`-th retry, from 1.
uint64_t terni_retry_policy_backoff_ms(const terni_retry_policy *r, uint32_t n, uint64_t seed);

// An attempt that has ended without success.
typedef struct terni_failed_attempt terni_failed_attempt;
struct terni_failed_attempt {
    tern_code              code;
    const terni_meta_list *trailing;
    bool                   is_repeatable;
    uint32_t               n_retries;  // before this one
    uint64_t               seed;       // of the jitter
};

// The whole of it: whether there is to be another attempt, and when.
bool terni_retry_policy_decide(terni_retry_policy *r, const terni_failed_attempt *f,
                               uint64_t *ret_delay_ms);

#endif
