#include "rpc/tls/settings_internal.h"

#include <tern/mem.h>

#include "rpc/tls/host_internal.h"

enum { MAX_PAIRS = 1000, MAX_HANDSHAKE_MS = 20 * 1000 };

// ---- strings -------------------------------------------------------------

// Copies in their places, or NULL where there were none. Without memory those that are left are NULL.
static bool keep_all(const char **const all[], size_t n)
{
    bool is_kept = true;

    for (size_t i = 0; i < n; i++) {
        const char *given = *all[i];

        *all[i] = is_kept && given ? tern_mem_strdup(given) : NULL;
        is_kept = is_kept && (!given || *all[i]);
    }
    return is_kept;
}

static void drop(const char *text) { tern_mem_free((void *)(uintptr_t)text); }

static bool keep_pair(tern_tls_pair *p)
{
    const char **const all[] = { &p->cert_file, &p->key_file, &p->cert_pem, &p->key_pem };

    return keep_all(all, TERN_COUNT_OF(all));
}

static void drop_pair(const tern_tls_pair *pair)
{
    drop(pair->cert_file);
    drop(pair->key_file);
    drop(pair->cert_pem);
    drop(pair->key_pem);
}

static bool keep_strings(tern_tls_opts *o)
{
    const char **const all[] = { &o->ca_file,     &o->ca_pem,  &o->crl_file,
                                 &o->server_name, &o->ciphers, &o->cipher_suites };

    return keep_all(all, TERN_COUNT_OF(all));
}

// ---- pairs ---------------------------------------------------------------

static tern_tls_pair own_pair(const tern_tls_opts *o)
{
    return (tern_tls_pair){ o->cert_file, o->key_file, o->cert_pem, o->key_pem };
}

static bool is_set(const tern_tls_pair *p)
{
    return p->cert_file || p->key_file || p->cert_pem || p->key_pem;
}

static const char *find_fault(const tern_tls_pair *p)
{
    if (p->cert_file && p->cert_pem)
        return "both cert_file and cert_pem are set";
    if (p->key_file && p->key_pem)
        return "both key_file and key_pem are set";
    if (!p->cert_file && !p->cert_pem)
        return "there is a key, and no cert_file or cert_pem for it";
    if (!p->key_file && !p->key_pem)
        return "there is a certificate, and no key_file or key_pem for it";
    return NULL;
}

static tern_status out_of_memory(void)
{
    return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for TLS");
}

static tern_status unknown_options(const char *type)
{
    return tern_status_make(TERN_INVALID_ARGUMENT, "%s sets what this libtern-tls does not know",
                            type);
}

static tern_status add_pair(terni_tls_settings *s, const tern_tls_pair *pair)
{
    const char *fault = find_fault(pair);

    if (fault)
        return tern_status_make(TERN_INVALID_ARGUMENT, "%s", fault);
    s->pairs[s->n_pairs] = *pair;
    return keep_pair(&s->pairs[s->n_pairs++]) ? (tern_status){ .code = TERN_OK } : out_of_memory();
}

// Those of the program may be of another size than ours.
static tern_status copy_pairs(terni_tls_settings *s, const tern_tls_opts *given, size_t size)
{
    const tern_tls_pair own = own_pair(given);
    const char         *at = (const char *)given->pairs;
    tern_status         st = { .code = TERN_OK };

    if (given->n_pairs > MAX_PAIRS)
        return tern_status_make(TERN_INVALID_ARGUMENT, "more than %d pairs", MAX_PAIRS);
    if (!(s->pairs = tern_mem_zalloc((given->n_pairs + 1) * sizeof *s->pairs)))
        return out_of_memory();
    if (is_set(&own))
        st = add_pair(s, &own);
    for (size_t i = 0; i < given->n_pairs && st.code == TERN_OK; i++, at += size) {
        tern_tls_pair pair;

        if (tern_opts_read(&pair, sizeof pair, at, size) < 0)
            return unknown_options("tern_tls_pair");
        st = add_pair(s, &pair);
    }
    return st;
}

// ---- all of it -----------------------------------------------------------

static const char *find_contradiction(const tern_tls_opts *o)
{
    if (o->ca_file && o->ca_pem)
        return "both ca_file and ca_pem are set";
    if (o->peer != TERN_TLS_PEER_NONE && !o->ca_file && !o->ca_pem)
        return "peer asks for certificates, and no ca_file or ca_pem says whose";
    if (o->peer > TERN_TLS_PEER_REQUIRE)
        return "peer is not known";
    if (o->handshake_timeout_ms > MAX_HANDSHAKE_MS)
        return "handshake_timeout_ms is more than 20 s";
    return NULL;
}

static tern_status check(const tern_tls_opts *o)
{
    const char *fault = find_contradiction(o);

    if (fault)
        return tern_status_make(TERN_INVALID_ARGUMENT, "%s", fault);
    if (o->server_name && (fault = terni_tls_host_find_fault(o->server_name)))
        return tern_status_make(TERN_INVALID_ARGUMENT, "server_name is nobody's: it %s", fault);
    return (tern_status){ .code = TERN_OK };
}

static void set_defaults(tern_tls_opts *o)
{
    if (!o->handshake_timeout_ms)
        o->handshake_timeout_ms = TERN_TLS_HANDSHAKE_MS;
    if (!o->max_handshakes)
        o->max_handshakes = TERN_TLS_MAX_HANDSHAKES;
}

static tern_status copy(terni_tls_settings *s, const tern_tls_opts *given, uint64_t sizes)
{
    tern_tls_opts o = *given;
    tern_status   st = check(&o);
    bool          is_kept;

    if (st.code)
        return st;
    set_defaults(&o);
    is_kept = keep_strings(&o);
    s->opts = o;
    return is_kept ? copy_pairs(s, given, tern_size_at(sizes, 1)) : out_of_memory();
}

tern_status terni_tls_settings_init(terni_tls_settings *s, const tern_tls_opts *given,
                                    uint64_t sizes)
{
    tern_tls_opts known;
    tern_status   st;

    *s = (terni_tls_settings){ .pairs = NULL };
    if (tern_opts_read(&known, sizeof known, given, tern_size_at(sizes, 0)) < 0)
        return unknown_options("tern_tls_opts");
    st = copy(s, &known, sizes);
    if (st.code)
        terni_tls_settings_done(s);
    return st;
}

void terni_tls_settings_done(terni_tls_settings *s)
{
    const char *const all[] = { s->opts.ca_file,     s->opts.ca_pem,  s->opts.crl_file,
                                s->opts.server_name, s->opts.ciphers, s->opts.cipher_suites };

    for (size_t i = 0; i < TERN_COUNT_OF(all); i++)
        drop(all[i]);
    for (size_t i = 0; i < s->n_pairs; i++)
        drop_pair(&s->pairs[i]);
    tern_mem_free(s->pairs);
    *s = (terni_tls_settings){ .pairs = NULL };
}
