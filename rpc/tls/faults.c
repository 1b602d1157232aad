#include "rpc/tls/faults_internal.h"

#include <stdio.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "rpc/tls/identity_internal.h"
#include "rpc/tls/pem_internal.h"

enum { MAX_NAME = 48, MAX_TIME = 32 };

static const char *show_time(const ASN1_TIME *t, char text[MAX_TIME])
{
    struct tm tm;

    if (ASN1_TIME_to_tm(t, &tm) != 1 || !strftime(text, MAX_TIME, "%Y-%m-%d %H:%M:%S UTC", &tm))
        snprintf(text, MAX_TIME, "a time that nobody can read");
    return text;
}

// Who stands for trust here: a file, or the system.
static const char *show_roots(const terni_tls_party *x, char room[TERNI_TLS_MAX_SHOWN])
{
    const tern_tls_opts *o = &x->settings->opts;

    if (!o->ca_file && !o->ca_pem)
        return "the system's roots";
    return terni_tls_show_source(&(terni_tls_source){ o->ca_file, o->ca_pem, "ca_pem" }, room);
}

static const char *show_lists(const terni_tls_party *x, char room[TERNI_TLS_MAX_SHOWN])
{
    return terni_tls_show_source(&(terni_tls_source){ x->settings->opts.crl_file, NULL, "" }, room);
}

// What it is for instead: the first name of a certificate.
static void show_first_name(X509 *cert, char text[MAX_NAME])
{
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

    snprintf(text, MAX_NAME, "no name at all");
    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);

        if (name->type == GEN_DNS || name->type == GEN_URI) {
            snprintf(text, MAX_NAME, "`%.*s`", ASN1_STRING_length(name->d.ia5),
                     (const char *)ASN1_STRING_get0_data(name->d.ia5));
            break;
        }
    }
    GENERAL_NAMES_free(all);
}

static void note_stranger(terni_tls_party *x, X509 *cert)
{
    char issuer[MAX_NAME], room[TERNI_TLS_MAX_SHOWN];

    terni_tls_identity_print(X509_get_issuer_name(cert), issuer, sizeof issuer);
    snprintf(x->fault, sizeof x->fault, "nobody in %s signed its certificate, but `%s`",
             show_roots(x, room), issuer);
}

static void note_other_host(terni_tls_party *x, X509 *cert)
{
    char name[MAX_NAME];

    show_first_name(cert, name);
    snprintf(x->fault, sizeof x->fault, "its certificate is for %s, not for `%.60s`", name,
             x->host);
}

// Which one: it may be one of those that lead to its root.
static const char *whose(const X509_STORE_CTX *store)
{
    return X509_STORE_CTX_get_error_depth(store) == 0 ? "its certificate"
                                                      : "the certificate of who signed its own";
}

static void note_what_is_wrong(terni_tls_party *x, X509_STORE_CTX *store, X509 *cert)
{
    int  err = X509_STORE_CTX_get_error(store);
    char time[MAX_TIME], room[TERNI_TLS_MAX_SHOWN];

    switch (err) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        snprintf(x->fault, sizeof x->fault, "%s has expired: it was good until %s", whose(store),
                 show_time(X509_get0_notAfter(cert), time));
        return;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        snprintf(x->fault, sizeof x->fault, "%s is not good before %s", whose(store),
                 show_time(X509_get0_notBefore(cert), time));
        return;
    case X509_V_ERR_CERT_REVOKED:
        snprintf(x->fault, sizeof x->fault, "%s was revoked, says %s", whose(store),
                 show_lists(x, room));
        return;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
        snprintf(x->fault, sizeof x->fault, "%s has no list of those who signed it",
                 show_lists(x, room));
        return;
    case X509_V_ERR_CRL_HAS_EXPIRED:
        snprintf(x->fault, sizeof x->fault, "%s has expired", show_lists(x, room));
        return;
    case X509_V_ERR_INVALID_PURPOSE:
        snprintf(x->fault, sizeof x->fault, "%s is not for %s", whose(store),
                 x->is_server ? "clients" : "servers");
        return;
    default:
        snprintf(x->fault, sizeof x->fault, "%s is refused: %s", whose(store),
                 X509_verify_cert_error_string(err));
    }
}

void terni_tls_faults_note(terni_tls_party *x, X509_STORE_CTX *store)
{
    X509 *cert = X509_STORE_CTX_get_current_cert(store);

    switch (X509_STORE_CTX_get_error(store)) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        note_stranger(x, cert);
        break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        note_other_host(x, X509_STORE_CTX_get0_cert(store));
        break;
    default:
        note_what_is_wrong(x, store, cert);
    }
}
