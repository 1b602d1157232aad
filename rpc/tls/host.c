#include "rpc/tls/host_internal.h"

#include <arpa/inet.h>
#include <string.h>

#include <openssl/x509v3.h>

const char *terni_tls_host_find_fault(const char *host)
{
    if (!*host)
        return "is empty";  // X509_VERIFY_PARAM_set1_host: no name is looked for
    if (*host == '.')
        return "begins with a dot";  // X509_check_host: any name below it will do
    if (strchr(host, '*'))
        return "has a `*`";  // it would be found in a certificate for many
    if (strlen(host) > TLSEXT_MAXLEN_host_name)
        return "is longer than 255 bytes";
    return NULL;
}

bool terni_tls_host_expect(const char *host, SSL *ssl)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    uint8_t            number[16];

    if (inet_pton(AF_INET, host, number) == 1 || inet_pton(AF_INET6, host, number) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
           SSL_set_tlsext_host_name(ssl, host) == 1;
}
