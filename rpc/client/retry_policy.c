#include "rpc/base/seldom_internal.h"

#include "rpc/client/retry_policy_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/base/jitter_internal.h"

// ---- the policy ----------------------------------------------------------

static double or_default(double value, double otherwise) { return value > 0 ? value : otherwise; }

static const char *find_fault(const tern_retry *p)
{
    if (p->max_attempts > TERNI_MAX_ATTEMPTS)
        return "retry.max_attempts is above 10";
    if (p->initial_backoff_ms < 0 || p->max_backoff_ms < 0)
        return "a backoff of retry is negative";
    if (p->multiplier != 0 && !(p->multiplier >= 1 && p->multiplier <= 1000))
        return "retry.multiplier is not from 1 to 1000";
    if (p->throttle_tokens > 1000)
        return "retry.throttle_tokens is above 1000";
    if (!(p->throttle_ratio >= 0 && p->throttle_ratio <= 1000))
        return "retry.throttle_ratio is not from 0 to 1000";
    for (size_t i = 0; i < p->n_codes; i++)
        if ((unsigned)p->codes[i] > TERN_UNAUTHENTICATED || p->codes[i] == TERN_OK)
            return "retry.codes has what is no failure";
    return NULL;
}

int terni_retry_policy_init(terni_retry_policy *r, const tern_retry *p, const char **ret_why)
{
    const char *why = p ? find_fault(p) : NULL;

    *r = (terni_retry_policy){ 0 };
    if (why) {
        *ret_why = why;
        return -EINVAL;
    }
    if (!p)
        return 0;
    r->max_attempts = p->max_attempts ? p->max_attempts : 3;
    r->initial_ms = or_default((double)p->initial_backoff_ms, 100);
    r->max_ms = or_default((double)p->max_backoff_ms, 5000);
    r->multiplier = or_default(p->multiplier, 2);
    r->max_tokens = 1000 * (int)or_default(p->throttle_tokens, 100);
    r->refund = (int)(1000 * or_default(p->throttle_ratio, 0.1));
    atomic_init(&r->tokens, r->max_tokens);
    for (size_t i = 0; i < p->n_codes; i++)
        r->codes |= 1U << p->codes[i];
    if (!r->codes)
        r->codes = 1U << TERN_UNAVAILABLE;
    return 0;
}

// Returns what is left.
static int move_tokens(terni_retry_policy *r, int by)
{
    int before = atomic_load_explicit(&r->tokens, memory_order_relaxed), after;

    TERN_ASSERT(before >= 0 && before <= r->max_tokens);
    do {
        after = before + by;
        after = after < 0 ? 0 : after > r->max_tokens ? r->max_tokens : after;
        if (after == before)
            break;
    } while (!atomic_compare_exchange_weak_explicit(&r->tokens, &before, after,
                                                    memory_order_relaxed, memory_order_relaxed));
    return after;
}

bool terni_retry_policy_allows(terni_retry_policy *r, tern_code code)
{
    TERN_ASSERT((unsigned)code <= TERN_UNAUTHENTICATED);
    if (!(r->codes & 1U << code)) {
        (void)move_tokens(r, r->refund);
        return false;
    }
    return move_tokens(r, -1000) > r->max_tokens / 2;
}

uint64_t terni_retry_policy_backoff_ms(const terni_retry_policy *r, uint32_t n, uint64_t seed)
{
    double ms = r->initial_ms;

    TERN_ASSERT(n > 0);
    for (uint32_t i = 1; i < n && ms < r->max_ms; i++)
        ms *= r->multiplier;
    return terni_jitter((uint64_t)(ms < r->max_ms ? ms : r->max_ms), seed);
}

// ---- a call that failed ---------------------------------------------------

// What the server wishes: milliseconds; -1: no more attempts; -2: it says nothing.
static int64_t pushback_ms(const terni_meta_list *trailing)
{
    static const char key[] = "grpc-retry-pushback-ms";

    for (uint32_t i = 0; i < trailing->n; i++) {
        const terni_meta *m = &trailing->entries[i];
        int64_t           ms = 0;

        if (m->key_len != sizeof key - 1 || memcmp(m->key, key, m->key_len) != 0)
            continue;
        if (m->value_len == 0 || m->value_len > 9)
            return -1;
        for (uint32_t j = 0; j < m->value_len; j++) {
            if (m->value[j] < '0' || m->value[j] > '9')
                return -1;
            ms = ms * 10 + (m->value[j] - '0');
        }
        return ms;
    }
    return -2;
}

bool terni_retry_policy_decide(terni_retry_policy *r, const terni_failed_attempt *f,
                               uint64_t *ret_delay_ms)
{
    int64_t pushback = pushback_ms(f->trailing);

    TERN_ASSERT(r->max_attempts > 0);
    if (!terni_retry_policy_allows(r, f->code) || pushback == -1 || !f->is_repeatable ||
        f->n_retries + 1 >= r->max_attempts)
        return false;
    *ret_delay_ms = pushback >= 0 ? (uint64_t)pushback
                                  : terni_retry_policy_backoff_ms(r, f->n_retries + 1, f->seed);
    return true;
}
