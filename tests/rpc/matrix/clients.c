#include "tests/rpc/matrix/players.h"

#include <string.h>

#include <tern/fiber.h>

static const unsigned lengths[] = { 0, 1, 100 };

// ---- on a thread, or on a fiber: the same code ---------------------------

static void play_unary(tern_channel *ch)
{
    TERN_AUTO(kinds_item) *reply = NULL, *none = NULL;
    uint8_t load[300];

    memset(load, 7, sizeof load);
    TERN_ASSERT(
        kinds_kinds_unary(ch, KINDS_ITEM(.number = 5, .load = { sizeof load, load }), NULL, &reply)
            .code == TERN_OK);
    TERN_ASSERT(reply->number == 6 && reply->load.len == sizeof load &&
                memcmp(reply->load.data, load, sizeof load) == 0);
    TERN_ASSERT(kinds_kinds_unary(ch, KINDS_ITEM(), NULL, &none).code == TERN_OK);  // 0 bytes
    TERN_ASSERT(none->number == 1 && none->load.len == 0);
}

static void play_down(tern_channel *ch, unsigned n)
{
    TERN_AUTO(kinds_kinds_down_stream) *s = kinds_kinds_down(ch, KINDS_ITEM(.n_replies = n), NULL);
    unsigned got = 0;

    for (const kinds_item *item; (item = kinds_kinds_down_next(s)); got++)
        TERN_ASSERT(item->number == got);
    TERN_ASSERT(kinds_kinds_down_status(s).code == TERN_OK && got == n);
}

static void play_up(tern_channel *ch, unsigned n)
{
    TERN_AUTO(kinds_kinds_up_stream) *s = kinds_kinds_up(ch, NULL);
    TERN_AUTO(kinds_item) *reply = NULL;

    for (unsigned i = 0; i < n; i++)
        TERN_ASSERT(kinds_kinds_up_send(s, KINDS_ITEM(.number = i)) == TERN_OK);
    TERN_ASSERT(kinds_kinds_up_finish(s, &reply).code == TERN_OK && reply->number == n);
}

// Some go ahead, the others follow the answers; then our half is closed first.
static void play_both(tern_channel *ch, unsigned n)
{
    TERN_AUTO(kinds_kinds_both_stream) *s = kinds_kinds_both(ch, NULL);
    unsigned sent = 0, got = 0;

    while (sent < n) {
        TERN_ASSERT(kinds_kinds_both_send(s, KINDS_ITEM(.number = sent++)) == TERN_OK);
        if (sent > 10)
            TERN_ASSERT(kinds_kinds_both_next(s)->number == got++);
    }
    kinds_kinds_both_close_send(s);
    for (const kinds_item *item; (item = kinds_kinds_both_next(s)); got++)
        TERN_ASSERT(item->number == got);
    TERN_ASSERT(kinds_kinds_both_status(s).code == TERN_OK && got == n);
}

static void play_waiting(void *address)
{
    TERN_AUTO(tern_channel) *ch = host_connect(address, NULL);

    play_unary(ch);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        play_down(ch, lengths[i]);
        play_up(ch, lengths[i]);
        play_both(ch, lengths[i]);
    }
}

void players_run(players_style style, void (*fn)(void *arg), void *arg)
{
    if (style == PLAY_ON_THREAD) {
        fn(arg);
    } else {
        TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);

        TERN_ASSERT(tern_fiber_spawn(poller, fn, arg, NULL, NULL) == 0);
        TERN_ASSERT(tern_poller_run_until_idle(poller) == 0);
    }
}

// ---- with callbacks ------------------------------------------------------

typedef struct part part;
struct part {
    unsigned n, n_sent, n_got, n_ends;
};

static void on_unary(tern_status st, const kinds_item *reply, void *arg)
{
    TERN_ASSERT(st.code == TERN_OK && reply->number == 6);
    ((part *)arg)->n_ends++;
}

static void on_item(const kinds_item *item, void *arg)
{
    TERN_ASSERT(item->number == ((part *)arg)->n_got++);
}

static void on_end(tern_status st, void *arg)
{
    part *p = arg;

    TERN_ASSERT(st.code == TERN_OK && p->n_got == p->n);
    p->n_ends++;
}

static void up_writable(kinds_kinds_up_stream *s, void *arg)
{
    part *p = arg;

    if (p->n_sent == p->n)
        kinds_kinds_up_close_send(s);
    else
        TERN_ASSERT(kinds_kinds_up_send(s, KINDS_ITEM(.number = p->n_sent++)) == TERN_OK);
}

static void up_end(tern_status st, const kinds_item *reply, void *arg)
{
    part *p = arg;

    TERN_ASSERT(st.code == TERN_OK && reply->number == p->n);
    p->n_ends++;
}

static void both_message(kinds_kinds_both_stream *s, const kinds_item *item, void *arg)
{
    (void)s;
    on_item(item, arg);
}

static void both_writable(kinds_kinds_both_stream *s, void *arg)
{
    part *p = arg;

    if (p->n_sent == p->n)
        kinds_kinds_both_close_send(s);
    else
        TERN_ASSERT(kinds_kinds_both_send(s, KINDS_ITEM(.number = p->n_sent++)) == TERN_OK);
}

static void play_async(const char *address)
{
    enum { N = sizeof lengths / sizeof lengths[0] };
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    TERN_AUTO(tern_channel) *ch = host_connect(address, &(tern_channel_opts){ .poller = poller });
    part call = { 0 }, down[N], up[N], both[N];

    kinds_kinds_unary_async(ch, KINDS_ITEM(.number = 5), NULL, on_unary, &call);
    for (size_t i = 0; i < N; i++) {
        down[i] = up[i] = both[i] = (part){ .n = lengths[i] };
        kinds_kinds_down_async(ch, KINDS_ITEM(.n_replies = lengths[i]), NULL,
                               &(kinds_kinds_down_events){ .message = on_item, .end = on_end },
                               &down[i]);
        kinds_kinds_up_async(
            ch, NULL, &(kinds_kinds_up_events){ .writable = up_writable, .end = up_end }, &up[i]);
        kinds_kinds_both_async(ch, NULL,
                               &(kinds_kinds_both_events){ .message = both_message,
                                                           .writable = both_writable,
                                                           .end = on_end },
                               &both[i]);
    }
    TERN_ASSERT(tern_poller_run_until_idle(poller) == 0);
    TERN_ASSERT(call.n_ends == 1);
    for (size_t i = 0; i < N; i++)
        TERN_ASSERT(down[i].n_ends == 1 && up[i].n_ends == 1 && both[i].n_ends == 1);
}

void players_play(const char *address, players_style style)
{
    if (style == PLAY_ASYNC)
        play_async(address);
    else
        players_run(style, play_waiting, (void *)(uintptr_t)address);
}
