#include "tests/rpc/certs/certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

enum { DAY_S = 24 * 3600 };

// ---- text ----------------------------------------------------------------

static char *take_text(BIO *bio)
{
    char *data, *text;
    long  len = BIO_get_mem_data(bio, &data);

    TERN_ASSERT(len > 0 && (text = malloc((size_t)len + 1)));
    memcpy(text, data, (size_t)len);
    text[len] = '\0';
    BIO_free(bio);
    return text;
}

static char *key_text(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());

    TERN_ASSERT(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
    return take_text(bio);
}

static char *chain_text(X509 *leaf, const cert *by)
{
    BIO *bio = BIO_new(BIO_s_mem());

    TERN_ASSERT(PEM_write_bio_X509(bio, leaf) == 1);
    if (by && X509_NAME_cmp(X509_get_subject_name(by->x509), X509_get_issuer_name(by->x509)) != 0)
        TERN_ASSERT(BIO_puts(bio, by->pem) > 0);
    return take_text(bio);
}

// ---- a certificate -------------------------------------------------------

static void plant_nuls(ASN1_OCTET_STRING *der)
{
    char *bytes = (char *)(uintptr_t)ASN1_STRING_get0_data(der);

    for (int i = 0; i < ASN1_STRING_length(der); i++)
        if (bytes[i] == '\x7f')
            bytes[i] = '\0';
}

static void add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX      ctx;
    X509_EXTENSION *ext;

    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    TERN_ASSERT((ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)));
    if (strchr(value, '\x7f'))
        plant_nuls(X509_EXTENSION_get_data(ext));
    TERN_ASSERT(X509_add_ext(x, ext, -1) == 1);
    X509_EXTENSION_free(ext);
}

static void add_padding(X509 *x, X509 *issuer, unsigned n)
{
    char *text = malloc(n + 5);

    TERN_ASSERT(text);
    memcpy(text, "DNS:", 4);
    memset(text + 4, 'a', n);
    text[n + 4] = '\0';
    add_extension(x, issuer, NID_issuer_alt_name, text);
    free(text);
}

static void add_extensions(X509 *x, X509 *issuer, const cert_wish *w)
{
    add_extension(x, issuer, NID_basic_constraints,
                  w->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(x, issuer, NID_subject_key_identifier, "hash");
    add_extension(x, issuer, NID_authority_key_identifier, "keyid");
    add_extension(x, issuer, NID_key_usage,
                  w->is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    if (w->use)
        add_extension(x, issuer, NID_ext_key_usage, w->use);
    if (w->sans)
        add_extension(x, issuer, NID_subject_alt_name, w->sans);
    if (w->n_padding)
        add_padding(x, issuer, w->n_padding);
}

static void set_subject(X509 *x, const char *name)
{
    static long serial;
    X509_NAME  *subject = X509_get_subject_name(x);

    TERN_ASSERT(X509_set_version(x, X509_VERSION_3) == 1);
    TERN_ASSERT(ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial) == 1);
    TERN_ASSERT(X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                           (const uint8_t *)"Tern test", -1, -1, 0) == 1);
    TERN_ASSERT(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1,
                                           -1, 0) == 1);
}

static void set_times(X509 *x, const cert_wish *w)
{
    long from = w->is_early ? DAY_S : -2 * DAY_S, to = w->is_expired ? -DAY_S : 2 * DAY_S;

    TERN_ASSERT(X509_gmtime_adj(X509_getm_notBefore(x), from));
    TERN_ASSERT(X509_gmtime_adj(X509_getm_notAfter(x), to));
}

static X509 *make_x509(EVP_PKEY *key, const cert_wish *w)
{
    X509     *x = X509_new(), *issuer = w->by ? w->by->x509 : x;
    EVP_PKEY *signer = w->by ? w->by->key : key;

    TERN_ASSERT(x);
    set_subject(x, w->name);
    set_times(x, w);
    TERN_ASSERT(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1);
    TERN_ASSERT(X509_set_pubkey(x, key) == 1);
    add_extensions(x, issuer, w);
    TERN_ASSERT(X509_sign(x, signer, EVP_sha256()) > 0);
    return x;
}

// This is OpenSSL's first use in a program: libtern-tls would be too late to say so.
static void keep_openssl_until_the_end(void)
{
    TERN_ASSERT(OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1);
}

cert *certs_make(const cert_wish *wish)
{
    cert     *c = calloc(1, sizeof *c);
    EVP_PKEY *key;

    keep_openssl_until_the_end();
    key = wish->is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    TERN_ASSERT(c && key);
    c->key = key;
    c->x509 = make_x509(key, wish);
    c->pem = chain_text(c->x509, wish->by);
    c->key_pem = key_text(key);
    return c;
}

void certs_free(cert *c)
{
    if (!c)
        return;
    X509_free(c->x509);
    EVP_PKEY_free(c->key);
    free(c->pem);
    free(c->key_pem);
    free(c);
}

// ---- who is revoked ------------------------------------------------------

static void add_revoked(X509_CRL *list, const cert *c)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME    *now = X509_gmtime_adj(NULL, -1);

    TERN_ASSERT(entry && now);
    TERN_ASSERT(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(c->x509)) == 1);
    TERN_ASSERT(X509_REVOKED_set_revocationDate(entry, now) == 1);
    TERN_ASSERT(X509_CRL_add0_revoked(list, entry) == 1);
    ASN1_TIME_free(now);
}

char *certs_revoke(const cert *by, const cert *revoked)
{
    X509_CRL  *list = X509_CRL_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -DAY_S), *to = X509_gmtime_adj(NULL, DAY_S);
    BIO       *bio = BIO_new(BIO_s_mem());

    TERN_ASSERT(list && from && to && bio && X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1);
    TERN_ASSERT(X509_CRL_set_issuer_name(list, X509_get_subject_name(by->x509)) == 1);
    TERN_ASSERT(X509_CRL_set1_lastUpdate(list, from) == 1 &&
                X509_CRL_set1_nextUpdate(list, to) == 1);
    if (revoked)
        add_revoked(list, revoked);
    TERN_ASSERT(X509_CRL_sign(list, by->key, EVP_sha256()) > 0);
    TERN_ASSERT(PEM_write_bio_X509_CRL(bio, list) == 1);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    X509_CRL_free(list);
    return take_text(bio);
}

// ---- files ---------------------------------------------------------------

// At once, as a tool that renews certificates does: by a new file in place of the old one.
void certs_rewrite(const char *file, const char *text)
{
    char  next[512];
    FILE *out;

    snprintf(next, sizeof next, "%s.next", file);
    TERN_ASSERT((out = fopen(next, "w")));
    TERN_ASSERT(fputs(text, out) >= 0 && fclose(out) == 0);
    TERN_ASSERT(rename(next, file) == 0);
}

char *certs_write(const char *text)
{
    static unsigned n;
    const char     *folder = getenv("TEST_TMPDIR");
    char            file[400];

    snprintf(file, sizeof file, "%s/certs-%u.pem", folder ? folder : "/tmp", n++);
    certs_rewrite(file, text);
    return strdup(file);
}
