// TLS as the language of connections: our end is a server's filter of libtern-tls, the far ends are OpenSSL's clients.
#include "tests/transport/tongue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <tern/tls.h>

#include "tests/rpc/certs/certs.h"
#include "tests/support/xor_codec.h"

enum { MAX_RECORD = 16 * 1024 };

static tern_tls          *tls;
static tern_filter_source filters;
static SSL_CTX           *clients;

// Before any test counts what is allocated. Nothing is resumed: tickets have keys, which stay.
static void __attribute__((constructor)) set_up(void)
{
    cert *c = certs_make(&(cert_wish){ .name = "far", .sans = "DNS:localhost" });

    TERN_ASSERT(tern_tls_new(&(tern_tls_opts){ .cert_pem = c->pem,
                                               .key_pem = c->key_pem,
                                               .ca_pem = c->pem,
                                               .no_resumption = true,
                                               .max_handshakes = 1000 * 1000,
                                               .handshake_timeout_ms = 20 * 1000 },
                             &tls)
                    .code == TERN_OK);
    certs_free(c);
    filters = tern_tls_filters(tls);
    TERN_ASSERT((clients = SSL_CTX_new(TLS_client_method())));
    SSL_CTX_set_mode(clients, SSL_MODE_RELEASE_BUFFERS);  // tests measure the process
}

static void __attribute__((destructor)) tear_down(void)
{
    SSL_CTX_free(clients);
    tern_tls_unref(tls);
}

static tern_conn_filter *filter(bool is_far)
{
    const tern_filter_wish wish = {
        .size = sizeof wish, .is_server = !is_far, .host = "localhost", .alpn = "h2"
    };
    tern_conn_filter *f = NULL;

    return filters.make(&wish, filters.arg, &f).code == TERN_OK ? f : NULL;
}

// ---- a far end -----------------------------------------------------------

struct tongue {
    SSL     *ssl;
    uint32_t odd;
};

// Afresh each time: one that has been full stays as large.
static BIO *new_output(void)
{
    BIO *bio = BIO_new(BIO_s_mem());

    TERN_ASSERT(bio);
    return bio;
}

static void take_output(tongue *t, tongue_bytes *out)
{
    char *at;
    long  n = BIO_get_mem_data(SSL_get_wbio(t->ssl), &at);

    if (n <= 0)
        return;
    memcpy(tongue_bytes_extend(out, (size_t)n), at, (size_t)n);
    out->len += (size_t)n;
    SSL_set0_wbio(t->ssl, new_output());
}

// Until it is read to its end, which OpenSSL always does, `in` must stay.
static void give_input(tongue *t, const tongue_bytes *in)
{
    BIO *bio = BIO_new_mem_buf(in->len ? in->at : (const void *)"", (int)in->len);

    TERN_ASSERT(bio);
    BIO_set_mem_eof_return(bio, -1);
    SSL_set0_rbio(t->ssl, bio);
}

// 0: it wants more; 1: their goodbye.
static int verdict(tongue *t, int result)
{
    int why = SSL_get_error(t->ssl, result);

    ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ)
        return 0;
    return why == SSL_ERROR_ZERO_RETURN ? 1 : -EPROTO;
}

static tongue *make(int seed, tongue_bytes *out)
{
    tongue *t = calloc(1, sizeof *t);

    TERN_ASSERT(t && (t->ssl = SSL_new(clients)));
    (void)seed;
    SSL_set0_wbio(t->ssl, new_output());
    give_input(t, &(tongue_bytes){ .at = NULL });
    (void)verdict(t, SSL_connect(t->ssl));
    take_output(t, out);
    return t;
}

static void free_it(tongue *t)
{
    SSL_free(t->ssl);
    free(t);
}

static void say(tongue *t, const void *text, size_t n, tongue_bytes *out)
{
    const char *at = text;

    for (size_t len; n > 0; at += len, n -= len) {
        len = xor_codec_odd(&t->odd, n < MAX_RECORD ? n : MAX_RECORD);
        TERN_ASSERT(SSL_write(t->ssl, at, (int)len) == (int)len);
        take_output(t, out);
    }
}

static void say_goodbye(tongue *t, tongue_bytes *out)
{
    (void)SSL_shutdown(t->ssl);
    ERR_clear_error();
    take_output(t, out);
}

static int read_text(tongue *t, tongue_bytes *text)
{
    size_t n;
    int    result;

    while ((result = SSL_read_ex(t->ssl, tongue_bytes_extend(text, MAX_RECORD), MAX_RECORD, &n)) ==
           1)
        text->len += n;
    return verdict(t, result);
}

static int hear(tongue *t, tongue_bytes *in, tongue_bytes *text, tongue_bytes *out)
{
    int end = 0, result;

    give_input(t, in);
    if (!SSL_is_init_finished(t->ssl) && (result = SSL_do_handshake(t->ssl)) != 1)
        end = verdict(t, result);
    if (!end && SSL_is_init_finished(t->ssl))
        end = read_text(t, text);
    tongue_bytes_drop(in, in->len);
    take_output(t, out);
    return end;
}

static bool is_established(const tongue *t) { return SSL_is_init_finished(t->ssl); }

const tongue_ops tongue_spoken = {
    .name = "over TLS",
    .is_alone = true,
    .n_record_bytes = 5 + 1 + 16,  // TLS 1.3's header, type and tag
    .filter = filter,
    .make = make,
    .free = free_it,
    .hear = hear,
    .say = say,
    .say_goodbye = say_goodbye,
    .may_speak = is_established,
    .is_established = is_established,
};
