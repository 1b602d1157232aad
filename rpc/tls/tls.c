#include "rpc/tls/tls_internal.h"

#include <string.h>

#include <tern/log.h>
#include <tern/mem.h>

// ---- life ----------------------------------------------------------------

static void free_tls(tern_tls *tls)
{
    TERN_ASSERT(atomic_load(&tls->n_under_way) == 0);
    terni_tls_context_unref(tls->current);
    terni_tls_settings_done(&tls->settings);
    pthread_mutex_destroy(&tls->lock);
    tern_mem_free(tls);
}

tern_status tern_tls_new_sized(const tern_tls_opts *opts, tern_tls **ret_tls, uint64_t sizes)
{
    tern_tls   *tls = tern_mem_zalloc(sizeof *tls);
    tern_status st;

    if (!tls)
        return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for TLS");
    st = terni_tls_settings_init(&tls->settings, opts, sizes);
    if (st.code) {
        tern_mem_free(tls);
        return st;
    }
    atomic_init(&tls->refs, 1);
    pthread_mutex_init(&tls->lock, NULL);
    st = terni_tls_context_new(&tls->settings, &tls->current);
    if (st.code)
        free_tls(tls);
    else
        *ret_tls = tls;
    return st;
}

tern_tls *tern_tls_ref(tern_tls *tls)
{
    unsigned before = atomic_fetch_add_explicit(&tls->refs, 1, memory_order_relaxed);

    TERN_ASSERT(before > 0);
    return tls;
}

tern_tls *tern_tls_unref(tern_tls *tls)
{
    if (tls && atomic_fetch_sub_explicit(&tls->refs, 1, memory_order_acq_rel) == 1)
        free_tls(tls);
    return NULL;
}

// ---- the files -----------------------------------------------------------

terni_tls_context *terni_tls_take_context(tern_tls *tls)
{
    terni_tls_context *context;

    pthread_mutex_lock(&tls->lock);
    context = terni_tls_context_ref(tls->current);
    pthread_mutex_unlock(&tls->lock);
    return context;
}

// What is wrong stays with the caller, and in the log: whoever reloads by a signal may not look.
tern_status tern_tls_reload(tern_tls *tls)
{
    terni_tls_context *next, *before;
    tern_status        st = terni_tls_context_new(&tls->settings, &next);

    if (st.code) {
        tern_log(TERN_LOG_WARNING, "TLS goes on with the certificates it had: %s", st.msg);
        return st;
    }
    pthread_mutex_lock(&tls->lock);
    before = tls->current;
    tls->current = next;
    pthread_mutex_unlock(&tls->lock);
    terni_tls_context_unref(before);
    atomic_fetch_add(&tls->n_reloads, 1);
    return st;
}

// ---- what it has seen ----------------------------------------------------

void tern_tls_get_stats_sized(const tern_tls *tls, tern_tls_stats *ret, uint64_t sizes)
{
    const tern_tls_stats now = { .n_handshakes = atomic_load(&tls->n_handshakes),
                                 .n_resumed = atomic_load(&tls->n_resumed),
                                 .n_failed = atomic_load(&tls->n_failed),
                                 .n_refused = atomic_load(&tls->n_refused),
                                 .n_plain = atomic_load(&tls->n_plain),
                                 .n_under_way = atomic_load(&tls->n_under_way),
                                 .n_reloads = atomic_load(&tls->n_reloads) };
    size_t               theirs = tern_size_at(sizes, 0);

    memset(ret, 0, theirs);
    memcpy(ret, &now, theirs < sizeof now ? theirs : sizeof now);
}
