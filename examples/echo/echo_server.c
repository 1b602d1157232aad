// A server that sends back what it gets: frames of a 4-byte big-endian length and that many bytes.
// The whole of a callback server on the transport: a listener, a group of pollers, a data event.
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tern/conn.h>
#include <tern/group.h>
#include <tern/listener.h>

enum {
    HEADER = 4,
    MAX_FRAME = 64 * 1024 * 1024,
    PASS_FROM =
        16 * 1024,  // a frame this long goes back as it comes; a shorter one when it is whole
};

typedef struct echo echo;
struct echo {
    size_t left;  // of a long frame, still to come
};

static tern_poller *main_poller;

static size_t frame_length(const uint8_t *header)
{
    return (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
}

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

// How many bytes at the front of the input can go back now; -1 for a frame that is too long.
static ssize_t ready_bytes(echo *e, const tern_linkbuf *in)
{
    size_t  len = tern_linkbuf_len(in), ready = lesser(e->left, len);
    uint8_t header[HEADER];

    e->left -= ready;
    while (tern_linkbuf_copy_out(in, ready, header, HEADER)) {
        size_t frame = HEADER + frame_length(header);

        if (frame > HEADER + MAX_FRAME)
            return -1;
        if (frame > len - ready && frame < PASS_FROM)
            break;
        e->left = frame - lesser(frame, len - ready);
        ready += frame - e->left;
    }
    return (ssize_t)ready;
}

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    ssize_t ready = ready_bytes(arg, in);

    if (ready < 0 || tern_linkbuf_move(in, (size_t)ready, tern_conn_output(c)) < 0)
        tern_conn_abort(c);
    else if (ready > 0)
        tern_conn_send_now(c);
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    (void)c;
    (void)err;
    free(arg);
}

static const tern_conn_events echo_events = { .data = on_data, .closed = on_closed };

static void serve(tern_poller *poller, int fd, void *arg)
{
    // A peer that takes its time is not read from meanwhile: what it has sent stays with the kernel.
    const tern_conn_opts opts = { .high_water = 64 * 1024 };
    echo                *e = calloc(1, sizeof *e);
    tern_conn           *c;

    (void)arg;
    if (!e) {
        close(fd);
    } else if (tern_conn_new(poller, fd, &echo_events, e, &opts, &c) < 0) {
        free(e);
        e = NULL;
    }
    if (!e)
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
