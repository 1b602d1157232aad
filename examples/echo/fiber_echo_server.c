// The echo server in blocking style: a fiber for each connection, sequential code, the same wire and flags
// as echo_server. What comes is moved to the output, not copied; the poller sends at the end of its
// round all that its fibers have written.
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/conn_io.h>
#include <tern/fiber.h>
#include <tern/group.h>
#include <tern/listener.h>

enum { MAX_FRAME = 64 * 1024 * 1024, HEADER = 4 };

static tern_poller *main_poller;

static size_t frame_length(const uint8_t *header)
{
    return (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
}

// One frame: > 0, 0 at the end, or -errno.
static ssize_t echo_frame(tern_conn *c)
{
    uint8_t header[HEADER];
    size_t  len;
    ssize_t n;

    if ((n = tern_conn_fill(c, HEADER)) < HEADER)
        return n < 0 ? n : 0;
    (void)tern_linkbuf_copy_out(tern_conn_input(c), 0, header, HEADER);
    if (frame_length(header) > MAX_FRAME)
        return -EMSGSIZE;
    len = HEADER + frame_length(header);
    if ((n = tern_conn_fill(c, len)) < (ssize_t)len)
        return n < 0 ? n : 0;
    if ((n = tern_linkbuf_move(tern_conn_input(c), len, tern_conn_output(c))) < 0)
        return n;
    tern_conn_send(c);
    return tern_conn_is_choked(c) && (n = tern_conn_flush(c)) < 0 ? n : 1;
}

static void echo(void *conn)
{
    ssize_t n;

    while ((n = echo_frame(conn)) > 0)
        ;
    if (n == 0)
        tern_conn_close(conn);
    else
        tern_conn_abort(conn);
}

static void serve(tern_poller *poller, int fd, void *arg)
{
    tern_conn *c;

    (void)arg;
    if (tern_conn_io_new(poller, fd, NULL, &c) < 0) {
        fprintf(stderr, "fiber_echo_server: a connection could not be served\n");
    } else if (tern_fiber_run(poller, echo, c) < 0) {
        fprintf(stderr, "fiber_echo_server: out of memory\n");
        tern_conn_abort(c);
    }
}

static void on_accept(tern_listener *l, int fd, void *arg)
{
    tern_group *group = arg;

    (void)l;
    if (!group)
        serve(main_poller, fd, NULL);
    else if (tern_group_give(group, fd, serve, NULL) < 0)
        fprintf(stderr, "fiber_echo_server: out of memory\n");
}

static void on_signal(int signo)
{
    (void)signo;
    tern_poller_stop(main_poller);
}

static void usage(FILE *out)
{
    fputs("usage: fiber_echo_server [--listen ADDRESS] [--pollers N] [--backend epoll|uring]\n"
          "  ADDRESS  tcp://127.0.0.1:PORT (0 lets the kernel choose), unix:///PATH, unix:@NAME\n"
          "  N        threads that serve connections; 1 serves them on the main thread\n",
          out);
}

typedef struct options options;
struct options {
    const char  *address;
    unsigned     n_pollers;
    tern_backend backend;
};

static options parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        { "listen", required_argument, NULL, 'l' },
        { "pollers", required_argument, NULL, 'p' },
        { "backend", required_argument, NULL, 'b' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    options o = { "tcp://127.0.0.1:7000", 1, TERN_BACKEND_EPOLL };

    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'l') {
            o.address = optarg;
        } else if (c == 'p') {
            o.n_pollers = (unsigned)strtoul(optarg, NULL, 10);
        } else if (c == 'b') {
            o.backend = strcmp(optarg, "uring") ? TERN_BACKEND_EPOLL : TERN_BACKEND_URING;
        } else {
            usage(c == 'h' ? stdout : stderr);
            exit(c == 'h' ? 0 : 2);
        }
    }
    return o;
}

int main(int argc, char **argv)
{
    options        o = parse_options(argc, argv);
    tern_group    *group = NULL;
    tern_listener *listener;
    int            err;

    main_poller = tern_poller_new(&(tern_poller_opts){ .backend = o.backend });
    if (!main_poller)
        return 1;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (o.n_pollers != 1 &&
        tern_group_new(&(tern_group_opts){ .n_pollers = o.n_pollers, .backend = o.backend },
                       &group) < 0)
        return 1;
    if (tern_listener_new(main_poller, o.address, NULL, on_accept, group, &listener) < 0)
        return 1;
    printf("listening on %s\n", tern_listener_address(listener));
    fflush(stdout);
    err = tern_poller_run(main_poller);
    tern_listener_close(listener);
    tern_group_free(group);
    tern_poller_free(main_poller);
    return err < 0;
}
