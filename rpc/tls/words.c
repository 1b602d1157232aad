#include "rpc/tls/words_internal.h"

#include <errno.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

// ---- what the peer says of us --------------------------------------------

static const char *alert_about_certificate(int alert)
{
    switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
        return "it is bad";
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
        return "it is of a kind that it does not support";
    case SSL_AD_CERTIFICATE_REVOKED:
        return "it was revoked";
    case SSL_AD_CERTIFICATE_EXPIRED:
        return "it has expired";
    case SSL_AD_CERTIFICATE_UNKNOWN:
        return "it is not what it expects";
    case SSL_AD_UNKNOWN_CA:
        return "nobody whom it trusts has signed it";
    default:
        return NULL;
    }
}

static int fail_by_alert(tern_conn_filter *f, const terni_tls_party *x, int alert)
{
    const char *why = alert_about_certificate(alert);

    if (why)
        return tern_conn_filter_fail(f, -EACCES, "it refuses our certificate: %s", why);
    switch (alert) {
    case SSL_AD_CERTIFICATE_REQUIRED:
        return tern_conn_filter_fail(f, -EACCES,
                                     "it wants a certificate of ours: cert_file is not set, or "
                                     "not from a CA that it names");
    case SSL_AD_HANDSHAKE_FAILURE:
        return tern_conn_filter_fail(
            f, -EPROTO, "it refuses the handshake: no cipher in common, or no certificate");
    case SSL_AD_PROTOCOL_VERSION:
        return tern_conn_filter_fail(f, -EPROTO, "it speaks no version of TLS that we do");
    case SSL_AD_NO_APPLICATION_PROTOCOL:
        return tern_conn_filter_fail(f, -EPROTO, "it does not speak `%.*s` there", x->offers[0],
                                     (const char *)x->offers + 1);
    case SSL_AD_UNRECOGNIZED_NAME:
        return tern_conn_filter_fail(f, -EPROTO, "it does not know the name `%.60s`", x->host);
    case SSL_AD_UNEXPECTED_MESSAGE:
        return tern_conn_filter_fail(f, -EPROTO,
                                     "it did not expect TLS: is that a plain-text port?");
    default:
        return tern_conn_filter_fail(f, -EPROTO, "it says: %s", SSL_alert_desc_string_long(alert));
    }
}

// ---- what OpenSSL says ---------------------------------------------------

static int fail_by_reason(tern_conn_filter *f, unsigned long e)
{
    const char *text = ERR_reason_error_string(e);

    switch (ERR_GET_REASON(e)) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return tern_conn_filter_fail(f, -EACCES,
                                     "it shows no certificate, and one is required here");
    case SSL_R_NO_SHARED_CIPHER:
        return tern_conn_filter_fail(f, -EPROTO, "it has no cipher in common with us");
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION:
        return tern_conn_filter_fail(f, -EPROTO, "it speaks no version of TLS that we do");
    case SSL_R_NO_APPLICATION_PROTOCOL:
        return tern_conn_filter_fail(f, -EPROTO,
                                     "it offers neither h2 nor tern/1, which are spoken here");
    case SSL_R_EXCESSIVE_MESSAGE_SIZE:
        return tern_conn_filter_fail(f, -EMSGSIZE, "it shows more than %d KiB of certificates",
                                     TERN_TLS_MAX_CHAIN / 1024);
    default:
        return tern_conn_filter_fail(f, -EPROTO, "OpenSSL says: %s",
                                     text ? text : "something is wrong");
    }
}

// An error of SSL itself is more telling than those below it.
static unsigned long take_error(bool *ret_lacks_memory)
{
    unsigned long first = 0;

    for (unsigned long e; (e = ERR_get_error());) {
        if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
            *ret_lacks_memory = true;
        if (!first || (ERR_GET_LIB(first) != ERR_LIB_SSL && ERR_GET_LIB(e) == ERR_LIB_SSL))
            first = e;
    }
    return first;
}

int terni_tls_words_fail(tern_conn_filter *f, const terni_tls_party *x)
{
    bool          lacks_memory = false;
    unsigned long e = take_error(&lacks_memory);
    int           reason = ERR_GET_REASON(e);

    if (lacks_memory)
        return -ENOMEM;
    if (x->fault[0])
        return tern_conn_filter_fail(f, -EACCES, "%s", x->fault);
    if (ERR_GET_LIB(e) != ERR_LIB_SSL)
        return fail_by_reason(f, e);
    if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255)
        return fail_by_alert(f, x, reason - SSL_AD_REASON_OFFSET);
    return fail_by_reason(f, e);
}
