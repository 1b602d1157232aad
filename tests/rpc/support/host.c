#include "tests/rpc/support/host.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/fiber.h>

#include "tests/rpc/support/tls_source.h"
#include "tests/rpc/support/xor_source.h"
#include "tests/support/leak.h"

// ---- addresses -----------------------------------------------------------

// What a client writes, and what the server listens on at the same place.
typedef struct scheme scheme;
struct scheme {
    const char *client, *server;
    bool        has_port;
};

bool host_speaks_grpc(void)
{
    const char *wire = getenv("TERN_TEST_WIRE");

    TERN_ASSERT(!wire || strcmp(wire, "grpc") == 0);
    return wire != NULL;
}

static const scheme *scheme_of(const host *h)
{
    static const scheme native[HOST_N_SCHEMES] = {
        [HOST_TCP] = { "tcp://127.0.0.1", "tcp://127.0.0.1", true },
        [HOST_UNIX] = { "unix:@tern", "unix:@tern", false },
        [HOST_INPROC] = { "inproc:tern", "inproc:tern", false },
        [HOST_FILTERED] = { "tls://127.0.0.1", "tls://127.0.0.1", true },
    };
    static const scheme grpc[HOST_N_SCHEMES] = {
        [HOST_TCP] = { "grpc://127.0.0.1", "tcp://127.0.0.1", true },
        [HOST_UNIX] = { "grpc+unix:@tern", "unix:@tern", false },
        [HOST_INPROC] = { "grpc+inproc:tern", "inproc:tern", false },
        [HOST_FILTERED] = { "grpcs://127.0.0.1", "tls://127.0.0.1", true },
    };

    return host_speaks_grpc() ? &grpc[h->scheme] : &native[h->scheme];
}

// Bound, but it does not listen: until the host's end no other test of this machine gets the port.
static uint16_t reserve_port(host *h)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          len = sizeof sa;
    int                one = 1;

    h->reserved_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    TERN_ASSERT(h->reserved_fd > 0);
    TERN_ASSERT(setsockopt(h->reserved_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0);
    TERN_ASSERT(bind(h->reserved_fd, (struct sockaddr *)&sa, len) == 0);
    TERN_ASSERT(getsockname(h->reserved_fd, (struct sockaddr *)&sa, &len) == 0);
    return ntohs(sa.sin_port);
}

// Tests in sandboxes of their own have the same process numbers, but one space of abstract names.
static uint64_t random_number(void)
{
    uint64_t number;

    TERN_ASSERT(getrandom(&number, sizeof number, 0) == sizeof number);
    return number;
}

static void choose_address(host *h)
{
    const scheme *s = scheme_of(h);

    if (s->has_port)
        snprintf(h->address, sizeof h->address, "%s:%u", s->client, reserve_port(h));
    else
        snprintf(h->address, sizeof h->address, "%s-%016llx", s->client,
                 (unsigned long long)random_number());
}

// As the server says it. One that a test has chosen may have another host, and is the same for both.
static void set_socket(host *h)
{
    const scheme *s = scheme_of(h);
    size_t        len = strlen(s->client);
    bool          is_ours = strncmp(h->address, s->client, len) == 0;

    snprintf(h->socket, sizeof h->socket, "%s%s", is_ours ? s->server : "",
             h->address + (is_ours ? len : 0));
}

static const tern_compression_choice all_of_it = { TERN_COMPRESSION_ANY, TERN_COMPRESS_ALWAYS };

static bool is_compressed(void) { return getenv("TERN_TEST_COMPRESSED") != NULL; }

bool host_are_filtered(void) { return getenv("TERN_TEST_FILTERED") != NULL; }

#ifdef HAS_TLS
const tern_filter_source *host_filters(void)
{
    const char *filtered = getenv("TERN_TEST_FILTERED");

    return filtered && strcmp(filtered, "tls") == 0 ? tls_source() : &xor_source;
}
#else
const tern_filter_source *host_filters(void) { return &xor_source; }
#endif

// ---- in this process -----------------------------------------------------

static void *drive(void *poller)
{
    TERN_ASSERT(tern_poller_run(poller) == 0);
    return NULL;
}

static tern_status start_server(host *h)
{
    bool        has_poller = h->place != HOST_OWN_THREADS;
    tern_status st;

    if (!h->opts.filters)
        h->opts.filters = host_filters();
    if (is_compressed())
        h->opts.compression = all_of_it;
    h->server = tern_listen(h->socket, &h->opts);
    if (h->add_services)
        h->add_services(h->server, h->arg);
    st = tern_server_start(h->server, &h->poller, has_poller);
    if (st.code == TERN_OK && h->place == HOST_ON_THREAD)
        TERN_ASSERT(pthread_create(&h->thread, NULL, drive, h->poller) == 0);
    return st;
}

static void start_here(host *h)
{
    if (h->place == HOST_ON_THREAD)
        h->poller = tern_poller_new(NULL);
    TERN_ASSERT(tern_report(start_server(h)) == 0);
}

static void *wait_until_stopped(void *arg)
{
    host *h = arg;

    TERN_ASSERT(tern_server_wait(h->server).code == TERN_OK);
    tern_poller_stop(h->poller);
    return NULL;
}

// Whoever drives the server's poller cannot wait for the server.
static void stop_here(host *h)
{
    TERN_ASSERT(pthread_create(&h->thread, NULL, wait_until_stopped, h) == 0);
    (void)drive(h->poller);
    pthread_join(h->thread, NULL);
}

static void stop_server(host *h)
{
    tern_server_stop(h->server);
    if (h->place == HOST_HERE)
        stop_here(h);
    else
        TERN_ASSERT(tern_server_wait(h->server).code == TERN_OK);
    if (h->place == HOST_ON_THREAD) {
        tern_poller_stop(h->poller);
        pthread_join(h->thread, NULL);
    }
    tern_server_free(h->server);
    h->server = NULL;
    if (h->place == HOST_ON_THREAD)
        tern_poller_free(h->poller);
}

// ---- in a process --------------------------------------------------------

// Until SIGTERM, which the threads of the server must not get instead.
static void serve_until_asked(host *h, int out)
{
    sigset_t terms;
    int      signo;

    sigemptyset(&terms);
    sigaddset(&terms, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &terms, NULL);
    start_here(h);
    process_say(out, "listening");
    sigwait(&terms, &signo);
    stop_server(h);
}

static int serve_in_child(void *arg, int out)
{
    host      h = *(host *)arg;
    leak_mark mark;

    fail_malloc_start();
    mark = leak_mark_take();
    h.place = HOST_ON_THREAD;
    serve_until_asked(&h, out);
    return leak_check(&mark, stderr) > 0;
}

static void start_process(host *h)
{
    char line[16];

    h->process = process_start(serve_in_child, h);
    process_hear(&h->process, line, sizeof line);
}

void host_kill(host *h)
{
    process_kill(&h->process);
    h->process.pid = 0;
}

void host_freeze(host *h) { process_freeze(&h->process); }

// ---- everywhere ----------------------------------------------------------

static void settle(host *h)
{
    if (host_are_filtered())
        h->scheme = HOST_FILTERED;
    if (!h->address[0])
        choose_address(h);
    set_socket(h);
}

void host_start(host *h)
{
    settle(h);
    if (h->place == HOST_IN_PROCESS)
        start_process(h);
    else
        start_here(h);
}

bool host_try_start(host *h)
{
    TERN_ASSERT(h->place == HOST_HERE);
    settle(h);
    if (start_server(h).code == TERN_OK)
        return true;
    tern_server_free(h->server);
    h->server = NULL;
    return false;
}

tern_channel *host_connect(const char *addresses, const tern_channel_opts *opts)
{
    tern_channel_opts o = opts ? *opts : (tern_channel_opts){ .poller = NULL };

    o.filters = host_filters();
    if (is_compressed())
        o.compression = all_of_it;
    return tern_connect(addresses, &o);
}

void host_stop(host *h)
{
    if (h->place == HOST_IN_PROCESS) {
        TERN_ASSERT(process_end(&h->process) == 0);
        h->process.pid = 0;
    } else {
        stop_server(h);
    }
}

void host_end(host *h)
{
    if (h->server || h->process.pid)
        host_stop(h);
    if (h->reserved_fd)
        close(h->reserved_fd);
    h->reserved_fd = 0;
}

// ---- a fiber on the server's poller ---------------------------------------

typedef struct guest guest;
struct guest {
    void (*fn)(void *arg);
    void *arg;
    bool  has_returned;
};

static void run_guest(void *arg)
{
    guest *g = arg;

    g->fn(g->arg);
    g->has_returned = true;
}

void host_run_fiber(host *h, void (*fn)(void *arg), void *arg)
{
    guest g = { fn, arg, false };

    TERN_ASSERT(tern_fiber_spawn(h->poller, run_guest, &g, NULL, NULL) == 0);
    while (!g.has_returned)
        TERN_ASSERT(tern_poller_step(h->poller, -1) == 0);
}
