// A client of echo_server: sends frames of a 4-byte big-endian length and that many bytes, one after
// another, and shows what comes back and how long it took. The whole of a callback client on the transport:
// dial, then a connection with three events.
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tern/conn.h>
#include <tern/dialer.h>

enum {
    MAX_SIZE = 64 * 1024 * 1024,
    MAX_COUNT = 1000 * 1000,
    HEADER = 4,
    PREVIEW = 24,  // bytes of a message that are shown
    TIMEOUT_S = 5,
};

typedef struct client client;
struct client {
    const char  *address;
    size_t       size;  // bytes of a message
    unsigned     count;
    tern_poller *poller;
    tern_conn   *conn;
    uint8_t     *frame;  // what was sent last: header and message
    unsigned     n_replies;
    uint64_t     sent_ns, shortest_ns, longest_ns, total_ns;
    int          exit_code;
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * TERN_NS_PER_S + (uint64_t)t.tv_nsec;
}

static double as_us(uint64_t ns) { return (double)ns / 1000.0; }

// ---- sending -------------------------------------------------------------

static void write_frame(client *c)
{
    char   text[32];
    size_t len = (size_t)snprintf(text, sizeof text, "message %u, ", c->n_replies + 1);

    c->frame[0] = (uint8_t)(c->size >> 24);
    c->frame[1] = (uint8_t)(c->size >> 16);
    c->frame[2] = (uint8_t)(c->size >> 8);
    c->frame[3] = (uint8_t)c->size;
    for (size_t i = 0; i < c->size; i++)
        c->frame[HEADER + i] = (uint8_t)text[i % len];
}

static void send_next(client *c)
{
    write_frame(c);
    c->sent_ns = now_ns();
    if (tern_conn_send_copy(c->conn, c->frame, HEADER + c->size) < 0) {
        fprintf(stderr, "echo_client: out of memory\n");
        tern_conn_abort(c->conn);
        return;
    }
    tern_conn_set_read_deadline(c->conn, tern_poller_now_ns(c->poller) + TIMEOUT_S * TERN_NS_PER_S);
}

// ---- receiving -----------------------------------------------------------

static int preview_of(const client *c) { return (int)(c->size < PREVIEW ? c->size : PREVIEW); }

static void note_reply(client *c, const uint8_t *reply)
{
    uint64_t took_ns = now_ns() - c->sent_ns;

    c->n_replies++;
    c->total_ns += took_ns;
    if (took_ns < c->shortest_ns)
        c->shortest_ns = took_ns;
    if (took_ns > c->longest_ns)
        c->longest_ns = took_ns;
    printf("sent %zu bytes \"%.*s\", got back \"%.*s\" after %.1f us\n", c->size, preview_of(c),
           (const char *)c->frame + HEADER, preview_of(c), (const char *)reply + HEADER,
           as_us(took_ns));
}

static void on_data(tern_conn *conn, tern_linkbuf *in, void *arg)
{
    client        *c = arg;
    const uint8_t *reply;

    if (tern_linkbuf_len(in) < HEADER + c->size) {
        tern_conn_expect(conn, HEADER + c->size);
        return;
    }
    reply = tern_linkbuf_peek(in, HEADER + c->size);
    if (!reply || memcmp(reply, c->frame, HEADER + c->size) != 0) {
        fprintf(stderr, "echo_client: %s: what came back is not what was sent\n", c->address);
        tern_conn_abort(conn);
        return;
    }
    note_reply(c, reply);
    tern_linkbuf_consume(in, HEADER + c->size);
    if (c->n_replies < c->count)
        send_next(c);
    else
        tern_conn_close(conn);
}

static void explain_end(const client *c, int err)
{
    if (err == -ETIMEDOUT)
        fprintf(stderr, "echo_client: %s: no reply within %d s\n", c->address, TIMEOUT_S);
    else if (err == 0)
        fprintf(stderr,
                "echo_client: %s: the server closed the connection after %u of %u replies\n",
                c->address, c->n_replies, c->count);
    else if (err != -ECANCELED)  // our own abort has said why
        fprintf(stderr, "echo_client: %s: the connection broke after %u of %u replies: %s\n",
                c->address, c->n_replies, c->count, strerror(-err));
}

static void on_closed(tern_conn *conn, int err, void *arg)
{
    client *c = arg;

    (void)conn;
    c->exit_code = c->n_replies == c->count ? 0 : 1;
    if (c->exit_code != 0)
        explain_end(c, err);
    tern_poller_stop(c->poller);
}

static const tern_conn_events client_events = { .data = on_data, .closed = on_closed };

// ---- connecting ----------------------------------------------------------

static void explain_dial(const client *c, int err)
{
    bool is_tcp = strncmp(c->address, "tcp:", 4) == 0;
    bool is_absent = err == -ECONNREFUSED || (err == -ENOENT && !is_tcp);

    fprintf(stderr, "echo_client: cannot connect to %s: %s%s\n", c->address,
            err == -ENOENT && is_tcp ? "unknown host" : strerror(-err),
            is_absent ? " (is echo_server running there?)" : "");
}

static void on_dialed(int fd, void *arg)
{
    // A message may be longer than the high-water mark. Were we not to read while it is on its way, and the
    // server neither while its reply is, both would wait for ever.
    static const tern_conn_opts opts = { .never_pause = true };
    client                     *c = arg;
    int err = fd < 0 ? fd : tern_conn_new(c->poller, fd, &client_events, c, &opts, &c->conn);

    if (err < 0) {
        explain_dial(c, err);
        tern_poller_stop(c->poller);
        return;
    }
    send_next(c);
}

static int start(client *c)
{
    tern_address address;
    tern_dialer *dialer;
    const char  *why;
    int          err;

    if (tern_address_parse(c->address, &why, &address) < 0) {
        fprintf(stderr, "echo_client: \"%s\": %s\n", c->address, why);
        return -EINVAL;
    }
    err = tern_dial(c->poller, &address, tern_poller_now_ns(c->poller) + TIMEOUT_S * TERN_NS_PER_S,
                    on_dialed, c, &dialer);
    if (err < 0)
        explain_dial(c, err);
    return err;
}

// ---- the program ---------------------------------------------------------

static void usage(FILE *out)
{
    fputs("usage: echo_client [--connect ADDRESS] [--count N] [--size BYTES]\n"
          "  ADDRESS  tcp://HOST:PORT, unix:///PATH or unix:@NAME (tcp://127.0.0.1:7000)\n"
          "  N        messages, one after another (3)\n"
          "  BYTES    of each message (64)\n",
          out);
}

static unsigned long parse_number(const char *name, const char *text, unsigned long max)
{
    char         *end;
    unsigned long n = strtoul(text, &end, 10);

    if (*text >= '0' && *text <= '9' && *end == '\0' && n >= 1 && n <= max)
        return n;
    fprintf(stderr, "echo_client: --%s must be a number from 1 to %lu, not \"%s\"\n", name, max,
            text);
    exit(2);
}

static void parse_options(client *c, int argc, char **argv)
{
    static const struct option names[] = {
        { "connect", required_argument, NULL, 'a' },
        { "count", required_argument, NULL, 'n' },
        { "size", required_argument, NULL, 's' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };

    for (int o; (o = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (o == 'a') {
            c->address = optarg;
        } else if (o == 'n') {
            c->count = (unsigned)parse_number("count", optarg, MAX_COUNT);
        } else if (o == 's') {
            c->size = parse_number("size", optarg, MAX_SIZE);
        } else {
            usage(o == 'h' ? stdout : stderr);
            exit(o == 'h' ? 0 : 2);
        }
    }
    if (optind < argc) {
        usage(stderr);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    client c = { .address = "tcp://127.0.0.1:7000",
                 .size = 64,
                 .count = 3,
                 .shortest_ns = UINT64_MAX,
                 .exit_code = 1 };

    parse_options(&c, argc, argv);
    c.poller = tern_poller_new(NULL);
    c.frame = malloc(HEADER + c.size);
    if (c.poller && c.frame && start(&c) == 0 && tern_poller_run(c.poller) < 0)
        c.exit_code = 1;
    if (c.exit_code == 0)
        printf("%u round trips: shortest %.1f us, mean %.1f us, longest %.1f us\n", c.n_replies,
               as_us(c.shortest_ns), as_us(c.total_ns / c.n_replies), as_us(c.longest_ns));
    tern_poller_free(c.poller);
    free(c.frame);
    return c.exit_code;
}
