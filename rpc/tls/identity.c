#include "rpc/tls/identity_internal.h"

#include <arpa/inet.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <tern/mem.h>

enum { MAX_SUBJECT = 1024 };

// ---- names ---------------------------------------------------------------

void terni_tls_identity_print(const X509_NAME *name, char *text, size_t size)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int  n = 0;

    // Not escaped are letters beyond ASCII: this is for people and for comparisons, in UTF-8.
    if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        n = BIO_read(bio, text, (int)size - 1);
    text[n > 0 ? n : 0] = '\0';
    BIO_free(bio);
    ERR_clear_error();
}

static char *print_name(const X509_NAME *name)
{
    char text[MAX_SUBJECT];

    terni_tls_identity_print(name, text, sizeof text);
    return tern_mem_strdup(text);
}

// Each `false` is for lack of memory. One with a NUL in it would look like another that is shorter, and is none.
static bool copy_string(const ASN1_IA5STRING *s, const char **ret_text)
{
    size_t len = (size_t)ASN1_STRING_length(s);
    char  *copy;

    if (memchr(ASN1_STRING_get0_data(s), '\0', len))
        return true;
    if (!(copy = tern_mem_zalloc(len + 1)))
        return false;
    memcpy(copy, ASN1_STRING_get0_data(s), len);
    *ret_text = copy;
    return true;
}

static bool copy_number(const ASN1_OCTET_STRING *ip, const char **ret_text)
{
    char text[INET6_ADDRSTRLEN];
    int  len = ASN1_STRING_length(ip), family = len == 4 ? AF_INET : AF_INET6;

    if ((len != 4 && len != 16) || !inet_ntop(family, ASN1_STRING_get0_data(ip), text, sizeof text))
        return true;
    return (*ret_text = tern_mem_strdup(text)) != NULL;
}

// Into `ret`, whose text is NULL if it is none, or of a kind that nobody needs.
static bool read_name(const GENERAL_NAME *name, tern_name *ret)
{
    *ret = (tern_name){ .text = NULL };
    switch (name->type) {
    case GEN_DNS:
        ret->kind = TERN_NAME_DNS;
        return copy_string(name->d.dNSName, &ret->text);
    case GEN_URI:
        ret->kind = TERN_NAME_URI;
        return copy_string(name->d.uniformResourceIdentifier, &ret->text);
    case GEN_EMAIL:
        ret->kind = TERN_NAME_EMAIL;
        return copy_string(name->d.rfc822Name, &ret->text);
    case GEN_IPADD:
        ret->kind = TERN_NAME_IP;
        return copy_number(name->d.iPAddress, &ret->text);
    default:
        return true;
    }
}

static bool read_names(tern_identity *id, const GENERAL_NAMES *all)
{
    int        n = sk_GENERAL_NAME_num(all);
    tern_name *names;

    if (n <= 0)
        return true;
    if (!(names = tern_mem_zalloc((size_t)n * sizeof *names)))
        return false;
    id->names = names;
    for (int i = 0; i < n; i++) {
        if (!read_name(sk_GENERAL_NAME_value(all, i), &names[id->n_names]))
            return false;
        id->n_names += names[id->n_names].text != NULL;
    }
    return true;
}

// A SPIFFE certificate has one URI, and that is it: one that was left out counts as well.
static const char *find_spiffe_id(const tern_identity *id, const GENERAL_NAMES *all)
{
    const char *found = "";
    unsigned    n = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++)
        n += sk_GENERAL_NAME_value(all, i)->type == GEN_URI;
    for (size_t i = 0; i < id->n_names; i++)
        if (id->names[i].kind == TERN_NAME_URI)
            found = id->names[i].text;
    return n == 1 && strncmp(found, "spiffe://", 9) == 0 ? found : "";
}

// ---- all of it -----------------------------------------------------------

static bool read_certificate(tern_identity *id, X509 *cert)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    bool           is_read = read_names(id, all);

    id->spiffe_id = is_read ? find_spiffe_id(id, all) : "";
    GENERAL_NAMES_free(all);
    ERR_clear_error();
    id->subject = print_name(X509_get_subject_name(cert));
    id->issuer = print_name(X509_get_issuer_name(cert));
    return is_read && id->subject && id->issuer;
}

static bool read_all(tern_identity *id, SSL *ssl)
{
    X509       *cert = SSL_get0_peer_certificate(ssl);
    const char *server = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    id->protocol = SSL_get_version(ssl);
    id->cipher = SSL_get_cipher_name(ssl);
    id->is_resumed = SSL_session_reused(ssl);
    id->is_verified = cert && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE &&
                      SSL_get_verify_result(ssl) == X509_V_OK;
    id->spiffe_id = "";
    if (!(id->server_name = tern_mem_strdup(server ? server : "")))
        return false;
    if (cert)
        return read_certificate(id, cert);
    return (id->subject = tern_mem_strdup("")) && (id->issuer = tern_mem_strdup(""));
}

tern_identity *terni_tls_identity_of(SSL *ssl, const char *alpn)
{
    tern_identity *id = tern_mem_zalloc(sizeof *id);

    if (!id)
        return NULL;
    id->size = sizeof *id;
    id->alpn = alpn;
    if (read_all(id, ssl))
        return id;
    terni_tls_identity_free(id);
    return NULL;
}

static void drop(const void *p) { tern_mem_free((void *)(uintptr_t)p); }

void terni_tls_identity_free(tern_identity *id)
{
    if (!id)
        return;
    for (size_t i = 0; i < id->n_names; i++)
        drop(id->names[i].text);
    drop(id->names);
    drop(id->subject);
    drop(id->issuer);
    drop(id->server_name);
    tern_mem_free(id);
}
