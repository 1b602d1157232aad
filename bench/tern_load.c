// bench/tern_load.c: the load generator on Tern's own client: the same options and the same result as
// bench/load, but requests are messages, encoded for every call, and replies are decoded. It prices both
// ends. One thread, one poller, a channel per connection.
//
// --wire native: unary calls (also the default). --wire grpc: the same over HTTP/2, to any server that speaks it.
// --wire native-stream: a bidi stream per connection.
// --wire native-hold: makes `depth` calls on each connection that stay outstanding, tells what memory
// that takes on both sides, and gives them up.
#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include <tern/address.h>

#include "bench/address.h"
#include "bench/clock.h"
#include "bench/measurement.h"
#include "bench/schedule.h"
#include "bench/workload.h"
#include "echo.tern.h"

enum { ANSWER_TIMEOUT_MS = 10000 };

typedef struct line line;

struct slot {
    line    *line;
    uint64_t start_ns;
    int64_t  id;
};

// One connection, and the calls on it. On a stream they end in order, and slots are a ring; else a
// stack of free ones.
struct line {
    tern_channel           *channel;
    bench_echo_chat_stream *stream;  // NULL until it can be written to
    bool                    is_awake, is_over;
    struct slot            *slots, **free_slots;
    size_t                  n_outstanding;
    uint64_t                n_started;
    uint64_t                n_sent, n_ended;  // of a stream
};

struct load {
    struct workload     workload;
    bool                is_stream, is_holding, is_giving_up;
    tern_poller        *poller;
    tern_timer          phase_timer;
    bool                is_phase_over, is_draining;
    line               *lines, *idle;
    size_t              n_outstanding;
    ProtobufCBinaryData payload;
    struct measurement  measurement;
    uint64_t            n_errors;
    uint64_t            n_begun;  // calls that are measured

    // Open loop.
    struct schedule schedule;
    tern_task       due_task;
    bool            is_due_posted;
};

static struct load load;

static bool is_open_loop(void) { return load.workload.rate > 0; }

static bool is_idle(const line *n)
{
    return n >= load.idle && n < load.idle + load.workload.n_idle;
}

static size_t depth_of(const line *n) { return is_idle(n) ? 1 : load.workload.depth; }

// ---- the end of a call ---------------------------------------------------

static bool is_right(const bench_echo_message *reply, const struct slot *slot)
{
    return reply->id == slot->id && reply->payload.len == load.payload.len &&
           (!load.workload.is_checked || load.payload.len == 0 ||
            memcmp(reply->payload.data, load.payload.data, load.payload.len) == 0);
}

static bool start_call(line *n, uint64_t start_ns);

static void end_call(const struct slot *slot, const bench_echo_message *reply)
{
    const uint64_t now_ns = tern_poller_now_ns(load.poller);
    const uint64_t start_ns = slot->start_ns;
    line          *n = slot->line;

    n->n_outstanding--;
    load.n_outstanding--;
    if (load.is_giving_up)
        return;
    if (!reply || !is_right(reply, slot)) {
        load.n_errors++;
        return;
    }
    histogram_record(&load.measurement.latency, now_ns > start_ns ? now_ns - start_ns : 0);
    if (!is_open_loop() && !load.is_draining && !is_idle(n))
        start_call(n, now_ns);
}

// ---- unary ---------------------------------------------------------------

static void on_reply(tern_status st, const bench_echo_message *reply, void *arg)
{
    struct slot *slot = arg;
    line        *n = slot->line;

    if (st.code != TERN_OK && load.n_errors == 0 && !load.is_giving_up)
        warnx("a call failed: %s", st.msg);
    n->free_slots[depth_of(n) - n->n_outstanding] = slot;
    end_call(slot, st.code == TERN_OK ? reply : NULL);
}

static void send_unary(line *n, uint64_t start_ns)
{
    struct slot *slot = n->free_slots[depth_of(n) - 1 - n->n_outstanding];

    slot->start_ns = start_ns;
    slot->id = (int64_t)++n->n_started;
    (load.is_holding ? bench_echo_hold_async : bench_echo_echo_async)(
        n->channel, BENCH_ECHO_MESSAGE(.id = slot->id, .payload = load.payload), NULL, on_reply,
        slot);
}

// ---- streams -------------------------------------------------------------

static void on_message(bench_echo_chat_stream *stream, const bench_echo_message *msg, void *arg)
{
    line *n = arg;

    (void)stream;
    end_call(&n->slots[n->n_ended++ % depth_of(n)], msg);
}

static void send_next(line *n)
{
    const struct slot *slot = &n->slots[n->n_sent++ % depth_of(n)];

    if (bench_echo_chat_send(
            n->stream, BENCH_ECHO_MESSAGE(.id = slot->id, .payload = load.payload)) != TERN_OK)
        load.n_errors++;
}

static void on_writable(bench_echo_chat_stream *stream, void *arg)
{
    line *n = arg;

    n->stream = stream;
    n->is_awake = n->n_sent < n->n_started;
    if (n->is_awake)
        send_next(n);
    else if (n->is_over)
        bench_echo_chat_close_send(stream);
}

static void on_stream_end(tern_status st, void *arg)
{
    line *n = arg;

    if (st.code != TERN_OK)
        warnx("a stream failed: %s", st.msg);
    if (st.code != TERN_OK || !n->is_over)
        load.n_errors += n->n_outstanding > 0 ? n->n_outstanding : 1;
    load.n_outstanding -= n->n_outstanding;
    n->n_outstanding = 0;
    n->stream = NULL;
}

static void wake(line *n)
{
    if (n->stream && !n->is_awake) {
        n->is_awake = true;
        bench_echo_chat_wake(n->stream);
    }
}

static void open_stream(line *n)
{
    static const bench_echo_chat_events events = { on_message, on_writable, on_stream_end };

    bench_echo_chat_async(n->channel, NULL, &events, n);
}

// ---- the start of a call -------------------------------------------------

// All that there are to be.
static bool have_all_begun(void)
{
    return load.workload.n_calls > 0 && load.n_begun == load.workload.n_calls;
}

// False when the connection has as many outstanding as it may, or there are to be no more.
static bool start_call(line *n, uint64_t start_ns)
{
    if (n->n_outstanding == depth_of(n) || (!load.is_draining && have_all_begun()))
        return false;
    load.n_begun += !load.is_draining;
    if (load.is_stream) {
        struct slot *slot = &n->slots[n->n_started++ % depth_of(n)];

        slot->start_ns = start_ns;
        slot->id = (int64_t)n->n_started;
        wake(n);
    } else {
        send_unary(n, start_ns);
    }
    n->n_outstanding++;
    load.n_outstanding++;
    return true;
}

static bool start_due_call(void *arg, size_t nth, uint64_t due_ns)
{
    (void)arg;
    return start_call(&load.lines[nth], due_ns);
}

// ---- the loop ------------------------------------------------------------

static void on_phase_over(tern_timer *t)
{
    (void)t;
    load.is_phase_over = true;
}

// A wait that ends when the next call is due: the poller's own timers have ticks of a millisecond.
static void wait_until_due(void)
{
    struct pollfd   p = { .fd = tern_poller_fd(load.poller), .events = POLLIN };
    struct timespec timeout =
        schedule_wait(&load.schedule, tern_poller_next_ns(load.poller), clock_ns(CLOCK_MONOTONIC));

    ppoll(&p, 1, &timeout, NULL);
}

// On the poller, where calls with callbacks are made.
static void start_due(tern_task *task)
{
    (void)task;
    load.is_due_posted = false;
    schedule_run(&load.schedule, clock_ns(CLOCK_MONOTONIC), start_due_call, NULL);
}

static void step(int timeout_ms)
{
    if (tern_poller_step(load.poller, timeout_ms) < 0)
        errx(1, "the poller has died");
}

static void run_open_round(void)
{
    if (!load.is_due_posted)
        tern_poller_post(load.poller, &load.due_task);
    load.is_due_posted = true;
    step(0);
    if (tern_poller_next_ns(load.poller) > 0)
        wait_until_due();
}

static void arm_phase_timer(double seconds)
{
    load.is_phase_over = false;
    tern_timer_set(tern_poller_wheel(load.poller), &load.phase_timer,
                   clock_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9));
}

static void run_round(void)
{
    if (is_open_loop() && !have_all_begun())
        run_open_round();
    else
        step(-1);
}

static void run_for(double seconds)
{
    arm_phase_timer(seconds);
    while (!load.is_phase_over)
        run_round();
}

// A failure ends it: what a broken stream has not begun it never will.
static void run_calls(uint64_t n_calls)
{
    while (load.measurement.latency.n_values < n_calls && load.n_errors == 0)
        run_round();
}

static void run_until_answered(const char *what)
{
    arm_phase_timer(ANSWER_TIMEOUT_MS / 1e3);
    while (load.n_outstanding > 0 && !load.is_phase_over)
        step(-1);
    if (load.n_outstanding > 0)
        warnx("%zu calls %s were not answered", load.n_outstanding, what);
    load.n_errors += load.n_outstanding;
}

// ---- life ----------------------------------------------------------------

static void *allocate(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (!p)
        err(1, "memory");
    return p;
}

// The wire is chosen by the address.
static tern_channel *connect_to(const struct workload *w)
{
    const char *rest = strchr(w->address, ':');
    char        address[TERN_MAX_ADDRESS];

    if (strcmp(w->wire, "grpc") != 0 || !rest)
        return tern_connect(w->address, &(tern_channel_opts){ .poller = load.poller });
    snprintf(address, sizeof address, "grpc%s", rest);
    return tern_connect(address, &(tern_channel_opts){ .poller = load.poller });
}

static void open_line(line *n, size_t depth)
{
    n->channel = connect_to(&load.workload);
    n->slots = allocate(depth, sizeof *n->slots);
    n->free_slots = allocate(depth, sizeof(struct slot *));
    for (size_t i = 0; i < depth; i++) {
        n->slots[i].line = n;
        n->free_slots[i] = &n->slots[i];
    }
    if (load.is_stream)
        open_stream(n);
}

// One call on each, so that all connections stand before anything is measured.
static void open_lines(void)
{
    const struct workload *w = &load.workload;

    load.is_draining = true;
    for (size_t i = 0; i < w->n_idle; i++) {
        open_line(&load.idle[i], 1);
        start_call(&load.idle[i], clock_ns(CLOCK_MONOTONIC));
    }
    for (size_t i = 0; i < w->n_conns; i++) {
        open_line(&load.lines[i], w->depth);
        start_call(&load.lines[i], clock_ns(CLOCK_MONOTONIC));
    }
    run_until_answered("that come first");
    if (load.n_errors > 0)
        exit(1);
    load.is_draining = false;
}

static void free_lines(line *lines, size_t n_lines)
{
    for (size_t i = 0; i < n_lines; i++) {
        free(lines[i].slots);
        free(lines[i].free_slots);
    }
    free(lines);
}

static void end_streams(line *lines, size_t n_lines)
{
    for (size_t i = 0; i < n_lines; i++) {
        lines[i].is_over = true;
        wake(&lines[i]);
    }
}

static void start_all(void)
{
    load.due_task.run = start_due;
    schedule_start(&load.schedule, load.workload.rate, load.workload.n_conns,
                   clock_ns(CLOCK_MONOTONIC));
    if (is_open_loop())
        return;
    for (size_t i = 0; i < load.workload.n_conns; i++)
        while (start_call(&load.lines[i], load.schedule.first_due_ns))
            ;
}

static void load_init(const struct workload *w)
{
    address_raise_fd_limit();
    prctl(PR_SET_TIMERSLACK, 1UL);  // as bench/load: calls that are due must not start late
    load.workload = *w;
    load.is_stream = strcmp(w->wire, "native-stream") == 0;
    load.payload.len = w->payload_len;
    load.payload.data = allocate(w->payload_len + 1, 1);
    for (size_t i = 0; i < w->payload_len; i++)
        load.payload.data[i] = (uint8_t)(i * 2654435761U >> 13);
    load.lines = allocate(w->n_conns, sizeof *load.lines);
    load.idle = allocate(w->n_idle + 1, sizeof *load.idle);
    load.poller = tern_poller_new(NULL);
    if (!load.poller)
        errx(1, "no poller");
    tern_timer_init(&load.phase_timer, on_phase_over);
}

// Calls that are still outstanding go with their channels.
static void load_done(void)
{
    end_streams(load.idle, load.workload.n_idle);
    end_streams(load.lines, load.workload.n_conns);
    if (!load.is_giving_up)
        (void)!tern_poller_run_until_idle(load.poller);  // the figures are there
    for (size_t i = 0; i < load.workload.n_idle; i++)
        tern_channel_free(load.idle[i].channel);
    for (size_t i = 0; i < load.workload.n_conns; i++)
        tern_channel_free(load.lines[i].channel);
    (void)!tern_poller_run_until_idle(load.poller);
    free_lines(load.idle, load.workload.n_idle);
    free_lines(load.lines, load.workload.n_conns);
    tern_timer_cancel(tern_poller_wheel(load.poller), &load.phase_timer);
    tern_poller_free(load.poller);
    free(load.payload.data);
}

static void measure(void)
{
    const uint64_t n_reads = tern_poller_get_stats(load.poller).n_reads;

    measurement_begin(&load.measurement, load.workload.server_pid);
    if (load.workload.n_calls > 0)
        run_calls(load.workload.n_calls);
    else
        run_for(load.workload.measured_s);
    measurement_end(&load.measurement, load.workload.server_pid);
    load.measurement.n_reads = tern_poller_get_stats(load.poller).n_reads - n_reads;
}

// Requests are handled in order: when the last call of a connection, an echo, is answered, those before
// it are outstanding on both sides.
static void hold(void)
{
    for (size_t i = 0; i < load.workload.n_conns; i++) {
        line *n = &load.lines[i];

        load.is_holding = true;
        while (n->n_outstanding + 1 < load.workload.depth)
            start_call(n, clock_ns(CLOCK_MONOTONIC));
        load.is_holding = false;
        start_call(n, clock_ns(CLOCK_MONOTONIC));
    }
    arm_phase_timer(ANSWER_TIMEOUT_MS / 1e3);
    while (load.measurement.latency.n_values < 2 * load.workload.n_conns && !load.is_phase_over)
        step(-1);
    if (load.is_phase_over || load.n_errors > 0)
        errx(1, "the calls did not become outstanding");
    measurement_begin(&load.measurement, load.workload.server_pid);
    measurement_end(&load.measurement, load.workload.server_pid);
    load.is_giving_up = true;
}

static void run(void)
{
    start_all();
    if (load.workload.n_calls == 0)
        run_for(load.workload.warmup_s);
    measure();
}

int main(int argc, char **argv)
{
    static struct measurement measured;
    const struct workload     w = workload_parse(argc, argv);

    load_init(&w);
    open_lines();
    load.is_draining = strcmp(w.wire, "native-hold") == 0;
    if (load.is_draining)
        hold();
    else
        run();
    measured = load.measurement;

    load.is_draining = true;
    if (!load.is_giving_up)
        run_until_answered("that were under way");
    load_done();
    measured.n_errors = load.n_errors;
    measurement_print(&measured);
    return load.n_errors > 0;
}
