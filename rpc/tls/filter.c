// TLS on one connection: the handshake, records in, records out, the goodbye. Or, where a server allows it, no TLS at all.
//
//   UNKNOWN --> SPOKEN: shaking hands --> established
//      |
//      +------> PLAIN, established: a server's, by the first byte that comes
#include <tern/tls.h>

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <tern/conn.h>
#include <tern/mem.h>
#include <tern/conn_filter.h>
#include <tern/poller.h>
#include <tern/timer.h>

#include "rpc/tls/bio_internal.h"
#include "rpc/tls/host_internal.h"
#include "rpc/tls/identity_internal.h"
#include "rpc/tls/party_internal.h"
#include "rpc/tls/plain_internal.h"
#include "rpc/tls/tls_internal.h"
#include "rpc/tls/words_internal.h"

enum {
    WORTH_A_RECORD = 4 * 1024
};  // of a piece of plain text: what is shorter is joined with the next one

typedef enum way { UNKNOWN, SPOKEN, PLAIN } way;

typedef struct tls_filter tls_filter;
struct tls_filter {
    tern_conn_filter   base;
    way                way;
    bool               is_counted;  // among the handshakes that are under way
    bool               is_timed;    // `deadline` is set
    bool               is_late;
    bool               has_heard;  // a byte of the peer's
    terni_tls_party    party;
    terni_tls_ends     ends;
    SSL               *ssl;
    tern_tls          *tls;
    terni_tls_context *context;
    tern_identity     *identity;  // NULL until somebody asks
    tern_timer         deadline;
    char               alpn[TERNI_TLS_MAX_ALPN];  // that was agreed on
    char               host[];                    // the party's
};

static tls_filter *of(tern_conn_filter *f) { return TERN_CONTAINER_OF(f, tls_filter, base); }

// ---- the handshake -------------------------------------------------------

static void count_out(tls_filter *x)
{
    if (x->is_counted)
        atomic_fetch_sub(&x->tls->n_under_way, 1);
    x->is_counted = false;
}

static void stop_timer(tls_filter *x)
{
    if (x->is_timed)
        tern_timer_cancel(tern_poller_wheel(tern_conn_poller(x->base.conn)), &x->deadline);
    x->is_timed = false;
}

static void on_late(tern_timer *t)
{
    tls_filter *x = TERN_CONTAINER_OF(t, tls_filter, deadline);

    x->is_late = true;
    tern_conn_filter_wake(&x->base);
}

static void start_timer(tls_filter *x)
{
    tern_poller *poller = tern_conn_poller(x->base.conn);
    uint64_t     ms = x->tls->settings.opts.handshake_timeout_ms;

    if (x->is_timed)
        return;
    x->is_timed = true;
    tern_timer_init(&x->deadline, on_late);
    tern_timer_set(tern_poller_wheel(poller), &x->deadline,
                   tern_poller_now_ns(poller) + ms * TERN_NS_PER_MS);
}

static void take_alpn(tls_filter *x)
{
    const unsigned char *name;
    unsigned             len;

    SSL_get0_alpn_selected(x->ssl, &name, &len);
    if (!len || len >= sizeof x->alpn)
        return;
    memcpy(x->alpn, name, len);
    x->base.alpn = x->alpn;
}

static void establish(tls_filter *x)
{
    stop_timer(x);
    count_out(x);
    x->base.is_established = true;
    if (x->way == PLAIN) {
        atomic_fetch_add(&x->tls->n_plain, 1);
        return;
    }
    take_alpn(x);
    atomic_fetch_add(&x->tls->n_handshakes, 1);
    if (SSL_session_reused(x->ssl))
        atomic_fetch_add(&x->tls->n_resumed, 1);
}

// 0: more is needed; or how it failed.
static int fail(tls_filter *x, int result)
{
    int err;

    switch (SSL_get_error(x->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return x->ends.lacks_memory ? -ENOMEM : 0;
    case SSL_ERROR_ZERO_RETURN:
        x->base.has_ended = x->base.is_established;
        return x->base.has_ended
                   ? 0
                   : tern_conn_filter_fail(&x->base, -ECONNABORTED, "it gave up the handshake");
    default:
        err = x->ends.lacks_memory ? -ENOMEM : terni_tls_words_fail(&x->base, &x->party);
        SSL_set_shutdown(x->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        return err;
    }
}

static int shake_hands(tls_filter *x)
{
    int result = SSL_do_handshake(x->ssl);

    if (result == 1) {
        establish(x);
        return 0;
    }
    return fail(x, result);
}

// ---- which way it goes ---------------------------------------------------

static int refuse_plain(tls_filter *x, const terni_tls_plain *plain)
{
    if (!x->party.is_server)
        return tern_conn_filter_fail(&x->base, -EPROTO, "it speaks %s there, without TLS",
                                     plain->name);
    if (plain->answer)
        (void)!tern_linkbuf_append(x->ends.out, plain->answer, plain->answer_len);
    return tern_conn_filter_fail(&x->base, -EPROTO, "it speaks %s, and not TLS", plain->name);
}

static int check_first_bytes(tls_filter *x)
{
    uint8_t                bytes[TERNI_TLS_MAX_PLAIN_SNIFF];
    size_t                 len = tern_linkbuf_len(x->ends.in);
    const terni_tls_plain *plain;

    len = len < sizeof bytes ? len : sizeof bytes;
    if (x->has_heard || len == 0)
        return 0;
    (void)tern_linkbuf_copy_out(x->ends.in, 0, bytes, len);
    if (terni_tls_is_first_byte(bytes[0])) {
        x->has_heard = true;
        x->way = SPOKEN;
        return 0;
    }
    if (x->party.is_server && x->tls->settings.opts.allow_plain) {
        x->has_heard = true;
        x->way = PLAIN;
        establish(x);
        return 0;
    }
    plain = terni_tls_plain_find(bytes, len);
    return plain ? refuse_plain(x, plain) : 0;
}

// ---- in ------------------------------------------------------------------

static void forget_errors(void)
{
    if (TERN_UNLIKELY(ERR_peek_error()))
        ERR_clear_error();
}

// A ticket makes OpenSSL take a buffer for an answer to it, and there is none: an idle client would keep those 16 KiB. Only
// where a record has just ended: within one, OpenSSL before 3.0.14 forgets that it has read the header
// (CVE-2024-4741).
static void trim(tls_filter *x) { (void)SSL_free_buffers(x->ssl); }

static int read_records(tls_filter *x)
{
    // Without room OpenSSL keeps what is left of a record.
    while (tern_linkbuf_len(x->ends.in) || SSL_pending(x->ssl)) {
        size_t   len, n;
        uint8_t *room = tern_conn_filter_room(&x->base, &len);
        int      result;

        if (!room)
            return 0;
        result = SSL_read_ex(x->ssl, room, len, &n);
        if (result != 1)
            return fail(x, result);
        tern_conn_filter_commit(&x->base, n);
        if (!tern_linkbuf_len(x->ends.in) && !SSL_pending(x->ssl))
            trim(x);
    }
    return 0;
}

// The socket's end is the peer's.
static int pass_input(tls_filter *x, bool is_last)
{
    tern_linkbuf *in = x->ends.in;

    while (tern_linkbuf_len(in)) {
        size_t   len;
        uint8_t *room = tern_conn_filter_room(&x->base, &len);

        if (!room)
            return 0;
        len = len < tern_linkbuf_len(in) ? len : tern_linkbuf_len(in);
        (void)tern_linkbuf_copy_out(in, 0, room, len);
        tern_linkbuf_consume(in, len);
        tern_conn_filter_commit(&x->base, len);
    }
    x->base.has_ended = is_last;
    return 0;
}

static int go_on(tls_filter *x, bool is_last)
{
    int err;

    if (x->way == PLAIN)
        return pass_input(x, is_last);
    if (x->way == UNKNOWN && x->party.is_server)
        return 0;
    forget_errors();
    if (!x->base.is_established && ((err = shake_hands(x)) < 0 || !x->base.is_established))
        return err;
    return read_records(x);
}

static int receive(tern_conn_filter *f, tern_linkbuf *in, bool is_last, tern_linkbuf *out)
{
    tls_filter *x = of(f);
    int         err;

    x->ends.in = in;
    x->ends.out = out;
    if (TERN_UNLIKELY(!f->is_established)) {
        start_timer(x);
        if (x->is_late)
            err = tern_conn_filter_fail(f, -ETIMEDOUT, "the handshake has taken more than %g s",
                                        x->tls->settings.opts.handshake_timeout_ms / 1e3);
        else
            err = check_first_bytes(x);
        if (err < 0)
            return err;
    }
    return go_on(x, is_last);
}

// ---- out -----------------------------------------------------------------

static int write_record(tls_filter *x, tern_linkbuf *plain, size_t n)
{
    size_t         first = (size_t)(plain->head->end - plain->head->pos), written;
    const uint8_t *text;
    int            result;

    if (first >= WORTH_A_RECORD && first < n)
        n = first;
    if (!(text = tern_linkbuf_peek(plain, n)))
        return -ENOMEM;
    forget_errors();
    if ((result = SSL_write_ex(x->ssl, text, n, &written)) != 1)
        return fail(x, result);
    tern_linkbuf_consume(plain, written);
    return 0;
}

static int send_text(tern_conn_filter *f, tern_linkbuf *plain, size_t n, tern_linkbuf *out)
{
    tls_filter *x = of(f);

    x->ends.out = out;
    if (x->way == PLAIN)
        return tern_linkbuf_move(plain, n, out);
    return write_record(x, plain, n);
}

static int end(tern_conn_filter *f, tern_linkbuf *out)
{
    tls_filter *x = of(f);

    x->ends.out = out;
    if (x->way == PLAIN)
        return 0;
    forget_errors();
    (void)SSL_shutdown(x->ssl);  // 0: theirs has not come yet
    return x->ends.lacks_memory ? -ENOMEM : 0;
}

// ---- life ----------------------------------------------------------------

static const tern_identity *identity(tern_conn_filter *f)
{
    tls_filter *x = of(f);

    if (!x->identity && x->way == SPOKEN)
        x->identity = terni_tls_identity_of(x->ssl, x->alpn);
    return x->identity;
}

static void free_filter(tern_conn_filter *f)
{
    tls_filter *x = of(f);

    stop_timer(x);
    if (x->ssl && !f->is_established && f->conn)
        atomic_fetch_add(&x->tls->n_failed, 1);
    count_out(x);
    // A connection that was cut is no reason not to resume its session.
    if (x->ssl && f->is_established)
        SSL_set_shutdown(x->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(x->ssl);
    terni_tls_identity_free(x->identity);
    terni_tls_context_unref(x->context);
    tern_tls_unref(x->tls);
    ERR_clear_error();
    tern_mem_free(x);
}

static const tern_conn_filter_ops ops = {
    .name = "TLS",
    .receive = receive,
    .send = send_text,
    .end = end,
    .free = free_filter,
    .identity = identity,
};

// ---- the beginning -------------------------------------------------------

static tern_status out_of_memory(void)
{
    ERR_clear_error();
    return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for TLS");
}

// "a,bc" as ALPN has it: 1 'a' 2 'b' 'c'. What does not fit is left out.
static void set_offers(tls_filter *x, const char *names)
{
    while (names && *names) {
        size_t len = strcspn(names, ",");

        if (x->party.n_offers + 1 + len > sizeof x->party.offers)
            return;
        x->party.offers[x->party.n_offers] = (uint8_t)len;
        memcpy(x->party.offers + x->party.n_offers + 1, names, len);
        x->party.n_offers = (uint8_t)(x->party.n_offers + 1 + len);
        names += names[len] ? len + 1 : len;
    }
}

static void resume(tls_filter *x)
{
    SSL_SESSION *session = terni_tls_sessions_get(&x->context->sessions, x->party.host);

    if (session)
        (void)SSL_set_session(x->ssl, session);  // or it is a full handshake
    SSL_SESSION_free(session);
}

static bool prepare_client(tls_filter *x)
{
    if (!(x->ssl = terni_tls_context_client(x->context)))
        return false;
    SSL_set_connect_state(x->ssl);
    if (!terni_tls_host_expect(x->party.host, x->ssl) ||
        SSL_set_alpn_protos(x->ssl, x->party.offers, x->party.n_offers) != 0)
        return false;
    resume(x);
    return true;
}

static bool prepare_server(tls_filter *x)
{
    if (!(x->ssl = terni_tls_context_server(x->context)))
        return false;
    SSL_set_accept_state(x->ssl);
    return true;
}

static bool prepare(tls_filter *x)
{
    BIO *bio;

    if (!(x->party.is_server ? prepare_server(x) : prepare_client(x)))
        return false;
    if (!(bio = terni_tls_bio_new(&x->ends)))
        return false;
    SSL_set_bio(x->ssl, bio, bio);
    return SSL_set_app_data(x->ssl, &x->party) == 1;
}

// Those that are under way, this one included, are not too many.
static bool count_in(tls_filter *x)
{
    x->is_counted = true;
    if (atomic_fetch_add(&x->tls->n_under_way, 1) < x->tls->settings.opts.max_handshakes)
        return true;
    atomic_fetch_add(&x->tls->n_refused, 1);
    return false;
}

static tern_status set_up(tls_filter *x, const tern_filter_wish *wish)
{
    const tern_tls_opts *o = &x->tls->settings.opts;
    const char          *fault = wish->is_server ? NULL : terni_tls_host_find_fault(x->party.host);

    if (fault)
        return tern_status_make(TERN_INVALID_ARGUMENT, "nobody is called `%.60s`: it %s",
                                x->party.host, fault);
    if (wish->is_server && !x->context->server)
        return tern_status_make(TERN_FAILED_PRECONDITION,
                                "a server has to have a certificate: tern_tls_opts.cert_file");
    if (wish->is_server && !count_in(x))
        return tern_status_make(TERN_RESOURCE_EXHAUSTED, "max_handshakes (%u) of TLS are under way",
                                o->max_handshakes);
    set_offers(x, wish->alpn);
    return prepare(x) ? (tern_status){ .code = TERN_OK } : out_of_memory();
}

static const char *host_of(const tern_tls *tls, const tern_filter_wish *wish)
{
    if (wish->is_server)
        return "";
    return tls->settings.opts.server_name ? tls->settings.opts.server_name : wish->host;
}

static tern_status make(const tern_filter_wish *wish, void *arg, tern_conn_filter **ret_filter)
{
    tern_tls   *tls = arg;
    const char *host = host_of(tls, wish);
    tls_filter *x = tern_mem_zalloc(sizeof *x + strlen(host) + 1);
    tern_status st;

    if (!x)
        return out_of_memory();
    x->base.ops = &ops;
    x->tls = tern_tls_ref(tls);
    x->context = terni_tls_take_context(tls);
    x->party = (terni_tls_party){ .is_server = wish->is_server,
                                  .settings = &tls->settings,
                                  .sessions = &x->context->sessions,
                                  .host = memcpy(x->host, host, strlen(host) + 1) };
    st = set_up(x, wish);
    if (st.code)
        free_filter(&x->base);
    else
        *ret_filter = &x->base;
    return st;
}

// ---- for channels and servers --------------------------------------------

static void retain(void *arg) { (void)tern_tls_ref(arg); }

static void release(void *arg) { (void)tern_tls_unref(arg); }

tern_filter_source tern_tls_filters(tern_tls *tls)
{
    return (tern_filter_source){ .make = make, .arg = tls, .retain = retain, .release = release };
}
