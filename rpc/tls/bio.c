#include "rpc/tls/bio_internal.h"

#include <pthread.h>
#include <string.h>

static int read_ends(BIO *bio, char *to, size_t n, size_t *ret_n)
{
    tern_linkbuf *in = ((terni_tls_ends *)BIO_get_data(bio))->in;

    BIO_clear_retry_flags(bio);
    n = n < tern_linkbuf_len(in) ? n : tern_linkbuf_len(in);
    if (n == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    (void)tern_linkbuf_copy_out(in, 0, to, n);
    tern_linkbuf_consume(in, n);
    *ret_n = n;
    return 1;
}

static int write_ends(BIO *bio, const char *from, size_t n, size_t *ret_n)
{
    terni_tls_ends *ends = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (tern_linkbuf_append(ends->out, from, n) < 0) {
        ends->lacks_memory = true;
        return 0;
    }
    *ret_n = n;
    return 1;
}

static long control(BIO *bio, int command, long num, void *arg)
{
    (void)bio;
    (void)num;
    (void)arg;
    return command == BIO_CTRL_FLUSH;  // there is nothing to flush, which is a success
}

static BIO_METHOD *method;

static void make_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tern");

    if (!m || !BIO_meth_set_read_ex(m, read_ends) || !BIO_meth_set_write_ex(m, write_ends) ||
        !BIO_meth_set_ctrl(m, control)) {
        BIO_meth_free(m);
        return;
    }
    method = m;
}

// Given back when the process ends, as OpenSSL's own are: otherwise it would look lost.
static void __attribute__((destructor)) free_method(void) { BIO_meth_free(method); }

BIO *terni_tls_bio_new(terni_tls_ends *ends)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    BIO                   *bio;

    pthread_mutex_lock(&lock);
    if (!method)
        make_method();
    bio = method ? BIO_new(method) : NULL;
    pthread_mutex_unlock(&lock);
    if (!bio)
        return NULL;
    BIO_set_data(bio, ends);
    BIO_set_init(bio, 1);
    return bio;
}
