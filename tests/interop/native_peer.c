// tests/interop/native_peer.c: the native engine at one end of a socket, to be run against another
// implementation at the other end.
//
//   native_peer server         listens on 127.0.0.1, prints its port, serves one connection:
//     /t/unary    answers with its first message
//     /t/stream   answers each message with itself
//     /t/fail     answers with headers, a status of all parts, and trailing metadata
//   native_peer client <port>  makes calls of the same three paths, where /t/fail is code 13 with the
//                              text "oh no", and checks the answers. Exits with 0 if all were right.
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/rpc/wire_core.h"

static const terni_wire *const wire = &terni_wire_native;

static wire_core core;
static int       fd;

// ---- the loop ------------------------------------------------------------

static bool write_some(void)
{
    struct iovec  iov[16];
    struct msghdr msg = { .msg_iov = iov };
    ssize_t       n;

    msg.msg_iovlen = (size_t)tern_linkbuf_iovec(&core.out, iov, 16);
    n = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    tern_linkbuf_consume(&core.out, (size_t)n);
    return true;
}

static bool read_some(void)
{
    static uint8_t bytes[64 * 1024];
    ssize_t        n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n > 0)
        wire_core_feed(&core, bytes, (size_t)n, 0);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

// One round. False when the connection is over.
static bool turn(void)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    wire->pump(core.engine);
    p.events = (short)(POLLIN | (core.out.len ? POLLOUT : 0));
    if (poll(&p, 1, 20000) <= 0)
        return false;
    if (p.revents & POLLOUT && !write_some())
        return false;
    if (p.revents & (POLLIN | POLLHUP | POLLERR) && !read_some())
        return false;
    return !core.has_failed;
}

// ---- server --------------------------------------------------------------

static bool is_path(const wire_call *call, const char *path)
{
    return call->method && strcmp(call->method, path) == 0;
}

static int write_piece(const terni_body *body, tern_linkbuf *out)
{
    return tern_linkbuf_append(out, body->message, body->size);
}

static void on_message(wire_core *c, wire_call *call, const terni_piece *piece)
{
    const terni_body body = { .size = piece->len, .write = write_piece, .message = piece->data };

    (void)c;
    if (is_path(call, "/t/unary"))
        TERN_ASSERT(wire_core_finish(call, 0, &body) >= 0);
    else if (is_path(call, "/t/stream"))
        TERN_ASSERT(wire_core_send(call, &body, false) == 0);
}

static void fail_fully(wire_call *call)
{
    const terni_meta    meta = { "x-bin", (const uint8_t *)"\0\1\377", 5, 3 };
    const terni_close   close = { .code = 9,
                                  .message = "d\303\251sol\303\251",
                                  .message_len = 8,
                                  .details = (const uint8_t *)"\1\2",
                                  .details_len = 2,
                                  .metadata = { &meta, 1 } };
    const terni_headers headers = { .metadata = { &meta, 1 } };

    TERN_ASSERT(wire->headers(core.engine, &call->stream, &headers) == 0);
    TERN_ASSERT(wire->finish(core.engine, &call->stream, &close, NULL) == 0);
    call->is_over = true;
    core.n_open--;
}

static void on_ended(wire_core *c, wire_call *call)
{
    (void)c;
    if (is_path(call, "/t/fail"))
        fail_fully(call);
    else if (!call->method)
        TERN_ASSERT(wire_core_finish(call, 12, NULL) == 0);
    else if (!(call->stream.flags & TERNI_STREAM_BLOCKED))
        TERN_ASSERT(wire_core_finish(call, 0, NULL) == 0);
}

static void on_writable(wire_core *c, wire_call *call)
{
    if (call->stream.flags & TERNI_STREAM_REMOTE_END && !call->is_over)
        on_ended(c, call);
}

static int serve(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          len = sizeof at;
    int                listener = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(listener, (void *)&at, len) < 0 || listen(listener, 1) < 0 ||
        getsockname(listener, (void *)&at, &len) < 0)
        return 1;
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    fd = accept(listener, NULL, NULL);
    close(listener);
    core.is_quiet = true;
    core.on_message = on_message;
    core.on_ended = on_ended;
    core.on_writable = on_writable;
    while (turn())
        ;
    return core.has_failed || core.n_open ? 1 : 0;
}

// ---- client --------------------------------------------------------------

static void forget_log(void)
{
    memset(core.log, 0, sizeof core.log);
    core.log_len = 0;
    core.is_quiet = false;
}

static bool finish_all(const char *log)
{
    while (core.n_open > 0 && turn())
        ;
    if (core.n_open == 0 && strcmp(core.log, log) == 0)
        return true;
    fprintf(stderr, "expected: %s\nbut got:  %s\n", log, core.log);
    return false;
}

static bool check_unary(void)
{
    forget_log();
    wire_core_call(&core, "/t/unary", "hi", true);
    wire_core_call(&core, "/t/unary", "", true);
    wire_core_call(&core, "/t/unary", "ho", true);
    return finish_all("settled; message 1 hi; closed 0; message 2 ; closed 0; "
                      "message 3 ho; closed 0; ");
}

static bool check_errors(void)
{
    forget_log();
    wire_core_call(&core, "/t/fail", "x", true);
    if (!finish_all("closed 13 oh no; "))
        return false;
    forget_log();
    wire_core_call(&core, "/t/nobody", "x", true);
    return finish_all("closed 12 no such method; ");
}

static bool check_stream(void)
{
    wire_call *call;
    terni_body body = wire_core_count(3000);

    forget_log();
    core.is_quiet = true;
    call = wire_core_call(&core, "/t/stream", NULL, false);
    for (int i = 0; i < 1000; i++) {
        while (call->stream.flags & TERNI_STREAM_BLOCKED)
            if (!turn())
                return false;
        if (wire_core_send(call, &body, i == 999) < 0)
            return false;
    }
    return finish_all("") && call->n_messages == 1000 && call->n_bytes == 3000 * 1000;
}

static bool check_large(void)
{
    terni_open open = { .path = "/t/unary", .path_len = 8 };
    terni_body body = wire_core_count(5 << 20);
    wire_call *one, *two;

    forget_log();
    core.is_quiet = true;
    one = wire_core_call_with(&core, &open, &body, true, NULL);
    two = wire_core_call_with(&core, &open, &body, true, NULL);
    return finish_all("") && one->n_bytes == 5 << 20 && two->n_bytes == 5 << 20;
}

static bool check_many(void)
{
    for (int i = 0; i < 20000; i++) {
        forget_log();
        core.is_quiet = true;
        if (!wire_core_call(&core, "/t/unary", "hello", true) || (i % 50 == 0 && !finish_all("")))
            return false;
    }
    wire_core_cancel(wire_core_call(&core, "/t/unary", "never mind", false));
    return finish_all("");
}

static bool check_ping(void)
{
    forget_log();
    wire->ping(core.engine, 0x42);
    while (!strstr(core.log, "pong 42; "))
        if (!turn())
            return false;
    return true;
}

static int call_all(const char *port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons((uint16_t)atoi(port)) };

    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (void *)&to, sizeof to) < 0)
        return 1;
    return check_unary() && check_errors() && check_stream() && check_large() && check_many() &&
                   check_ping()
               ? 0
               : 1;
}

int main(int argc, char **argv)
{
    bool is_server = argc == 2 && strcmp(argv[1], "server") == 0;
    int  rc;

    if (!is_server && (argc != 3 || strcmp(argv[1], "client") != 0)) {
        fprintf(stderr, "usage: native_peer server | client <port>\n");
        return 2;
    }
    TERN_ASSERT(wire_core_init(&core, wire, is_server ? TERNI_SERVER : TERNI_CLIENT, NULL));
    rc = is_server ? serve() : call_all(argv[2]);
    if (core.has_failed || rc)
        fprintf(stderr, "native_peer: rc %d%s: %s\n", rc, core.has_failed ? ", failed" : "",
                core.log);
    wire_core_done(&core);
    close(fd);
    return rc;
}
