#include "tests/transport/probe.h"

#include "tests/support/test.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void note(probe *pr, char what)
{
    size_t len = strlen(pr->log);

    assert_int_equal(pr->n_closed, 0);
    if (what == 'd' && len > 0 && pr->log[len - 1] == 'd')
        return;
    if (len + 1 < sizeof pr->log)
        pr->log[len] = what;
}

static void take(probe *pr, tern_linkbuf *in)
{
    size_t len = tern_linkbuf_len(in);
    size_t room = pr->n_bytes < sizeof pr->text - 1 ? sizeof pr->text - 1 - pr->n_bytes : 0;

    tern_linkbuf_copy_out(in, 0, pr->text + (room ? pr->n_bytes : 0), len < room ? len : room);
    tern_linkbuf_consume(in, len);
    pr->n_bytes += len;
}

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    probe *pr = arg;

    assert_ptr_equal(c, pr->conn);
    assert_true(tern_linkbuf_len(in) > 0);
    assert_int_equal(pr->n_end, 0);
    note(pr, 'd');
    pr->n_data++;
    if (pr->on_data)
        pr->on_data(pr, in);
    if (!pr->takes_nothing)
        take(pr, in);
}

static void on_end(tern_conn *c, void *arg)
{
    probe *pr = arg;

    assert_ptr_equal(c, pr->conn);
    assert_int_equal(pr->n_end++, 0);
    note(pr, 'e');
    if (pr->on_end)
        pr->on_end(pr);
}

static void on_choked(tern_conn *c, void *arg)
{
    probe *pr = arg;

    assert_ptr_equal(c, pr->conn);
    note(pr, 'c');
    if (pr->on_choked)
        pr->on_choked(pr);
}

static void on_drained(tern_conn *c, void *arg)
{
    probe *pr = arg;

    assert_ptr_equal(c, pr->conn);
    note(pr, 'D');
    if (pr->on_drained)
        pr->on_drained(pr);
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    probe *pr = arg;

    assert_ptr_equal(c, pr->conn);
    assert_in_range(tern_conn_get_stats(c).read_bytes, pr->n_bytes,
                    UINT32_MAX);  // it is still there
    note(pr, 'x');
    pr->err = err;
    pr->n_closed++;
    if (pr->on_closed)
        pr->on_closed(pr);
    pr->conn = NULL;
}

static const tern_conn_events events = { on_data, on_end, on_choked, on_drained, on_closed };
static const tern_conn_events events_without_end = { on_data, NULL, on_choked, on_drained,
                                                     on_closed };

int probe_try(probe *pr, tern_poller *p, int fd, const tern_conn_opts *opts)
{
    tern_conn_opts o = opts && opts->filter ? *opts : net_conn_opts(opts);

    if (net_has_filter && !o.filter) {  // there was no memory for it
        close(fd);
        return -ENOMEM;
    }
    return tern_conn_new(p, fd, pr->has_no_end ? &events_without_end : &events, pr, &o, &pr->conn);
}

void probe_start(probe *pr, tern_poller *p, int fd, const tern_conn_opts *opts)
{
    assert_int_equal(probe_try(pr, p, fd, opts), 0);
    net_greet(p, pr->conn);
}

char probe_pattern(size_t at) { return (char)('a' + at % 23); }

void probe_send_pattern(probe *pr, size_t from, size_t n)
{
    char piece[4096];

    for (size_t sent = 0; sent < n;) {
        size_t len = n - sent < sizeof piece ? n - sent : sizeof piece;

        for (size_t i = 0; i < len; i++)
            piece[i] = probe_pattern(from + sent + i);
        assert_int_equal(tern_conn_send_copy(pr->conn, piece, len), 0);
        sent += len;
    }
}

size_t probe_receive_pattern(int fd, size_t from)
{
    char    buf[4096];
    ssize_t n;
    size_t  at = from;

    while ((n = net_read(fd, buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(buf[i], probe_pattern(at + (size_t)i));
        at += (size_t)n;
    }
    return at - from;
}

// ---- scenes --------------------------------------------------------------

static void start_scene(scene *s, tern_backend backend, int fd, const tern_conn_opts *opts)
{
    s->p = net_poller(backend);
    probe_start(&s->pr, s->p, fd, opts);
}

void scene_open(scene *s, tern_backend backend, net_kind kind, const tern_conn_opts *opts)
{
    int ours;

    net_pair(kind, &ours, &s->peer);
    start_scene(s, backend, ours, opts);
}

void scene_open_small(scene *s, tern_backend backend, net_kind kind, const tern_conn_opts *opts)
{
    int ours;

    net_small_pair(kind, &ours, &s->peer);
    start_scene(s, backend, ours, opts);
}

void scene_hang_up_peer(scene *s)
{
    net_close(s->peer);
    s->peer = -1;
}

void scene_close(scene *s)
{
    if (s->peer >= 0)
        net_close(s->peer);
    if (s->pr.conn)
        tern_conn_abort(s->pr.conn);
    tern_poller_free(s->p);
    assert_int_equal(s->pr.n_closed, 1);
}
