// bench/load.c: the load generator. One thread, one epoll, one read and one send per wake-up and
// connection, requests encoded beforehand: so lean that what is measured is the server. bench/load
// --help lists what it can be asked; the last line it prints is a JSON object with the result.
//
// Closed loop: every reply starts the next call, so each connection always has `depth` in flight.
// Open loop (--rate): calls are due by a schedule (bench/schedule.h), and latency counts from there.
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

#include "bench/address.h"
#include "bench/clock.h"
#include "bench/conn.h"
#include "bench/measurement.h"
#include "bench/protocol.h"
#include "bench/schedule.h"
#include "bench/workload.h"

enum {
    EVENTS_PER_WAIT = 256,
    ANSWER_TIMEOUT_MS = 10000,
};

struct load {
    struct workload    workload;
    struct traffic     traffic;
    struct conn       *conns, *idle;
    size_t             n_alive;  // of `conns`
    int                epoll_fd, phase_timer;
    bool               is_draining;
    struct measurement measurement;
    uint64_t           n_errors;  // calls, from beginning to end
    uint64_t           n_begun;   // calls

    // Open loop.
    struct schedule schedule;
    struct conn   **unsent;  // connections to which this round queued calls
    size_t          n_unsent;
};

static uint64_t now(void) { return clock_ns(CLOCK_MONOTONIC); }

static bool is_open_loop(const struct load *l) { return l->workload.rate > 0; }

static bool is_idle(const struct load *l, const struct conn *c)
{
    return c >= l->idle && c < l->idle + l->workload.n_idle;
}

static void watch(struct load *l, int op, struct conn *c, uint32_t events)
{
    struct epoll_event e = { .events = events, .data.ptr = c };

    if (c->interest == events)
        return;
    if (epoll_ctl(l->epoll_fd, op, c->fd, &e) < 0)
        err(1, "epoll_ctl");
    c->interest = events;
}

// A broken connection: each call it still owed an answer is an error, or else its loss is one.
static void lose(struct load *l, struct conn *c)
{
    l->n_errors += c->n_outstanding > 0 ? c->n_outstanding : 1;
    if (!is_idle(l, c))
        l->n_alive--;
    conn_close(c);
}

static void send_unsent(struct load *l, struct conn *c)
{
    if (conn_has_unsent(c) && !conn_send(c)) {
        lose(l, c);
        return;
    }
    watch(l, EPOLL_CTL_MOD, c, conn_has_unsent(c) ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

// False if it has no room, or all calls that there are to be have begun.
static bool begin_call(struct load *l, struct conn *c, uint64_t start_ns)
{
    if (l->workload.n_calls > 0 && l->n_begun == l->workload.n_calls)
        return false;
    if (!conn_start(c, start_ns))
        return false;
    l->n_begun++;
    return true;
}

static void keep_full(struct load *l, struct conn *c, uint64_t now_ns)
{
    if (is_open_loop(l) || l->is_draining || is_idle(l, c))
        return;
    while (begin_call(l, c, now_ns))
        ;
}

static void on_event(struct load *l, struct conn *c, uint32_t events)
{
    uint64_t now_ns;

    if (events & ~(uint32_t)EPOLLOUT) {
        if (conn_receive(c, &l->measurement.latency, &now_ns) < 0) {
            lose(l, c);
            return;
        }
        l->measurement.n_reads++;
        keep_full(l, c, now_ns);
    }
    send_unsent(l, c);
}

static bool start_due_call(void *arg, size_t nth, uint64_t due_ns)
{
    struct load *l = arg;
    struct conn *c = &l->conns[nth];
    const bool   had_unsent = conn_has_unsent(c);

    if (c->fd < 0 || !begin_call(l, c, due_ns))
        return false;
    if (!had_unsent)
        l->unsent[l->n_unsent++] = c;
    return true;
}

static void start_due(struct load *l)
{
    if (!is_open_loop(l) || l->is_draining)
        return;
    schedule_run(&l->schedule, now(), start_due_call, l);
    for (size_t i = 0; i < l->n_unsent; i++)
        send_unsent(l, l->unsent[i]);
    l->n_unsent = 0;
}

// Until an event, or until the next call is due. Without a timeout where none is needed: arming a
// timer for every wait costs more than the wait. The end of a phase is an event too.
static int wait_for_events(struct load *l, struct epoll_event *events)
{
    struct timespec timeout;

    if (!is_open_loop(l) || l->is_draining || l->schedule.is_full)
        return epoll_wait(l->epoll_fd, events, EVENTS_PER_WAIT, -1);
    timeout = schedule_wait(&l->schedule, UINT64_MAX, now());
    return epoll_pwait2(l->epoll_fd, events, EVENTS_PER_WAIT, &timeout, NULL);
}

// False when the phase is over.
static bool run_round(struct load *l)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    bool               is_over = false;
    int                n = wait_for_events(l, events);

    if (n < 0 && errno != EINTR)
        err(1, "epoll_wait");
    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr)
            on_event(l, events[i].data.ptr, events[i].events);
        else
            is_over = true;
    }
    start_due(l);
    return !is_over && l->n_alive > 0;
}

static void arm_phase_timer(struct load *l, double seconds)
{
    const time_t      whole = (time_t)seconds;
    struct itimerspec t = {
        .it_value = { .tv_sec = whole, .tv_nsec = (long)((seconds - (double)whole) * 1e9) + 1 },
    };

    if (timerfd_settime(l->phase_timer, 0, &t, NULL) < 0)
        err(1, "timerfd_settime");
}

static void run_for(struct load *l, double seconds)
{
    arm_phase_timer(l, seconds);
    while (run_round(l))
        ;
}

static void run_calls(struct load *l, uint64_t n_calls)
{
    while (l->measurement.latency.n_values + l->n_errors < n_calls && run_round(l))
        ;
}

static size_t n_outstanding(const struct load *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->workload.n_conns; i++)
        if (l->conns[i].fd >= 0)
            n += l->conns[i].n_outstanding;
    return n;
}

// Waits for the replies that are still owed, so that no server sees its peer vanish in mid-call.
static void drain(struct load *l)
{
    l->is_draining = true;
    arm_phase_timer(l, ANSWER_TIMEOUT_MS / 1e3);
    while (n_outstanding(l) > 0 && run_round(l))
        ;
    l->n_errors += n_outstanding(l);
}

// One call, waited for: proves that the server has accepted the connection and serves it.
static void call_once(struct load *l, struct conn *c)
{
    uint64_t now_ns;

    conn_start(c, now());
    while (c->n_outstanding > 0) {
        struct pollfd p = { .fd = c->fd, .events = POLLIN };

        if (conn_has_unsent(c) && !conn_send(c))
            errx(1, "an idle connection broke in its first call");
        if (conn_has_unsent(c))
            p.events |= POLLOUT;
        if (poll(&p, 1, ANSWER_TIMEOUT_MS) == 0)
            errx(1, "no answer to the first call of an idle connection");
        if ((p.revents & ~POLLOUT) && conn_receive(c, &l->measurement.latency, &now_ns) < 0)
            errx(1, "an idle connection broke in its first call");
    }
}

static void connect_all(struct load *l)
{
    const struct workload *w = &l->workload;

    for (size_t i = 0; i < w->n_idle; i++) {
        conn_open(&l->idle[i], &l->traffic, w->address, 1);
        call_once(l, &l->idle[i]);
        watch(l, EPOLL_CTL_ADD, &l->idle[i], EPOLLIN);
    }
    for (size_t i = 0; i < w->n_conns; i++) {
        conn_open(&l->conns[i], &l->traffic, w->address, w->depth);
        watch(l, EPOLL_CTL_ADD, &l->conns[i], EPOLLIN);
    }
    l->n_alive = w->n_conns;
}

static void start_all(struct load *l)
{
    schedule_start(&l->schedule, l->workload.rate, l->workload.n_conns, now());
    for (size_t i = 0; i < l->workload.n_conns; i++) {
        keep_full(l, &l->conns[i], now());
        send_unsent(l, &l->conns[i]);
    }
    start_due(l);
}

// Echoes by the bare bytes are told apart by a number when they are checked.
static const struct protocol *protocol_of(const struct workload *w)
{
    if (strcmp(w->wire, "native") == 0)
        return &protocol_native;
    if (strcmp(w->wire, "native-stream") == 0)
        return &protocol_native_stream;
    if (strcmp(w->wire, "native-hold") == 0)
        return &protocol_native_hold;
    if (strcmp(w->wire, "frame") != 0)
        errx(2, "%s: the wires are frame, native, native-stream and native-hold", w->wire);
    return w->is_checked ? &protocol_numbered_frame : &protocol_frame;
}

static void load_init(struct load *l, const struct workload *w)
{
    struct epoll_event over = { .events = EPOLLIN, .data.ptr = NULL };

    address_raise_fd_limit();
    prctl(PR_SET_TIMERSLACK, 1UL);  // the default lets an open loop's calls start 50 us late
    l->workload = *w;
    traffic_init(&l->traffic, protocol_of(w), w->payload_len, w->depth);
    l->traffic.is_checked = w->is_checked;
    l->conns = calloc(w->n_conns, sizeof *l->conns);
    l->idle = calloc(w->n_idle + 1, sizeof *l->idle);
    l->unsent = calloc(w->n_conns, sizeof(struct conn *));
    if (!l->conns || !l->idle || !l->unsent)
        err(1, "memory");
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    l->phase_timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (l->epoll_fd < 0 || l->phase_timer < 0 ||
        epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->phase_timer, &over) < 0)
        err(1, "epoll");
}

static void load_done(struct load *l)
{
    for (size_t i = 0; i < l->workload.n_conns; i++)
        conn_close(&l->conns[i]);
    for (size_t i = 0; i < l->workload.n_idle; i++)
        conn_close(&l->idle[i]);
    traffic_done(&l->traffic);
    free(l->conns);
    free(l->idle);
    free(l->unsent);
}

int main(int argc, char **argv)
{
    static struct load        l;
    static struct measurement measured;
    const struct workload     w = workload_parse(argc, argv);

    load_init(&l, &w);
    connect_all(&l);
    start_all(&l);
    if (w.n_calls == 0)
        run_for(&l, w.warmup_s);

    measurement_begin(&l.measurement, w.server_pid);
    if (w.n_calls > 0)
        run_calls(&l, w.n_calls);
    else
        run_for(&l, w.measured_s);
    measurement_end(&l.measurement, w.server_pid);
    measured = l.measurement;

    drain(&l);
    measured.n_errors = l.n_errors;
    measurement_print(&measured);
    load_done(&l);
    return l.n_errors > 0;
}
