// The far end of a connection under test: a plain descriptor, and what is said there in the language of the
// connection's filter, where there is one.
#include "tests/transport/net.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/tongue.h"

enum {
    MAX_FDS = 64 * 1024,
    READ = 4096,                // bytes of the socket's that are read at once
    MAX_CLEARED = 1024 * 1024,  // of what is still there when it is closed
};

bool net_has_filter;

// ---- bytes ---------------------------------------------------------------

uint8_t *tongue_bytes_extend(tongue_bytes *b, size_t n)
{
    if (b->len + n > b->cap) {
        b->cap = 2 * (b->len + n);
        b->at = realloc(b->at, b->cap);
        assert_non_null(b->at);
    }
    return b->at + b->len;
}

void tongue_bytes_drop(tongue_bytes *b, size_t n)
{
    b->len -= n;
    if (b->len)
        memmove(b->at, b->at + n, b->len);
    if (b->len > 0 || b->cap <= READ)
        return;
    free(b->at);  // churn_test measures the process
    *b = (tongue_bytes){ .at = NULL };
}

// ---- speakers ------------------------------------------------------------

typedef struct speaker speaker;
struct speaker {
    tongue      *tongue;
    tongue_bytes in, text, out;
    tongue_bytes unsaid;  // text, until it may go: behind our part of the handshake
    int          in_err;  // what follows `text`: 0, the end (1) or -errno
    bool         has_said_goodbye;
    bool         is_ending, is_closing;  // when `out` is out
};

static speaker   *speakers[MAX_FDS];
static atomic_int n_fds;  // above it there are none

static speaker *speaker_of(int fd) { return fd >= 0 && fd < MAX_FDS ? speakers[fd] : NULL; }

static void forget(int fd)
{
    speaker *s = speaker_of(fd);

    if (!s)
        return;
    tongue_spoken.free(s->tongue);
    free(s->in.at);
    free(s->text.at);
    free(s->out.at);
    free(s->unsaid.at);
    free(s);
    speakers[fd] = NULL;
}

static void flush(int fd, speaker *s)
{
    ssize_t n = 0;

    if (s->out.len)
        n = send(fd, s->out.at, s->out.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        n = (ssize_t)s->out.len;  // nobody will read it
    if (n > 0)
        tongue_bytes_drop(&s->out, (size_t)n);
    if (s->out.len)
        return;
    if (s->is_ending)
        (void)shutdown(fd, SHUT_WR);
    s->is_ending = false;
}

static void say_text(speaker *s, const void *data, size_t n)
{
    if (tongue_spoken.may_speak(s->tongue)) {
        tongue_spoken.say(s->tongue, data, n, &s->out);
        return;
    }
    memcpy(tongue_bytes_extend(&s->unsaid, n), data, n);
    s->unsaid.len += n;
}

static void say_goodbye(speaker *s)
{
    if (tongue_spoken.may_speak(s->tongue) && !s->has_said_goodbye)
        tongue_spoken.say_goodbye(s->tongue, &s->out);
    s->is_ending = s->has_said_goodbye = true;
}

void net_speak(int fd)
{
    speaker *s;

    if (!net_has_filter)
        return;
    assert_in_range(fd, 0, MAX_FDS - 1);
    forget(fd);
    s = speakers[fd] = calloc(1, sizeof *s);
    assert_non_null(s);
    for (int n = n_fds; n <= fd && !atomic_compare_exchange_weak(&n_fds, &n, fd + 1);)
        ;
    s->tongue = tongue_spoken.make(fd, &s->out);
    flush(fd, s);
}

// ---- hearing -------------------------------------------------------------

// All that is whole of `in`.
static void hear(int fd, speaker *s)
{
    int end = s->in_err ? 0 : tongue_spoken.hear(s->tongue, &s->in, &s->text, &s->out);

    if (s->unsaid.len && tongue_spoken.may_speak(s->tongue)) {
        tongue_spoken.say(s->tongue, s->unsaid.at, s->unsaid.len, &s->out);
        tongue_bytes_drop(&s->unsaid, s->unsaid.len);
    }
    if (end)
        s->in_err = end;
    flush(fd, s);
}

// One read of the socket. False: there was nothing.
static bool listen_once(int fd, speaker *s)
{
    ssize_t n = recv(fd, tongue_bytes_extend(&s->in, READ), READ, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return false;
    if (n > 0)
        s->in.len += (size_t)n;
    hear(fd, s);
    if (n <= 0 && !s->in_err)
        s->in_err = n < 0 ? -errno : 1;
    return n > 0;
}

static ssize_t read_text(int fd, speaker *s, void *buf, size_t n)
{
    flush(fd, s);
    while (s->text.len == 0 && !s->in_err && listen_once(fd, s))
        ;
    if (s->text.len == 0)
        return s->in_err == 1 ? 0 : s->in_err ? s->in_err : -EAGAIN;
    n = n < s->text.len ? n : s->text.len;
    memcpy(buf, s->text.at, n);
    tongue_bytes_drop(&s->text, n);
    return (ssize_t)n;
}

// ---- what tests use ------------------------------------------------------

void net_write(int fd, const void *data, size_t n)
{
    speaker *s = speaker_of(fd);

    if (!s) {
        assert_int_equal(send(fd, data, n, MSG_NOSIGNAL), (ssize_t)n);
        return;
    }
    say_text(s, data, n);
    flush(fd, s);
}

ssize_t net_send(int fd, const void *data, size_t n)
{
    speaker *s = speaker_of(fd);
    ssize_t  sent;

    if (!s) {
        sent = send(fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        return sent < 0 ? -errno : sent;
    }
    flush(fd, s);
    if (s->out.len)
        return -EAGAIN;
    n = n < READ ? n : READ;
    say_text(s, data, n);
    flush(fd, s);
    return (ssize_t)n;
}

ssize_t net_read(int fd, void *buf, size_t n)
{
    speaker *s = speaker_of(fd);
    ssize_t  got;

    if (s)
        return read_text(fd, s, buf, n);
    got = recv(fd, buf, n, MSG_DONTWAIT);
    return got < 0 ? -errno : got;
}

ssize_t net_await(int fd, void *buf, size_t n)
{
    ssize_t got;

    while ((got = net_read(fd, buf, n)) == -EAGAIN)
        (void)poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1);
    return got;
}

int net_drain(int fd, size_t *n)
{
    static char buf[64 * 1024];  // what is read does not matter, so threads may share it
    ssize_t     got;

    while ((got = net_read(fd, buf, sizeof buf)) > 0)
        *n += (size_t)got;
    if (got == 0)
        return 1;
    return got == -EAGAIN ? 0 : (int)got;
}

void net_shutdown(int fd)
{
    speaker *s = speaker_of(fd);

    if (!s) {
        (void)shutdown(fd, SHUT_WR);
        return;
    }
    say_goodbye(s);
    flush(fd, s);
}

void net_reset(int fd)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

    forget(fd);
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

// What the filter has said by itself must not make a reset of the end.
static void clear(int fd)
{
    static char buf[64 * 1024];
    ssize_t     n = 0, all = 0;

    while (all < MAX_CLEARED && (n = recv(fd, buf, sizeof buf, MSG_DONTWAIT)) > 0)
        all += n;
}

static void close_if_out(int fd, speaker *s)
{
    flush(fd, s);
    if (s->out.len)
        return;
    forget(fd);
    clear(fd);
    close(fd);
}

void net_close(int fd)
{
    speaker *s = speaker_of(fd);

    if (!s) {
        close(fd);
        return;
    }
    while (!tongue_spoken.is_established(s->tongue) && !s->in_err && listen_once(fd, s))
        ;
    say_goodbye(s);
    s->is_closing = true;
    close_if_out(fd, s);
}

// Without goodbye.
void net_cut(int fd)
{
    if (speaker_of(fd))
        clear(fd);
    forget(fd);
    close(fd);
}

void net_turn_peers(void)
{
    for (int fd = 0; fd < n_fds; fd++) {
        speaker *s = speakers[fd];

        if (!s)
            continue;
        if (!tongue_spoken.is_established(s->tongue) && !s->in_err)
            (void)listen_once(fd, s);
        else
            flush(fd, s);
        if (s->is_closing)
            close_if_out(fd, s);
    }
}

void net_forget_peers(void)
{
    for (int fd = 0; fd < n_fds; fd++)
        if (speakers[fd] && speakers[fd]->is_closing)
            net_cut(fd);
        else
            forget(fd);
    n_fds = 0;
}
