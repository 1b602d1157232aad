// What TLS costs, beside OpenSSL's own cost of the same: handshakes, records, and memory. Both ends are in this process, and
// no socket is between: bytes go from one filter's output to the other's input by tern_conn over a socket pair.
//
//   bazel run -c opt //bench:tls -- CERTS          a folder of tools/certs
//
// One of the ways alone, for callgrind, which counts what clocks only guess: `tls CERTS plain|tls|openssl BYTES`; without
// BYTES, what all of them do.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <malloc.h>

#include <openssl/ssl.h>

#include <tern/conn.h>
#include <tern/conn_filter.h>
#include <tern/poller.h>
#include <tern/tls.h>

#include "bench/clock.h"

enum { N_HANDSHAKES = 300, N_RECORDS = 40000, N_IDLE = 500 };

static tern_poller *poller;
static tern_tls    *ours, *theirs;

// ---- two ends ------------------------------------------------------------

typedef struct end end;
struct end {
    tern_conn *conn;
    size_t     n_bytes;
    bool       is_closed;
};

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    (void)c;
    ((end *)arg)->n_bytes += tern_linkbuf_len(in);
    tern_linkbuf_clear(in);
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    (void)c;
    (void)err;
    ((end *)arg)->is_closed = true;
}

static const tern_conn_events events = { .data = on_data, .closed = on_closed };

static tern_conn_filter *make(tern_tls *tls, bool is_server)
{
    const tern_filter_wish   wish = { .size = sizeof wish,
                                      .is_server = is_server,
                                      .host = is_server ? NULL : "localhost",
                                      .alpn = "tern/1" };
    const tern_filter_source source = tern_tls_filters(tls);
    tern_conn_filter        *filter;

    if (source.make(&wish, source.arg, &filter).code)
        abort();
    return filter;
}

static void connect_ends(end *a, end *b, bool has_tls)
{
    int fds[2];

    *a = *b = (end){ .conn = NULL };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0 ||
        tern_conn_new(poller, fds[0], &events, a,
                      &(tern_conn_opts){ .filter = has_tls ? make(theirs, false) : NULL },
                      &a->conn) < 0 ||
        tern_conn_new(poller, fds[1], &events, b,
                      &(tern_conn_opts){ .filter = has_tls ? make(ours, true) : NULL },
                      &b->conn) < 0)
        abort();
}

static void step(void)
{
    if (tern_poller_step(poller, 0) < 0)
        abort();
}

static void wait_for(const size_t *n, size_t wanted)
{
    while (*n < wanted)
        step();
}

static void close_ends(end *a, end *b)
{
    tern_conn_close(a->conn);
    tern_conn_close(b->conn);
    while (!a->is_closed || !b->is_closed)
        step();
}

// A byte each way: both have finished, and what was kept for the next time has come.
static void greet(end *a, end *b)
{
    if (tern_conn_send_copy(a->conn, "x", 1) < 0 || tern_conn_send_copy(b->conn, "x", 1) < 0)
        abort();
    wait_for(&a->n_bytes, 1);
    wait_for(&b->n_bytes, 1);
}

// ---- what is measured ----------------------------------------------------

static double handshake_us(void)
{
    uint64_t before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

    for (int i = 0; i < N_HANDSHAKES; i++) {
        end a, b;

        connect_ends(&a, &b, true);
        greet(&a, &b);
        close_ends(&a, &b);
    }
    return (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before) / 1e3 / N_HANDSHAKES;
}

// CPU of both ends for a piece that goes one way, one at a time.
static double piece_ns(size_t size, bool has_tls)
{
    static uint8_t bytes[16384];
    uint64_t       before;
    end            a, b;

    connect_ends(&a, &b, has_tls);
    greet(&a, &b);
    b.n_bytes = 0;
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 1; i <= N_RECORDS; i++) {
        if (tern_conn_send_copy(a.conn, bytes, size) < 0)
            abort();
        wait_for(&b.n_bytes, i * size);
    }
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    close_ends(&a, &b);
    return (double)before / N_RECORDS;
}

// OpenSSL alone, over its own BIO pair: one SSL_write, one SSL_read.
static double openssl_ns(size_t size, const char *cert, const char *key)
{
    static uint8_t bytes[16384];
    SSL_CTX *server = SSL_CTX_new(TLS_server_method()), *client = SSL_CTX_new(TLS_client_method());
    SSL     *s, *c;
    BIO     *x, *y;
    uint64_t before;

    if (SSL_CTX_use_certificate_chain_file(server, cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(server, key, SSL_FILETYPE_PEM) != 1 ||
        BIO_new_bio_pair(&x, 65536, &y, 65536) != 1)
        abort();
    s = SSL_new(server);
    c = SSL_new(client);
    SSL_set_bio(s, x, x);
    SSL_set_bio(c, y, y);
    SSL_set_accept_state(s);
    SSL_set_connect_state(c);
    while (SSL_do_handshake(c) != 1 || SSL_do_handshake(s) != 1)
        SSL_do_handshake(s);
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < N_RECORDS; i++)
        if (SSL_write(c, bytes, (int)size) != (int)size ||
            SSL_read(s, bytes, (int)size) != (int)size)
            abort();
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    SSL_free(s);
    SSL_free(c);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    return (double)before / N_RECORDS;
}

// Of a pair of connections that have nothing to do.
static double idle_bytes(bool has_tls)
{
    static end a[N_IDLE], b[N_IDLE];
    size_t     before = mallinfo2().uordblks, after;

    for (int i = 0; i < N_IDLE; i++) {
        connect_ends(&a[i], &b[i], has_tls);
        greet(&a[i], &b[i]);
    }
    after = mallinfo2().uordblks;
    for (int i = 0; i < N_IDLE; i++)
        close_ends(&a[i], &b[i]);
    return (double)(after - before) / N_IDLE;
}

// ---- the program ---------------------------------------------------------

static tern_tls *make_tls(const char *ca, const char *cert, const char *key, bool no_resumption)
{
    tern_tls *tls;

    if (tern_report(tern_tls_new(
            &(tern_tls_opts){
                .ca_file = ca, .cert_file = cert, .key_file = key, .no_resumption = no_resumption },
            &tls)))
        exit(1);
    return tls;
}

typedef struct files files;
struct files {
    char ca[512], cert[512], key[512];
};

static void run_one(const files *f, const char *way, size_t size)
{
    if (!size)
        return;
    if (strcmp(way, "openssl") == 0)
        (void)openssl_ns(size, f->cert, f->key);
    else
        (void)piece_ns(size, strcmp(way, "tls") == 0);
}

static void run_all(const files *f)
{
    static const size_t sizes[] = { 128, 1024, 16384 };

    printf("full handshake, both ends     %8.0f us\n", handshake_us());
    tern_tls_unref(theirs);
    theirs = make_tls(f->ca, NULL, NULL, false);
    printf("resumed handshake, both ends  %8.0f us\n", handshake_us());
    printf("\nboth ends, ns     plain      TLS   more by  OpenSSL alone   ratio\n");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double plain = piece_ns(sizes[i], false), tls = piece_ns(sizes[i], true);
        double alone = openssl_ns(sizes[i], f->cert, f->key);

        printf("%6zu bytes     %8.0f %8.0f  %8.0f  %13.0f  %6.2f\n", sizes[i], plain, tls,
               tls - plain, alone, (tls - plain) / alone);
    }
    printf("\na pair of idle connections: %.0f bytes in plain text, %.0f with TLS\n",
           idle_bytes(false), idle_bytes(true));
}

int main(int argc, char **argv)
{
    files f;

    if (argc < 2)
        return fprintf(stderr, "usage: tls CERTS [plain|tls|openssl [BYTES]]\n"), 2;
    snprintf(f.ca, sizeof f.ca, "%s/ca.pem", argv[1]);
    snprintf(f.cert, sizeof f.cert, "%s/server.pem", argv[1]);
    snprintf(f.key, sizeof f.key, "%s/server.key", argv[1]);
    poller = tern_poller_new(NULL);
    ours = make_tls(NULL, f.cert, f.key, false);
    theirs = make_tls(f.ca, NULL, NULL, true);
    if (argc > 2)
        run_one(&f, argv[2], argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
    else
        run_all(&f);
    tern_tls_unref(ours);
    tern_tls_unref(theirs);
    tern_poller_free(poller);
    return 0;
}
