#include "rpc/tls/pem_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include <tern/mem.h>

static const tern_status ok = { .code = TERN_OK };

static tern_status out_of_memory(void)
{
    ERR_clear_error();
    return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for TLS");
}

// ---- files ---------------------------------------------------------------

const char *terni_tls_show_source(const terni_tls_source *source, char room[TERNI_TLS_MAX_SHOWN])
{
    size_t len = source->file ? strlen(source->file) : 0;

    if (!source->file)
        return source->name;
    if (len < TERNI_TLS_MAX_SHOWN)
        return source->file;
    snprintf(room, TERNI_TLS_MAX_SHOWN, "...%s", source->file + len - (TERNI_TLS_MAX_SHOWN - 4));
    return room;
}

static tern_status complain_of_file(const terni_tls_source *s, const char *why)
{
    char room[TERNI_TLS_MAX_SHOWN];

    return tern_status_make(TERN_NOT_FOUND, "cannot read %s: %s", terni_tls_show_source(s, room),
                            why);
}

TERN_PRINTF(2, 3)
static tern_status complain(const terni_tls_source *s, const char *what, ...)
{
    char    room[TERNI_TLS_MAX_SHOWN], text[100];
    va_list args;

    ERR_clear_error();
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    return tern_status_make(TERN_INVALID_ARGUMENT, "%s %s", terni_tls_show_source(s, room), text);
}

// Reads what is there now, until the end: a file that grows meanwhile is no matter of ours.
static int read_all(int fd, char *to, size_t len)
{
    ssize_t n;

    for (size_t at = 0; at < len; at += (size_t)n)
        if ((n = read(fd, to + at, len - at)) <= 0)
            return n < 0 ? -errno : -EIO;
    return 0;
}

static int read_open_file(int fd, char **ret_text)
{
    struct stat st;
    char       *text;
    int         err;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if (st.st_size > TERN_TLS_MAX_FILE)
        return -EFBIG;
    if (!(text = tern_mem_zalloc((size_t)st.st_size + 1)))
        return -ENOMEM;
    if ((err = read_all(fd, text, (size_t)st.st_size)) < 0) {
        tern_mem_free(text);
        return err;
    }
    *ret_text = text;
    return 0;
}

static tern_status read_file(const terni_tls_source *s, char **ret_text)
{
    int fd = open(s->file, O_RDONLY | O_CLOEXEC);
    int err = fd < 0 ? -errno : read_open_file(fd, ret_text);

    if (fd >= 0)
        close(fd);
    return err < 0 ? complain_of_file(s, strerror(-err)) : ok;
}

// ---- what is in them -----------------------------------------------------

typedef tern_status parse_fn(BIO *bio, const terni_tls_source *s, void *arg);

// A key must not stay in memory that is free.
static void forget(char *text)
{
    if (text)
        OPENSSL_cleanse(text, strlen(text));
    tern_mem_free(text);
}

static tern_status parse(const terni_tls_source *s, parse_fn *fn, void *arg)
{
    char       *text = NULL;
    tern_status st = s->file ? read_file(s, &text) : ok;
    BIO        *bio;

    if (st.code)
        return st;
    bio = BIO_new_mem_buf(s->file ? text : s->text, -1);
    st = bio ? fn(bio, s, arg) : out_of_memory();
    BIO_free(bio);
    forget(text);
    ERR_clear_error();  // the end of a file is an error to OpenSSL
    return st;
}

static bool lacked_memory(void)
{
    return ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

// Why no more could be read: because there is none, or because of what is there.
static bool is_at_end(void)
{
    unsigned long e = ERR_peek_last_error();

    return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

static tern_status why_not(const terni_tls_source *s, const char *kind)
{
    if (lacked_memory())
        return out_of_memory();
    return is_at_end() ? complain(s, "holds no %s", kind) : complain(s, "holds a broken %s", kind);
}

// ---- a certificate and its key -------------------------------------------

static tern_status parse_chain(BIO *bio, const terni_tls_source *s, void *arg)
{
    terni_tls_pair *id = arg;
    X509           *next;

    if (!(id->leaf = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)))
        return why_not(s, "certificate");
    if (!(id->chain = sk_X509_new_null()))
        return out_of_memory();
    while ((next = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        if (!sk_X509_push(id->chain, next)) {
            X509_free(next);
            return out_of_memory();
        }
    return is_at_end() ? ok : why_not(s, "certificate");
}

// Nobody is there to be asked.
static int know_no_password(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    *(bool *)arg = true;
    return -1;
}

static tern_status parse_key(BIO *bio, const terni_tls_source *s, void *arg)
{
    terni_tls_pair *id = arg;
    bool            is_encrypted = false;

    id->key = PEM_read_bio_PrivateKey(bio, NULL, know_no_password, &is_encrypted);
    if (is_encrypted)
        return complain(s, "holds an encrypted key: it has to be a plain one");
    if (id->key)
        return ok;
    return lacked_memory() ? out_of_memory() : complain(s, "holds no private key that can be read");
}

static tern_status check_pair(const terni_tls_pair *id, const terni_tls_source *cert,
                              const terni_tls_source *key)
{
    char room[TERNI_TLS_MAX_SHOWN], room2[TERNI_TLS_MAX_SHOWN];

    if (X509_check_private_key(id->leaf, id->key) == 1)
        return ok;
    ERR_clear_error();
    return tern_status_make(TERN_INVALID_ARGUMENT, "the key in %s is not that of %s",
                            terni_tls_show_source(key, room), terni_tls_show_source(cert, room2));
}

tern_status terni_tls_pem_pair(const tern_tls_pair *pair, terni_tls_pair *ret_pair)
{
    const terni_tls_source cert = { pair->cert_file, pair->cert_pem, "cert_pem" };
    const terni_tls_source key = { pair->key_file, pair->key_pem, "key_pem" };
    terni_tls_pair         id = { .leaf = NULL };
    tern_status            st = parse(&cert, parse_chain, &id);

    if (st.code == TERN_OK)
        st = parse(&key, parse_key, &id);
    if (st.code == TERN_OK)
        st = check_pair(&id, &cert, &key);
    if (st.code)
        terni_tls_pair_done(&id);
    else
        *ret_pair = id;
    return st;
}

void terni_tls_pair_done(terni_tls_pair *id)
{
    X509_free(id->leaf);
    EVP_PKEY_free(id->key);
    sk_X509_pop_free(id->chain, X509_free);
    *id = (terni_tls_pair){ .leaf = NULL };
}

// ---- whom to trust -------------------------------------------------------

typedef struct roots roots;
struct roots {
    X509_STORE *store;
    STACK_OF(X509_NAME) * names;
};

static bool add_name(STACK_OF(X509_NAME) * names, const X509 *cert)
{
    X509_NAME *name = X509_NAME_dup(X509_get_subject_name(cert));

    if (name && sk_X509_NAME_push(names, name))
        return true;
    X509_NAME_free(name);
    return false;
}

static tern_status parse_roots(BIO *bio, const terni_tls_source *s, void *arg)
{
    const roots *r = arg;
    unsigned     n = 0;

    for (X509 *cert; (cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)); n++) {
        bool is_in = X509_STORE_add_cert(r->store, cert) && (!r->names || add_name(r->names, cert));

        X509_free(cert);
        if (!is_in)
            return out_of_memory();
    }
    return n > 0 && is_at_end() ? ok : why_not(s, "certificate");
}

tern_status terni_tls_pem_roots(const terni_tls_source *source, X509_STORE *store,
                                STACK_OF(X509_NAME) * names)
{
    return parse(source, parse_roots, &(roots){ store, names });
}

static tern_status parse_lists(BIO *bio, const terni_tls_source *s, void *arg)
{
    X509_STORE *store = arg;
    unsigned    n = 0;

    for (X509_CRL *list; (list = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)); n++) {
        bool is_in = X509_STORE_add_crl(store, list);

        X509_CRL_free(list);
        if (!is_in)
            return out_of_memory();
    }
    return n > 0 && is_at_end() ? ok : why_not(s, "list of revoked certificates");
}

tern_status terni_tls_pem_lists(const terni_tls_source *source, X509_STORE *store)
{
    return parse(source, parse_lists, store);
}
