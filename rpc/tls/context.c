#include "rpc/tls/context_internal.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <tern/mem.h>

#include "rpc/tls/faults_internal.h"
#include "rpc/tls/party_internal.h"

enum {
    MAX_DEPTH = 10,     // certificates between a peer's and its root
    MAX_CA_NAMES = 32,  // told to clients, who have to find theirs: more would only be long
};

static const tern_status ok = { .code = TERN_OK };

static tern_status out_of_memory(void)
{
    ERR_clear_error();
    return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for TLS");
}

// ---- OpenSSL's callbacks -------------------------------------------------

static int on_verify(int is_good, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    if (!is_good)
        terni_tls_faults_note(SSL_get_app_data(ssl), store);
    return is_good;
}

// 0: OpenSSL keeps what it has.
static int on_session(SSL *ssl, SSL_SESSION *session)
{
    terni_tls_party *party = SSL_get_app_data(ssl);

    terni_tls_sessions_put(party->sessions, party->host, session);
    return 0;
}

// Ours come best first. A client that offers nothing is not asked; one that offers what nobody speaks here is told.
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                   const unsigned char *in, unsigned in_len, void *arg)
{
    const terni_tls_party *party = SSL_get_app_data(ssl);
    unsigned char         *chosen;

    (void)arg;
    if (SSL_select_next_proto(&chosen, out_len, party->offers, party->n_offers, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

// ---- whom to trust -------------------------------------------------------

static bool trusts_given(const tern_tls_opts *o) { return o->ca_file || o->ca_pem; }

// One in the file may be an intermediate, or a peer's own: it was put there to be trusted.
static tern_status fill_store(X509_STORE *store, const tern_tls_opts *o,
                              STACK_OF(X509_NAME) * names)
{
    const terni_tls_source roots = { o->ca_file, o->ca_pem, "ca_pem" };
    const terni_tls_source lists = { o->crl_file, NULL, NULL };
    tern_status            st = ok;

    if (trusts_given(o)) {
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
        st = terni_tls_pem_roots(&roots, store, names);
    }
    if (st.code || !o->crl_file)
        return st;
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return terni_tls_pem_lists(&lists, store);
}

static void tell_names(SSL_CTX *server, STACK_OF(X509_NAME) * names)
{
    if (sk_X509_NAME_num(names) > 0 && sk_X509_NAME_num(names) <= MAX_CA_NAMES)
        SSL_CTX_set_client_CA_list(server, names);
    else
        sk_X509_NAME_pop_free(names, X509_NAME_free);
}

static tern_status set_trust(terni_tls_context *c, const tern_tls_opts *o)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    tern_status st = store && names ? fill_store(store, o, names) : out_of_memory();

    if (st.code == TERN_OK) {
        SSL_CTX_set1_cert_store(c->client, store);
        if (c->server)
            SSL_CTX_set1_cert_store(c->server, store);
        c->needs_roots = !trusts_given(o);
    }
    if (st.code == TERN_OK && c->server && o->peer != TERN_TLS_PEER_NONE)
        tell_names(c->server, names);
    else
        sk_X509_NAME_pop_free(names, X509_NAME_free);
    X509_STORE_free(store);
    return st;
}

// They are many, and are read when somebody connects.
static bool load_roots(terni_tls_context *c)
{
    bool is_there;

    pthread_mutex_lock(&c->lock);
    is_there = !c->needs_roots || SSL_CTX_set_default_verify_paths(c->client) == 1;
    c->needs_roots = !is_there;
    pthread_mutex_unlock(&c->lock);
    return is_there;
}

// ---- who we are ----------------------------------------------------------

static bool use_in_context(SSL_CTX *ctx, const terni_tls_pair *id)
{
    return SSL_CTX_use_cert_and_key(ctx, id->leaf, id->key, id->chain, /* override= */ 0) == 1;
}

// The first of each kind of key stays; a second one of a kind is refused, and that is not wrong.
static void use_all(SSL_CTX *ctx, const terni_tls_context *c)
{
    for (size_t i = 0; i < c->n_pairs; i++)
        (void)!use_in_context(ctx, &c->pairs[i]);
    ERR_clear_error();
}

static bool names(const terni_tls_pair *id, const char *host)
{
    return X509_check_host(id->leaf, host, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
}

// By the name that the client wants. What is set already is for those who want none, or one that nobody has.
static int choose_pair(SSL *ssl, void *arg)
{
    const terni_tls_context *c = arg;
    const char              *host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    bool                     has_chosen = false;

    for (size_t i = 0; host && i < c->n_pairs; i++) {
        const terni_tls_pair *id = &c->pairs[i];

        if (!names(id, host))
            continue;
        if (!has_chosen)
            SSL_certs_clear(ssl);
        has_chosen = true;
        (void)!SSL_use_cert_and_key(ssl, id->leaf, id->key, id->chain, /* override= */ 0);
    }
    ERR_clear_error();
    return 1;
}

// That it was understood has to be said, or nobody is told of the name afterwards.
static int take_name(SSL *ssl, int *alert, void *arg)
{
    (void)ssl;
    (void)alert;
    (void)arg;
    return SSL_TLSEXT_ERR_OK;
}

static tern_status read_pairs(terni_tls_context *c, const terni_tls_settings *s)
{
    tern_status st = ok;

    if (s->n_pairs && !(c->pairs = tern_mem_zalloc(s->n_pairs * sizeof *c->pairs)))
        return out_of_memory();
    for (size_t i = 0; i < s->n_pairs && st.code == TERN_OK; i++) {
        st = terni_tls_pem_pair(&s->pairs[i], &c->pairs[i]);
        c->n_pairs += st.code == TERN_OK;
    }
    return st;
}

// ---- what holds for both roles -------------------------------------------

static bool set_ciphers(SSL_CTX *ctx, const tern_tls_opts *o)
{
    const char *list = o->ciphers ? o->ciphers : "ECDHE+AESGCM:ECDHE+CHACHA20";

    return SSL_CTX_set_cipher_list(ctx, list) == 1 &&
           (!o->cipher_suites || SSL_CTX_set_ciphersuites(ctx, o->cipher_suites) == 1);
}

static tern_status make_ctx(const SSL_METHOD *method, const tern_tls_opts *o, SSL_CTX **ret_ctx)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    if (!ctx)
        return out_of_memory();
    *ret_ctx = ctx;
    SSL_CTX_set_min_proto_version(ctx, o->only_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(ctx, TERN_TLS_MAX_CHAIN);
    SSL_CTX_set_verify_depth(ctx, MAX_DEPTH);
    if (o->no_resumption)
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    if (set_ciphers(ctx, o))
        return ok;
    ERR_clear_error();
    return tern_status_make(TERN_INVALID_ARGUMENT, "OpenSSL knows none of `%.60s`",
                            o->ciphers ? o->ciphers : o->cipher_suites);
}

static tern_status make_client(terni_tls_context *c, const tern_tls_opts *o)
{
    tern_status st = make_ctx(TLS_client_method(), o, &c->client);

    if (st.code)
        return st;
    use_all(c->client, c);
    SSL_CTX_set_verify(c->client, SSL_VERIFY_PEER, on_verify);
    if (!o->no_resumption) {
        SSL_CTX_set_session_cache_mode(c->client,
                                       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(c->client, on_session);
    }
    return st;
}

static int verify_mode(tern_tls_peer peer)
{
    switch (peer) {
    case TERN_TLS_PEER_NONE:
        return SSL_VERIFY_NONE;
    case TERN_TLS_PEER_REQUEST:
        return SSL_VERIFY_PEER;
    case TERN_TLS_PEER_REQUIRE:
        return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    TERN_UNREACHABLE();
}

static bool set_server_sessions(terni_tls_context *c, const tern_tls_opts *o)
{
    static const unsigned char id[] = "tern";

    if (SSL_CTX_set_session_id_context(c->server, id, sizeof id - 1) != 1)
        return false;
    if (o->no_resumption)
        return SSL_CTX_set_num_tickets(c->server, 0) == 1;
    return SSL_CTX_set_num_tickets(c->server, 1) == 1 &&
           terni_tls_tickets_give(&c->tickets, c->server);
}

static tern_status make_server(terni_tls_context *c, const tern_tls_opts *o)
{
    tern_status st = make_ctx(TLS_server_method(), o, &c->server);

    if (st.code)
        return st;
    use_all(c->server, c);
    if (c->n_pairs > 1)
        SSL_CTX_set_cert_cb(c->server, choose_pair, c);
    SSL_CTX_set_tlsext_servername_callback(c->server, take_name);
    SSL_CTX_set_verify(c->server, verify_mode(o->peer), on_verify);
    SSL_CTX_set_alpn_select_cb(c->server, on_alpn, NULL);
    return set_server_sessions(c, o) ? st : out_of_memory();
}

// ---- life ----------------------------------------------------------------

static void free_context(terni_tls_context *c)
{
    SSL_CTX_free(c->server);
    SSL_CTX_free(c->client);
    for (size_t i = 0; i < c->n_pairs; i++)
        terni_tls_pair_done(&c->pairs[i]);
    tern_mem_free(c->pairs);
    terni_tls_tickets_done(&c->tickets);
    terni_tls_sessions_done(&c->sessions);
    pthread_mutex_destroy(&c->lock);
    tern_mem_free(c);
}

// A program that exits while connections are open would have OpenSSL taken down under the threads that use it: by an atexit
// handler, which whoever is the first to use OpenSSL at all can forgo. The kernel takes the memory. Not as the library is
// loaded: a program may want to give OpenSSL its own allocator before.
static tern_status keep_openssl_until_the_end(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1 ? ok : out_of_memory();
}

static tern_status fill(terni_tls_context *c, const terni_tls_settings *s)
{
    tern_status st = keep_openssl_until_the_end();

    if (st.code == TERN_OK)
        st = read_pairs(c, s);
    if (st.code == TERN_OK)
        st = make_client(c, &s->opts);
    if (st.code == TERN_OK && c->n_pairs)
        st = make_server(c, &s->opts);
    return st.code ? st : set_trust(c, &s->opts);
}

tern_status terni_tls_context_new(const terni_tls_settings *settings,
                                  terni_tls_context       **ret_context)
{
    terni_tls_context *c = tern_mem_zalloc(sizeof *c);
    tern_status        st;

    if (!c)
        return out_of_memory();
    atomic_init(&c->refs, 1);
    pthread_mutex_init(&c->lock, NULL);
    terni_tls_tickets_init(&c->tickets);
    terni_tls_sessions_init(&c->sessions, TERN_TLS_MAX_SESSIONS);
    st = fill(c, settings);
    if (st.code)
        free_context(c);
    else
        *ret_context = c;
    return st;
}

terni_tls_context *terni_tls_context_ref(terni_tls_context *c)
{
    unsigned before = atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);

    TERN_ASSERT(before > 0);
    return c;
}

void terni_tls_context_unref(terni_tls_context *c)
{
    if (c && atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1)
        free_context(c);
}

// ---- for connections -----------------------------------------------------

SSL *terni_tls_context_server(terni_tls_context *c)
{
    TERN_ASSERT(c->server);
    return SSL_new(c->server);
}

SSL *terni_tls_context_client(terni_tls_context *c)
{
    return load_roots(c) ? SSL_new(c->client) : NULL;
}
