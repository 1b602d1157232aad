// A connection with a filter, a peer that says anything, and an owner who writes, pauses, ends and closes in any
// order. xor_filter asserts what a connection promises to its filter; here: what it promises to its owner.
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn.h>
#include <tern/poller.h>

#include "tests/support/xor_filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MAX_LIVE = 4 * 1024 * 1024,
    N_LAST_ROUNDS = 64,
};

typedef struct play play;
struct play {
    tern_poller *p;
    tern_conn   *c;  // NULL once it is closed
    int          peer;
    xor_codec    codec;
    bool         is_paused, has_ended, has_closed;
};

// ---- the owner -----------------------------------------------------------

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    play *pl = arg;

    TERN_ASSERT(pl->c == c && !pl->is_paused && !pl->has_ended && !pl->has_closed);
    TERN_ASSERT(tern_linkbuf_len(in) > 0);
    tern_linkbuf_consume(in, tern_linkbuf_len(in) / 2 + 1);
}

static void on_end(tern_conn *c, void *arg)
{
    play *pl = arg;

    TERN_ASSERT(pl->c == c && !pl->is_paused && !pl->has_ended && !pl->has_closed);
    pl->has_ended = true;
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    play *pl = arg;

    TERN_ASSERT(pl->c == c && err <= 0);
    pl->c = NULL;
}

static const tern_conn_events events = { .data = on_data, .end = on_end, .closed = on_closed };

static void write_text(play *pl, size_t n)
{
    static const uint8_t text[255 * 64];
    tern_conn_stats      stats;

    if (tern_conn_send_copy(pl->c, text, n * 64) < 0)
        return;
    stats = tern_conn_get_stats(pl->c);
    TERN_ASSERT(stats.written_bytes <= stats.offered_bytes);
    TERN_ASSERT(stats.written_bytes + tern_conn_unsent(pl->c) == tern_conn_position(pl->c));
}

// ---- the peer ------------------------------------------------------------

static void put(play *pl, const void *bytes, size_t n)
{
    (void)!send(pl->peer, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);  // what does not fit is cut off
}

static void say(play *pl, xor_kind kind, const uint8_t *payload, size_t n)
{
    uint8_t record[XOR_MAX_RECORD];

    put(pl, record, xor_codec_put(&pl->codec, kind, payload, n, record));
}

static void greet(play *pl)
{
    uint8_t record[XOR_MAX_RECORD];

    put(pl, record, xor_codec_put_hello(&pl->codec, record));
    put(pl, record, xor_codec_put_ack(&pl->codec, record));
}

static void hear_hello(play *pl)
{
    uint8_t record[XOR_MAX_RECORD];
    ssize_t n;

    TERN_ASSERT(tern_poller_step(pl->p, 0) == 0);
    n = recv(pl->peer, record, sizeof record, MSG_DONTWAIT);
    if (n > XOR_HEADER && record[0] == XOR_HELLO)
        TERN_ASSERT(
            xor_codec_take(&pl->codec, XOR_HELLO, record + XOR_HEADER, (size_t)n - XOR_HEADER));
}

static void drain(play *pl)
{
    static uint8_t bytes[64 * 1024];

    while (recv(pl->peer, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        ;
}

// ---- moves ---------------------------------------------------------------

static void step(play *pl)
{
    TERN_ASSERT(tern_poller_step(pl->p, 0) == 0);
    TERN_ASSERT(tern_pool_get_stats(tern_poller_pool(pl->p)).live_bytes <= MAX_LIVE);
}

// Returns how many bytes of `more` it has used.
static size_t move_peer(play *pl, uint8_t what, const uint8_t *more, size_t n)
{
    switch (what) {
    case 0:
        put(pl, more, n);
        return n;
    case 1:
        say(pl, XOR_TEXT, more, n);
        return n;
    case 2:
        say(pl, XOR_PING, more, n);
        return n;
    case 3:
        say(pl, XOR_BYE, NULL, 0);
        return 0;
    case 4:
        greet(pl);
        return 0;
    case 5:
        drain(pl);
        return 0;
    default:
        (void)shutdown(pl->peer, SHUT_WR);
        return 0;
    }
}

static void move_owner(play *pl, uint8_t what, size_t n)
{
    switch (what) {
    case 0:
        write_text(pl, n);
        return;
    case 1:
        pl->is_paused = true;
        tern_conn_pause(pl->c);
        return;
    case 2:
        pl->is_paused = false;
        tern_conn_resume(pl->c);
        return;
    case 3:
        tern_conn_end(pl->c);
        return;
    case 4:
        pl->has_closed = true;
        tern_conn_close(pl->c);
        return;
    case 5:
        tern_conn_send_now(pl->c);
        return;
    default:
        xor_filter_go_on(xor_filter_of(pl->c));
        return;
    }
}

// Each is two bytes, and what the peer says: who does what, and how much.
static void run(play *pl, const uint8_t *data, size_t size)
{
    while (pl->c && size >= 2) {
        uint8_t what = data[0];
        size_t  n = data[1];

        data += 2;
        size -= 2;
        if (what & 0x80) {
            move_owner(pl, what & 7, n);
        } else if (what & 0x40) {
            size_t used = move_peer(pl, what & 7, data, n < size ? n : size);

            data += used;
            size -= used;
        }
        if (what & 0x20 || !(what & 0xc0))
            step(pl);
    }
}

// ---- beginning and end ---------------------------------------------------

static bool begin(play *pl, uint8_t how)
{
    const xor_filter_opts filter = { .fails = how % XOR_N_STEPS,
                                     .fails_after = 100,
                                     .waits = how & 0x20,
                                     .is_torn = how & 0x40,
                                     .is_credulous = how & 0x80 };
    tern_conn_opts        opts = { .high_water = 64 * 1024 };
    int                   fds[2];

    TERN_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
    pl->p = tern_poller_new(NULL);
    pl->peer = fds[1];
    xor_codec_init(&pl->codec, how);
    opts.filter = xor_filter_new(&filter);
    return tern_conn_new(pl->p, fds[0], &events, pl, &opts, &pl->c) == 0;
}

static void finish(play *pl)
{
    drain(pl);
    close(pl->peer);
    for (int i = 0; pl->c && i < N_LAST_ROUNDS; i++)
        step(pl);
    if (pl->c)
        tern_conn_abort(pl->c);
    tern_poller_free(pl->p);
    TERN_ASSERT(!pl->c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    play pl = { .peer = -1 };

    if (size == 0)
        return 0;
    TERN_ASSERT(begin(&pl, data[0]));
    hear_hello(&pl);
    run(&pl, data + 1, size - 1);
    finish(&pl);
    return 0;
}
