// Random exchanges with an nghttp2 session: our engine is one side, in either role, and gRPC's calls on the other side
// are made by hand. Windows, frames, padding, tables and chunks are random; what each end gets is what the other sent,
// and in the end nothing is left. A seed that fails can be played alone: oracle_test SEED.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

#include "tests/rpc/wire_core.h"

enum { MAX_CALLS = 6, MAX_MESSAGES = 4, N_ROUNDS = 1500, N_CODES = 17, PIPE = 4 << 20 };

// ---- what is to happen -------------------------------------------------------

typedef struct messages messages;
struct messages {
    unsigned n;
    uint32_t sizes[MAX_MESSAGES];
};

typedef enum fate { ENDS, WE_CANCEL, THEY_CANCEL } fate;

typedef struct plan plan;
struct plan {
    messages request, answer;
    unsigned code;
    bool     is_early;  // the answer does not wait for the request's end
    fate     fate;
};

// ---- nghttp2's half of a call: messages made and read byte by byte --------------

typedef struct reader reader;
struct reader {
    uint8_t  prefix[5];
    uint32_t n_prefix, at;
    unsigned n;  // whole messages
};

typedef struct writer writer;
struct writer {
    unsigned n;
    uint32_t at;  // of the message's prefix and content
};

typedef struct call call;
struct call {
    plan       plan;
    wire_call *ours;
    unsigned   n_sent, n_got;  // by us
    int        our_code;       // -1: not over
    reader     in;             // theirs
    writer     out;
    bool       is_theirs_over;
    int        their_code;  // grpc-status; -1: none
};

typedef struct round_of round_of;
struct round_of {
    wire_core        core;
    nghttp2_session *ng;
    uint64_t         random;
    call             calls[MAX_CALLS];
    unsigned         n_calls, n_cancels;
    uint32_t         window;  // that they announced last
    uint8_t          to_ng[PIPE], to_us[PIPE];
    size_t           n_to_ng, n_to_us;
};

static round_of it;

static uint32_t draw(uint32_t n)
{
    it.random = it.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(it.random >> 33) % n;
}

static uint32_t draw_size(void)
{
    switch (draw(8)) {
    case 0:
        return 0;
    case 1:
        return draw(300 * 1024);
    case 2:
        return 16000 + draw(800);
    default:
        return draw(200);
    }
}

static void draw_messages(messages *m)
{
    m->n = draw(MAX_MESSAGES + 1);
    for (unsigned i = 0; i < m->n; i++)
        m->sizes[i] = draw_size();
}

static call *call_of_id(uint32_t id)
{
    TERN_ASSERT(id % 2 == 1 && (id - 1) / 2 < it.n_calls);
    return &it.calls[(id - 1) / 2];
}

static call *call_of(const wire_call *w) { return call_of_id(2 * w->number - 1); }

// ---- our half ---------------------------------------------------------------------

static bool is_client(void) { return it.core.role == TERNI_CLIENT; }

static const messages *ours(const call *c)
{
    return is_client() ? &c->plan.request : &c->plan.answer;
}

static const messages *theirs(const call *c)
{
    return is_client() ? &c->plan.answer : &c->plan.request;
}

static void send_more(call *c)
{
    const messages *m = ours(c);

    while (c->ours && !c->ours->is_over && !(c->ours->stream.flags & TERNI_STREAM_BLOCKED)) {
        bool       is_last = c->n_sent + 1 >= m->n;
        terni_body body = wire_core_count(c->n_sent < m->n ? m->sizes[c->n_sent] : 0);

        if (is_client() && c->n_sent == m->n)
            return;
        c->n_sent++;
        if (is_client())
            TERN_ASSERT(wire_core_send(c->ours, &body, is_last) == 0);
        else if (!is_last)
            TERN_ASSERT(wire_core_send(c->ours, &body, false) == 0);
        else
            TERN_ASSERT(wire_core_finish(c->ours, c->plan.code, m->n ? &body : NULL) >= 0);
        if (is_last && !is_client())
            c->our_code = (int)c->plan.code;
        if (is_last)
            return;
    }
}

static void on_writable(wire_core *core, wire_call *w)
{
    call *c = call_of(w);

    (void)core;
    if (!w->is_over && (is_client() || c->our_code < 0))
        send_more(c);
}

static void on_message(wire_core *core, wire_call *w, const terni_piece *piece)
{
    call *c = call_of(w);

    (void)core;
    TERN_ASSERT(c->n_got < theirs(c)->n && piece->len == theirs(c)->sizes[c->n_got]);
    for (size_t i = 0; i < piece->len; i++)
        TERN_ASSERT(piece->data[i] == (uint8_t)i);
    c->n_got++;
}

static void on_began(wire_core *core, wire_call *w)
{
    (void)core;
    call_of(w)->ours = w;
    if (call_of(w)->plan.is_early)
        send_more(call_of(w));
}

static void on_ended(wire_core *core, wire_call *w)
{
    (void)core;
    call_of(w)->ours = w;
    if (call_of(w)->our_code < 0 && call_of(w)->n_sent == 0)
        send_more(call_of(w));
}

static void on_closed(wire_core *core, wire_call *w, const terni_close *close)
{
    (void)core;
    call_of(w)->our_code = (int)close->code;
}

static void open_ours(call *c)
{
    const terni_meta meta = { "k", (const uint8_t *)"v", 1, 1 };
    terni_open       open = {
              .path = "/a/b", .path_len = 4, .authority = "a", .authority_len = 1, .timeout_us = draw(3)
    };
    const messages *m = &c->plan.request;
    terni_body      body = wire_core_count(m->n ? m->sizes[0] : 0);

    open.metadata = (terni_meta_list){ &meta, draw(2) };
    c->n_sent = m->n > 0;
    c->ours = wire_core_call_with(&it.core, &open, m->n ? &body : NULL, m->n <= 1, NULL);
    TERN_ASSERT(c->ours);
    send_more(c);
}

// ---- their half -------------------------------------------------------------------

static void read_byte(call *c, uint8_t byte)
{
    const messages *m = ours(c);
    reader         *r = &c->in;

    if (r->n_prefix < 5) {
        r->prefix[r->n_prefix++] = byte;
        r->at = 0;
    } else {
        TERN_ASSERT(byte == (uint8_t)r->at);
        r->at++;
    }
    if (r->n_prefix < 5)
        return;
    TERN_ASSERT(r->n < m->n && r->prefix[0] == 0);
    TERN_ASSERT((uint32_t)r->prefix[1] << 24 == 0 &&
                ((uint32_t)r->prefix[2] << 16 | (uint32_t)r->prefix[3] << 8 | r->prefix[4]) ==
                    m->sizes[r->n]);
    if (r->at < m->sizes[r->n])
        return;
    r->n++;
    r->n_prefix = 0;
}

static int on_chunk(nghttp2_session *s, uint8_t flags, int32_t id, const uint8_t *data, size_t len,
                    void *user)
{
    (void)s, (void)flags, (void)user;
    for (size_t i = 0; i < len; i++)
        read_byte(call_of_id((uint32_t)id), data[i]);
    return 0;
}

static nghttp2_nv nv(const char *name, const char *value)
{
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name),
                         strlen(value), NGHTTP2_NV_FLAG_NONE };
}

static void submit_trailers(call *c, int32_t id)
{
    char       code[8];
    nghttp2_nv fields[2];

    snprintf(code, sizeof code, "%u", c->plan.code);
    fields[0] = nv("grpc-status", code);
    fields[1] = nv("t", "w");
    TERN_ASSERT(nghttp2_submit_trailer(it.ng, id, fields, 2) == 0);
}

static ssize_t give_data(nghttp2_session *s, int32_t id, uint8_t *buf, size_t len, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    call           *c = call_of_id((uint32_t)id);
    const messages *m = theirs(c);
    size_t          n = 0;

    (void)s, (void)source, (void)user;
    len = draw(4) ? len : 1 + draw((uint32_t)len);
    for (; n < len && c->out.n < m->n; n++) {
        uint32_t at = c->out.at++, size = m->sizes[c->out.n];

        buf[n] = at == 0 ? 0 : at < 5 ? (uint8_t)(size >> (8 * (4 - at))) : (uint8_t)(at - 5);
        if (c->out.at == size + 5)
            c->out = (writer){ .n = c->out.n + 1 };
    }
    if (c->out.n < m->n)
        return (ssize_t)n;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!is_client())
        return (ssize_t)n;
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    submit_trailers(c, id);
    return (ssize_t)n;
}

static void answer_theirs(int32_t id)
{
    const nghttp2_nv      fields[] = { nv(":status", "200"), nv("content-type", "application/grpc"),
                                       nv("k", "v") };
    nghttp2_data_provider data = { .read_callback = give_data };

    TERN_ASSERT(nghttp2_submit_response(it.ng, id, fields, 2 + draw(2), &data) == 0);
}

static int on_frame(nghttp2_session *s, const nghttp2_frame *f, void *user)
{
    bool is_head = f->hd.type == NGHTTP2_HEADERS && f->headers.cat == NGHTTP2_HCAT_REQUEST;
    bool is_end = (f->hd.type == NGHTTP2_DATA || f->hd.type == NGHTTP2_HEADERS) &&
                  f->hd.flags & NGHTTP2_FLAG_END_STREAM;

    (void)s, (void)user;
    TERN_ASSERT(f->hd.type != NGHTTP2_GOAWAY);
    if (is_client() && f->hd.stream_id && (is_head || is_end)) {
        bool is_early = call_of_id((uint32_t)f->hd.stream_id)->plan.is_early;

        if ((is_early && is_head) || (!is_early && is_end))
            answer_theirs(f->hd.stream_id);
    }
    return 0;
}

static int on_header(nghttp2_session *s, const nghttp2_frame *f, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user)
{
    (void)s, (void)flags, (void)user, (void)value_len;
    if (name_len == 11 && memcmp(name, "grpc-status", 11) == 0)
        call_of_id((uint32_t)f->hd.stream_id)->their_code = atoi((const char *)value);
    return 0;
}

static int on_stream_close(nghttp2_session *s, int32_t id, uint32_t error, void *user)
{
    (void)s, (void)error, (void)user;
    call_of_id((uint32_t)id)->is_theirs_over = true;
    return 0;
}

// What nghttp2 finds wrong with us.
static int on_invalid(nghttp2_session *s, const nghttp2_frame *f, int error, void *user)
{
    (void)s, (void)user;
    print_error("nghttp2: frame %d on %d: %s\n", f->hd.type, f->hd.stream_id,
                nghttp2_strerror(error));
    TERN_ASSERT(false);
    return 0;
}

static ssize_t pad(nghttp2_session *s, const nghttp2_frame *f, size_t max, void *user)
{
    size_t n = f->hd.length + (draw(3) ? 0 : draw(256));

    (void)s, (void)user;
    return (ssize_t)(n < max ? n : max);
}

static void open_theirs(call *c)
{
    const nghttp2_nv      fields[] = { nv(":method", "POST"),
                                       nv(":scheme", "http"),
                                       nv(":path", "/a/b"),
                                       nv("te", "trailers"),
                                       nv("content-type", "application/grpc"),
                                       nv("k", "v") };
    nghttp2_data_provider data = { .read_callback = give_data };

    TERN_ASSERT(nghttp2_submit_request(it.ng, NULL, fields, 5 + draw(2),
                                       c->plan.request.n || draw(2) ? &data : NULL,
                                       NULL) == (int32_t)(2 * (c - it.calls) + 1));
}

// Windows only grow: nghttp2 resets a stream whose window it has made smaller than what it holds of it. (Smaller ones
// are in flow_test.)
static void submit_settings(uint32_t window)
{
    static const uint32_t  tables[] = { 4096, 0, 64, 10000 };
    nghttp2_settings_entry entries[] = {
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window },
        { NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16384 + draw(60000) },
        { NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, tables[draw(4)] },
    };

    it.window = window;
    TERN_ASSERT(nghttp2_submit_settings(it.ng, NGHTTP2_FLAG_NONE, entries, 1 + draw(3)) == 0);
}

// ---- a round -------------------------------------------------------------------------

static void make_ng(void)
{
    nghttp2_session_callbacks *cb;
    int                        err;

    TERN_ASSERT(nghttp2_session_callbacks_new(&cb) == 0);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(cb, on_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(cb, on_frame);
    nghttp2_session_callbacks_set_on_header_callback(cb, on_header);
    nghttp2_session_callbacks_set_on_stream_close_callback(cb, on_stream_close);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(cb, on_invalid);
    nghttp2_session_callbacks_set_select_padding_callback(cb, pad);
    err = is_client() ? nghttp2_session_server_new(&it.ng, cb, NULL)
                      : nghttp2_session_client_new(&it.ng, cb, NULL);
    TERN_ASSERT(err == 0);
    nghttp2_session_callbacks_del(cb);
}

static void make_us(terni_role role)
{
    terni_wire_limits limits = wire_core_limits;

    limits.stream_window = 65535 + draw(3) * 50000;
    limits.connection_window = 65535 + draw(3) * 500000;
    limits.h2.max_frame = 16384 + draw(2) * 50000;
    TERN_ASSERT(wire_core_init(&it.core, &terni_wire_h2, role, &limits));
    it.core.is_quiet = true;
    it.core.on_message = on_message;
    it.core.on_closed = on_closed;
    it.core.on_writable = on_writable;
    it.core.on_began = on_began;
    it.core.on_ended = on_ended;
}

static void draw_plan(call *c)
{
    c->plan.code = draw(N_CODES);
    draw_messages(&c->plan.request);
    draw_messages(&c->plan.answer);
    c->plan.is_early = draw(8) == 0;
    c->plan.fate = draw(6) ? ENDS : draw(2) ? WE_CANCEL : THEY_CANCEL;
    c->our_code = c->their_code = -1;
}

static uint32_t some(size_t n) { return draw(3) ? (uint32_t)n : 1 + draw((uint32_t)n); }

static bool carry_to_ng(void)
{
    size_t n = it.core.out.len;

    it.core.wire->pump(it.core.engine);
    n = it.core.out.len;
    TERN_ASSERT(n <= PIPE - it.n_to_ng);
    TERN_ASSERT(tern_linkbuf_copy_out(&it.core.out, 0, it.to_ng + it.n_to_ng, n));
    tern_linkbuf_clear(&it.core.out);
    it.n_to_ng += n;
    if (!it.n_to_ng)
        return false;
    n = some(it.n_to_ng);
    TERN_ASSERT(nghttp2_session_mem_recv(it.ng, it.to_ng, n) == (ssize_t)n);
    it.n_to_ng -= n;
    memmove(it.to_ng, it.to_ng + n, it.n_to_ng);
    return true;
}

static bool carry_to_us(void)
{
    const uint8_t *bytes;
    ssize_t        len = 0;
    size_t         n;

    while (it.n_to_us < PIPE / 2 && (len = nghttp2_session_mem_send(it.ng, &bytes)) > 0) {
        memcpy(it.to_us + it.n_to_us, bytes, (size_t)len);
        it.n_to_us += (size_t)len;
    }
    TERN_ASSERT(len >= 0);
    if (!it.n_to_us)
        return false;
    n = some(it.n_to_us);
    wire_core_feed(&it.core, it.to_us, n, draw(8) ? 0 : 1 + draw(100));
    TERN_ASSERT(!it.core.has_failed);
    it.n_to_us -= n;
    memmove(it.to_us, it.to_us + n, it.n_to_us);
    return true;
}

// Both ways. False: nobody has anything to say.
static bool carry(bool is_us_first)
{
    bool has_first = is_us_first ? carry_to_us() : carry_to_ng();
    bool has_second = is_us_first ? carry_to_ng() : carry_to_us();

    return has_first || has_second;
}

static void begin_round(uint64_t seed)
{
    it.random = seed;
    it.n_to_ng = it.n_to_us = it.n_cancels = 0;
    memset(it.calls, 0, sizeof it.calls);
    make_us(seed % 2 ? TERNI_CLIENT : TERNI_SERVER);
    make_ng();
    if (is_client() && draw(2)) {  // our calls do not wait for their SETTINGS
        submit_settings(65535 + draw(100000));
    } else {
        submit_settings(1 + draw(draw(2) ? 100000 : 100));
        while (carry(false))
            ;
    }
    it.n_calls = 1 + draw(MAX_CALLS);
    for (unsigned i = 0; i < it.n_calls; i++)
        draw_plan(&it.calls[i]);
    for (unsigned i = 0; i < it.n_calls; i++)
        if (is_client())
            open_ours(&it.calls[i]);
        else
            open_theirs(&it.calls[i]);
}

static void cancel_one(void)
{
    call *c = &it.calls[draw(it.n_calls)];

    if (c->plan.fate == WE_CANCEL && c->ours && !c->ours->is_over && c->ours->stream.id) {
        wire_core_cancel(c->ours);
        it.n_cancels++;
    } else if (c->plan.fate == THEY_CANCEL &&
               nghttp2_session_find_stream(it.ng, (int32_t)(2 * (c - it.calls) + 1))) {
        TERN_ASSERT(nghttp2_submit_rst_stream(it.ng, 0, (int32_t)(2 * (c - it.calls) + 1),
                                              NGHTTP2_CANCEL) == 0);
        it.n_cancels++;
    }
}

static void run(void)
{
    unsigned n_idle = 0, n_settings = 0;

    while (n_idle < 2) {
        bool has_moved = carry(draw(2));

        n_idle = has_moved ? 0 : n_idle + 1;
        if (draw(4) == 0)
            cancel_one();
        if (n_settings < 3 && draw(20) == 0 && ++n_settings)
            submit_settings(it.window + draw(50000));
    }
}

static bool is_fine(const call *c)
{
    bool is_whole = c->plan.fate == ENDS && !c->plan.is_early;

    if (c->ours && !c->ours->is_over)
        return false;
    if (!is_whole)
        return true;
    if (c->n_got != theirs(c)->n || c->in.n != ours(c)->n || !c->is_theirs_over)
        return false;
    return is_client() ? c->our_code == (int)c->plan.code : c->their_code == (int)c->plan.code;
}

static void end_round(uint64_t seed)
{
    for (unsigned i = 0; i < it.n_calls; i++) {
        const call *c = &it.calls[i];

        if (!is_fine(c))
            fail_msg("seed %llu, call %u: got %u of %u, they %u of %u; code %u: we %d, they %d; %s",
                     (unsigned long long)seed, i, c->n_got, theirs(c)->n, c->in.n, ours(c)->n,
                     c->plan.code, c->our_code, c->their_code,
                     c->ours && !c->ours->is_over ? "open" : "over");
    }
    assert_int_equal(it.core.wire->n_streams(it.core.engine), 0);
    assert_true(it.core.wire->is_owed(it.core.engine, 0));
    assert_int_equal(wire_core_probe(&it.core, NULL).reserved, 0);
    nghttp2_session_del(it.ng);
    wire_core_done(&it.core);
}

static uint64_t first_seed = 1, n_rounds = N_ROUNDS;

static void test_random_exchanges_with_nghttp2(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + n_rounds; seed++) {
        begin_round(seed);
        run();
        end_round(seed);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_random_exchanges_with_nghttp2),
    };

    if (argc > 1) {
        first_seed = strtoull(argv[1], NULL, 0);
        n_rounds = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
