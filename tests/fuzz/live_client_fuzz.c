// A server that says anything to a channel with calls of all kinds: connector, link, and all that is between an engine and a
// caller. Each call ends once, and nothing is left when the channel has gone.
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <tern/channel.h>

#include "tests/fuzz/live.h"
#include "tests/rpc/matrix/kinds.tern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    N_SENT = 3,
    N_CALLS = 5,
    PATIENCE = 200,  // rounds
};

// ---- calls ---------------------------------------------------------------

typedef struct part part;
struct part {
    unsigned n_sent, n_ends;
};

static void end_once(part *p) { TERN_ASSERT(++p->n_ends == 1); }

static void on_unary(tern_status st, const kinds_item *reply, void *arg)
{
    TERN_ASSERT((st.code == TERN_OK) == (reply != NULL));
    end_once(arg);
}

static void on_item(const kinds_item *item, void *arg)
{
    TERN_ASSERT(item && ((part *)arg)->n_ends == 0);
}

static void on_end(tern_status st, void *arg)
{
    (void)st;
    end_once(arg);
}

static void up_writable(kinds_kinds_up_stream *s, void *arg)
{
    part *p = arg;

    if (p->n_sent++ < N_SENT)
        (void)!kinds_kinds_up_send(s, KINDS_ITEM(.number = p->n_sent));  // its end says why not
    else
        kinds_kinds_up_close_send(s);
}

static void both_message(kinds_kinds_both_stream *s, const kinds_item *item, void *arg)
{
    (void)s;
    on_item(item, arg);
}

static void both_writable(kinds_kinds_both_stream *s, void *arg)
{
    part *p = arg;

    if (p->n_sent++ < N_SENT)
        (void)!kinds_kinds_both_send(s, KINDS_ITEM(.number = p->n_sent));
    else
        kinds_kinds_both_close_send(s);
}

static void begin_all(tern_channel *ch, const tern_call_opts *opts, part parts[N_CALLS])
{
    kinds_kinds_unary_async(ch, KINDS_ITEM(.number = 5), opts, on_unary, &parts[0]);
    kinds_kinds_down_async(ch, KINDS_ITEM(.n_replies = 5), opts,
                           &(kinds_kinds_down_events){ .message = on_item, .end = on_end },
                           &parts[1]);
    kinds_kinds_up_async(
        ch, opts, &(kinds_kinds_up_events){ .writable = up_writable, .end = on_unary }, &parts[2]);
    kinds_kinds_both_async(ch, opts,
                           &(kinds_kinds_both_events){
                               .message = both_message, .writable = both_writable, .end = on_end },
                           &parts[3]);
    kinds_kinds_unary_async(ch, KINDS_ITEM(.number = 6), opts, on_unary, &parts[4]);
}

static bool have_ended(const part parts[N_CALLS])
{
    unsigned n = 0;

    for (int i = 0; i < N_CALLS; i++)
        n += parts[i].n_ends;
    return n == N_CALLS;
}

// ---- the server ----------------------------------------------------------

static int listen_once(void)
{
    static int         fd = -1;
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    const char        *name = live_name("server");

    if (fd >= 0)
        return fd;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    memcpy(sa.sun_path + 1, name + 1, strlen(name) - 1);
    TERN_ASSERT(bind(fd, (struct sockaddr *)&sa,
                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
    TERN_ASSERT(listen(fd, 16) == 0);
    return fd;
}

static int await_client(int listener)
{
    int fd = -1;

    for (int i = 0; i < PATIENCE && fd < 0; i++) {
        live_step(0);
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
    TERN_ASSERT(fd >= 0);
    return fd;
}

// What was not processed is tried again: nobody is there any more.
static void refuse_more(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0)
        close(fd);
}

static void serve(int listener, uint8_t how, const uint8_t *data, size_t size)
{
    int fd = await_client(listener);

    live_step(0);
    live_feed(fd, how, /* is_server= */ true, data, size);
    for (int i = 0; how & LIVE_TAKES_ITS_TIME && i < 8; i++)
        live_step(20 * 1000);
    close(fd);
}

static void end_all(int listener, tern_cancel *cancel, const part parts[N_CALLS])
{
    for (int i = 0; i < PATIENCE && !have_ended(parts); i++) {
        live_step(i < 20 ? 0 : 100);
        refuse_more(listener);
        if (i == PATIENCE / 2)
            tern_cancel_fire(cancel);
    }
    TERN_ASSERT(have_ended(parts));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    part         parts[N_CALLS] = { { 0 } };
    int          listener = listen_once();
    tern_cancel *cancel = tern_cancel_new();
    char         address[96];

    TERN_ASSERT(cancel);
    strcpy(address, size && data[0] & LIVE_H2 ? "grpc+unix:" : "unix:");
    strcat(address, live_name("server"));
    {
        TERN_AUTO(tern_channel) *ch =
            tern_connect(address, &(tern_channel_opts){ .poller = live_poller() });

        begin_all(ch, &(tern_call_opts){ .cancel = cancel }, parts);
        serve(listener, size ? data[0] : 0, data + 1, size ? size - 1 : 0);
        end_all(listener, cancel, parts);
        tern_cancel_free(cancel);
    }
    for (int i = 0; i < PATIENCE && tern_poller_n_operators(live_poller()) > 0; i++)
        live_step(i < 8 ? 0 : 1000);
    TERN_ASSERT(tern_poller_n_operators(live_poller()) == 0);
    return 0;
}
