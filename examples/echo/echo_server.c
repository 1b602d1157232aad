// A server that sends back what it gets: frames of a 4-byte big-endian length and that many bytes.
// The whole of a callback server on the transport: a listener, a group of pollers, a data event.
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/conn.h>
#include <tern/group.h>
#include <tern/listener.h>

enum { MAX_FRAME = 64 * 1024 * 1024, HEADER = 4 };

static tern_poller *main_poller;

static size_t frame_length(const uint8_t *header)
{
    return (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
}

// How many bytes of the input are whole frames; announces a long one that is still coming.
static size_t whole_frames(tern_conn *c, tern_linkbuf *in)
{
    size_t  whole = 0, left = tern_linkbuf_len(in);
    uint8_t header[HEADER];

    while (tern_linkbuf_copy_out(in, whole, header, HEADER)) {
        size_t len = frame_length(header);

        if (len > MAX_FRAME) {
            tern_conn_abort(c);
            return 0;
        }
        if (left < HEADER + len) {
            if (whole == 0)
                tern_conn_expect(c, HEADER + len);
            break;
        }
        whole += HEADER + len;
        left -= HEADER + len;
    }
    return whole;
}

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    size_t whole = whole_frames(c, in);

    (void)arg;
    if (whole == 0)
        return;
    if (tern_linkbuf_move(in, whole, tern_conn_output(c)) < 0)
        tern_conn_abort(c);
    else
        tern_conn_send(c);
}

static const tern_conn_events echo_events = { .data = on_data };

static void serve(tern_poller *poller, int fd, void *arg)
{
    tern_conn *c;

    (void)arg;
    if (tern_conn_new(poller, fd, &echo_events, NULL, NULL, &c) < 0)
        fprintf(stderr, "echo_server: a connection could not be served\n");
}

static void on_accept(tern_listener *l, int fd, void *arg)
{
    tern_group *group = arg;

    (void)l;
    if (!group)
        serve(main_poller, fd, NULL);
    else if (tern_group_give(group, fd, serve, NULL) < 0)
        fprintf(stderr, "echo_server: out of memory\n");
}

static void on_signal(int signo)
{
    (void)signo;
    tern_poller_stop(main_poller);
}

static void usage(FILE *out)
{
    fputs("usage: echo_server [--listen ADDRESS] [--pollers N] [--backend epoll|uring]\n"
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
    tern_poller_run(main_poller);
    tern_listener_close(listener);
    tern_group_free(group);
    tern_poller_free(main_poller);
    return 0;
}
