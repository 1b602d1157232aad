#include "tests/sim/world.h"

#include <stdio.h>
#include <string.h>

#include <tern/log.h>
#include <tern/message.h>

#include "rpc/server/server_internal.h"
#include "tests/rpc/support/xor_source.h"
#include "tests/sim/audit.h"
#include "tests/sim/caller.h"
#include "tests/sim/chance.h"
#include "tests/sim/desk.h"
#include "tests/sim/kernel.h"
#include "tests/sim/ledger.h"
#include "tests/sim/memory.h"
#include "tests/sim/net.h"

enum {
    MAX_SERVER_POLLERS = 3,
    MAX_CLIENT_POLLERS = 2,
    MAX_SEATS = MAX_SERVER_POLLERS + MAX_CLIENT_POLLERS,
    MAX_CHANNELS = 2,
    MAX_ROUNDS = 500 * 1000,   // of a run
    STEP_NS = 1000,            // what a round takes
    BODY_BUDGET = 150 * 1000,  // bytes of one direction of a call
};

#define PATIENCE_NS                                                                                \
    (7200 * TERN_NS_PER_S)  // with calls that have a time to end by, or all they need
#define CALM_NS (5 * TERN_NS_PER_S)

typedef enum process { WORLD, SERVER, CLIENT, N_PROCESSES } process;

// A poller, and whose it is.
typedef struct seat seat;
struct seat {
    tern_poller *poller;  // NULL: there is none
    process      process;
    char         name[12];
};

static struct {
    world_opts    opts;
    seat          seats[MAX_SEATS];
    unsigned      n_server, n_client;
    uint64_t      frozen_until[N_PROCESSES];
    tern_server  *server;  // NULL: there is none
    bool          is_stopping;
    unsigned      async_kinds;
    char          address[64];
    tern_channel *channels[MAX_CHANNELS];
    bool          is_pinned[MAX_CHANNELS];  // to the client's first poller
    unsigned      n_channels;
    bool          is_filtered, is_packed;
    uint64_t      n_rounds, last_turn;
    unsigned      n_deeds;
    uint64_t      next_deed_ns;
} w;

static const tern_compression_choice all_of_it = { TERN_COMPRESSION_ANY, TERN_COMPRESS_ALWAYS };

static seat *server_seat(unsigned i) { return &w.seats[i]; }
static seat *client_seat(unsigned i) { return &w.seats[MAX_SERVER_POLLERS + i]; }

static void as(const seat *s) { kernel_run_as(s->process, s->name); }
static void as_world(void) { kernel_run_as(WORLD, "world"); }

// ---- turns ---------------------------------------------------------------

static bool is_runnable(const seat *s)
{
    return s->poller && w.frozen_until[s->process] <= kernel_now_ns() &&
           (kernel_has_events(tern_poller_fd(s->poller)) ||
            tern_poller_next_ns(s->poller) <= kernel_now_ns());
}

static void turn(seat *s)
{
    if (++w.n_rounds > MAX_ROUNDS)
        sim_fail("no rest after %d rounds", MAX_ROUNDS);
    as(s);
    kernel_note((uint64_t)(s - w.seats));
    // An error of waiting is the machine's; the loop goes on.
    (void)!tern_poller_step(s->poller, chance_pick(CHANCE_TURN, 2) ? 0 : -1);
    as_world();
    kernel_pass(kernel_now_ns() + STEP_NS);
    audit_round(s->poller);
}

// One round of somebody who has something to do. False: nobody has.
static bool take_turn(void)
{
    unsigned able[MAX_SEATS], n = 0;

    for (unsigned i = 0; i < MAX_SEATS; i++) {
        unsigned at = (unsigned)(w.last_turn + 1 + i) % MAX_SEATS;

        if (is_runnable(&w.seats[at]))
            able[n++] = at;
    }
    if (!n)
        return false;
    w.last_turn = able[n > 1 && chance_happens(CHANCE_TURN) ? chance_pick(CHANCE_TURN, n) : 0];
    turn(&w.seats[w.last_turn]);
    return true;
}

static uint64_t next_ns(void)
{
    uint64_t next = kernel_next_ns();

    for (unsigned i = 0; i < MAX_SEATS; i++) {
        const seat *s = &w.seats[i];
        uint64_t    due = s->poller ? tern_poller_next_ns(s->poller) : TERN_NEVER;

        if (s->poller && kernel_has_events(tern_poller_fd(s->poller)))
            due = kernel_now_ns();
        if (due < w.frozen_until[s->process])
            due = w.frozen_until[s->process];
        if (due < next)
            next = due;
    }
    return next;
}

typedef bool condition(void);

// Until it is so; false if it is not so by then.
static bool run_until(condition *is_so, uint64_t limit_ns)
{
    while (!is_so()) {
        uint64_t next;

        if (take_turn())
            continue;
        if ((next = next_ns()) > limit_ns) {
            kernel_pass(limit_ns);
            return is_so();
        }
        kernel_pass(next);
    }
    return true;
}

static bool never(void) { return false; }

static void run_for(uint64_t ns) { (void)run_until(never, kernel_now_ns() + ns); }

// ---- pollers -------------------------------------------------------------

static void open_poller(seat *s)
{
    as(s);
    s->poller = tern_poller_new(NULL);
    as_world();
}

static void close_poller(seat *s)
{
    if (!s->poller)
        return;
    SIM_SAY("%s: its poller is freed", s->name);
    as(s);
    tern_poller_free(s->poller);
    as_world();
    s->poller = NULL;
}

static void name_seats(void)
{
    for (unsigned i = 0; i < MAX_SEATS; i++) {
        bool is_server = i < MAX_SERVER_POLLERS;

        w.seats[i] = (seat){ .process = is_server ? SERVER : CLIENT };
        snprintf(w.seats[i].name, sizeof w.seats[i].name, "%s/%u", is_server ? "server" : "client",
                 (is_server ? i : i - MAX_SERVER_POLLERS) % 10);
    }
}

static tern_compression_choice compression(void)
{
    return w.is_packed ? all_of_it : (tern_compression_choice){ 0 };
}

// ---- the server ----------------------------------------------------------

typedef struct starting starting;
struct starting {
    tern_task   task;
    tern_status status;
    bool        is_done;
};

static starting the_start;

static void run_start(tern_task *task)
{
    starting    *s = TERN_CONTAINER_OF(task, starting, task);
    tern_poller *pollers[MAX_SERVER_POLLERS];

    for (unsigned i = 0; i < w.n_server; i++)
        pollers[i] = server_seat(i)->poller;
    s->status = tern_server_start(w.server, pollers, w.n_server);
    s->is_done = true;
}

static bool has_started(void) { return the_start.is_done; }

static void drop_server(void)
{
    as(server_seat(0));
    tern_server_free(w.server);
    as_world();
    w.server = NULL;
    w.is_stopping = false;
}

// It may fail, where the machine is short of something.
static bool start_server(void)
{
    const tern_server_opts opts = { .no_signals = true,
                                    .grace_ms = 500,
                                    .filters = w.is_filtered ? &xor_source : NULL,
                                    .compression = compression() };

    w.frozen_until[SERVER] = 0;  // it is another process
    for (unsigned i = 0; i < w.n_server; i++) {
        if (!server_seat(i)->poller)
            open_poller(server_seat(i));
        if (!server_seat(i)->poller)
            return false;
    }
    as(server_seat(0));
    w.server = tern_listen(w.address, &opts);
    desk_register(w.server, w.async_kinds);
    as_world();
    the_start = (starting){ .task.run = run_start };
    tern_poller_post(server_seat(0)->poller, &the_start.task);
    if (!run_until(has_started, kernel_now_ns() + 60 * TERN_NS_PER_S))
        sim_fail("the server's start does not come back");
    if (the_start.status.code == TERN_OK)
        return true;
    SIM_SAY("the server does not start: %s", the_start.status.msg);
    drop_server();
    return false;
}

static void stop_server(void)
{
    if (!w.server || w.is_stopping)
        return;
    SIM_SAY("the server is stopped");
    w.is_stopping = true;
    as(server_seat(0));
    tern_server_stop(w.server);
    as_world();
}

static bool has_stopped(void) { return w.server->state == TERNI_SERVER_STOPPED; }

static void end_server(void)
{
    tern_status st;

    if (!w.server)
        return;
    stop_server();
    w.frozen_until[SERVER] = 0;
    if (!run_until(has_stopped, kernel_now_ns() + 120 * TERN_NS_PER_S))
        sim_fail("the server does not stop");
    st = tern_server_wait(w.server);
    if (st.code != TERN_OK)
        sim_fail("the server ends with %s", st.msg);
    drop_server();
}

// ---- the program ---------------------------------------------------------

static bool may_hurt(void) { return chance_may_harm(); }

static bool is_tame(const call *c)
{
    return c->caller != CONDUCT_LEAVES && c->handler != CONDUCT_HANGS && !c->timeout_ms;
}

static uint32_t plan_len(void)
{
    static const uint32_t lens[] = { 10, 0, 100, 1000, 3000, 9000, 40000, 140000 };

    return lens[chance_pick_low(CHANCE_SIZE, TERN_COUNT_OF(lens))];
}

static uint32_t plan_n(uint32_t len)
{
    uint32_t n = 1 + chance_pick_low(CHANCE_CALL, 30);

    return n * len > BODY_BUDGET ? BODY_BUDGET / len : n;
}

static conduct plan_conduct(void)
{
    return chance_pick(CHANCE_CALL, 3) == 2 ? (conduct)chance_pick(CHANCE_CALL, CONDUCT_N)
                                            : CONDUCT_WELL;
}

static void plan(call *c)
{
    c->kind = (call_kind)chance_pick(CHANCE_CALL, CALL_N_KINDS);
    c->style = (call_style)chance_pick(CHANCE_CALL, c->kind == CALL_ASK ? STYLE_N : 2);
    c->up_len = plan_len();
    c->down_len = plan_len();
    c->n_up = c->n_down = 1;
    if (c->kind == CALL_HEAR || c->kind == CALL_TALK)
        c->n_up = plan_n(c->up_len);
    if (c->kind == CALL_TELL)
        c->n_down = plan_n(c->down_len);
    if (c->kind == CALL_TALK && c->n_up * c->down_len > BODY_BUDGET)
        c->down_len = 100;
    c->caller = plan_conduct();
    c->handler = plan_conduct();
    c->after = 1 + chance_pick_low(CHANCE_CALL, 6);
    if (c->caller == CONDUCT_HANGS || c->caller == CONDUCT_FAILS)
        c->caller = CONDUCT_WELL;
    if (c->kind != CALL_ASK && c->handler == CONDUCT_FAILS &&
        c->after > (c->kind == CALL_TELL ? c->n_down - 1 : c->n_up))
        c->handler = CONDUCT_WELL;
    if (c->handler == CONDUCT_HANGS || chance_pick(CHANCE_CALL, 10) == 1)
        c->timeout_ms = 1 + chance_pick_low(CHANCE_WHEN, 20000);
    c->must_succeed = !may_hurt() && is_tame(c);
    if (c->must_succeed)
        c->timeout_ms = TERN_NO_TIMEOUT;
}

static void connect_channel(unsigned at)
{
    tern_channel_opts opts = { .n_connections = 1 + chance_pick_low(CHANCE_SHAPE, 3),
                               .filters = w.is_filtered ? &xor_source : NULL,
                               .compression = compression() };

    as(client_seat(0));
    if ((w.is_pinned[at] = chance_pick(CHANCE_SHAPE, 3) == 1))
        opts.poller = client_seat(0)->poller;
    w.channels[at] = tern_connect(w.address, &opts);
    as_world();
}

static seat *choose_client_seat(void)
{
    seat *s = client_seat(chance_pick(CHANCE_CALL, w.n_client));

    return s->poller ? s : client_seat(0)->poller ? client_seat(0) : NULL;
}

static void do_call(void)
{
    unsigned at = chance_pick(CHANCE_CALL, w.n_channels);
    seat    *s = choose_client_seat();
    call    *c;

    if (!w.channels[at] || !s || !(c = ledger_plan()))
        return;
    plan(c);
    as(s);
    caller_make(c, s->poller, w.channels[at], w.is_pinned[at] && s != client_seat(0));
    as_world();
}

static void do_cancel(void)
{
    call *c;

    if (!ledger_n_planned())
        return;
    c = ledger_at(chance_pick(CHANCE_DEED, ledger_n_planned()));
    as(client_seat(0));
    if (c->has_begun && !c->n_ends && !c->must_succeed)
        caller_cancel(c);
    as_world();
}

static void do_restart(void)
{
    if (!may_hurt())
        return;
    end_server();
    (void)start_server();
}

// As kill -9 would: nobody says goodbye.
static void do_kill(void)
{
    if (!may_hurt() || !w.server)
        return;
    SIM_SAY("the server is killed");
    kernel_break_all(SERVER);
    end_server();
    (void)start_server();
}

static void do_freeze(void)
{
    process  p = chance_pick(CHANCE_DEED, 2) ? SERVER : CLIENT;
    uint64_t ms = chance_pick_low(CHANCE_WHEN, may_hurt() ? 70000 : 2000);

    if (!chance_happens(CHANCE_FREEZE))
        return;
    SIM_SAY("process %d stands still for %llu ms", p, (unsigned long long)ms);
    w.frozen_until[p] = kernel_now_ns() + ms * TERN_NS_PER_MS;
}

static const tern_channel *leaving;

static bool has_nobody_coming(void) { return caller_n_coming(leaving) == 0; }

// Who is about to call has to have called.
static void free_channel(unsigned at)
{
    leaving = w.channels[at];
    if (!leaving)
        return;
    w.frozen_until[CLIENT] = 0;
    if (!run_until(has_nobody_coming, kernel_now_ns() + 60 * TERN_NS_PER_S))
        sim_fail("a call does not begin");
    SIM_SAY("channel %u is freed", at);
    as(client_seat(0));
    tern_channel_free(w.channels[at]);
    as_world();
    w.channels[at] = NULL;
}

static void do_drop_channel(void)
{
    unsigned at = chance_pick(CHANCE_DEED, w.n_channels);

    if (!may_hurt())
        return;
    free_channel(at);
    chance_show(CHANCE_NO_HARM);  // a channel without memory stays without
    connect_channel(at);
    chance_show(CHANCE_ANYTHING);
}

static void do_deed(void)
{
    static void (*const deeds[])(void) = { do_call,    do_cancel, do_freeze,
                                           do_restart, do_kill,   do_drop_channel };
    static const uint8_t chances[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                       0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5 };

    deeds[chances[chance_pick(CHANCE_DEED, TERN_COUNT_OF(chances))]]();
}

static bool is_next_deed_due(void) { return w.next_deed_ns <= kernel_now_ns(); }

static void run_program(void)
{
    static const uint64_t pauses_ns[] = {
        0, 1000, 50000, TERN_NS_PER_MS, 30 * TERN_NS_PER_MS, TERN_NS_PER_S, 20 * TERN_NS_PER_S
    };

    for (w.n_deeds = 2 + chance_pick_low(CHANCE_DEED, 40); w.n_deeds > 0; w.n_deeds--) {
        do_deed();
        w.next_deed_ns =
            kernel_now_ns() + pauses_ns[chance_pick_low(CHANCE_WHEN, TERN_COUNT_OF(pauses_ns))];
        (void)run_until(is_next_deed_due, w.next_deed_ns);
    }
}

// ---- all is well again ---------------------------------------------------

static void name_stuck(void)
{
    for (unsigned i = 0; i < ledger_n_planned(); i++) {
        const call *c = ledger_at(i);

        if (c->is_made && !c->n_ends)
            sim_fail(
                "call %u (%s) does not end: %u sent, %u got; %u heard, %u said, handler begun %u "
                "times and returned %u",
                c->id, ledger_kind_name(c), c->n_sent, c->n_got, c->n_heard, c->n_said, c->n_runs,
                c->n_ran);
    }
}

static void heal(void)
{
    chance_show(CHANCE_NOTHING);
    net_heal();
    SIM_SAY("all is well again");
    memset(w.frozen_until, 0, sizeof w.frozen_until);
    if (w.is_stopping)
        end_server();
    if (!w.server && !start_server())
        sim_fail("the server does not start: %s", the_start.status.msg);
    for (unsigned i = 0; i < w.n_client; i++)
        if (!client_seat(i)->poller)
            open_poller(client_seat(i));
    if (!run_until(ledger_all_over, kernel_now_ns() + PATIENCE_NS))
        name_stuck();
    run_for(CALM_NS);
}

static void probe(tern_channel *ch, call_kind kind)
{
    call *c = ledger_plan();

    if (!c)
        return;
    c->kind = kind;
    c->style = STYLE_FIBER;
    c->n_up = kind == CALL_HEAR ? 30 : 1;
    c->n_down = kind == CALL_TELL ? 30 : 1;
    c->up_len = c->down_len = 3000;
    c->is_probe = c->must_succeed = true;
    as(client_seat(0));
    caller_make(c, client_seat(0)->poller, ch, false);
    as_world();
    if (!run_until(ledger_all_over, kernel_now_ns() + 200 * TERN_NS_PER_S) || !c->n_ends)
        sim_fail("call %u (%s) on a machine that is well does not end", c->id, ledger_kind_name(c));
}

static void probe_all(void)
{
    for (unsigned i = 0; i < w.n_channels; i++) {
        if (!w.channels[i])
            connect_channel(i);
        probe(w.channels[i], CALL_ASK);
        probe(w.channels[i], CALL_TELL);
        probe(w.channels[i], CALL_HEAR);
    }
}

static void check_calm(void)
{
    run_for(CALM_NS);
    if (desk_n_running())
        sim_fail("%u handlers still run", desk_n_running());
    for (unsigned i = 0; i < MAX_SEATS; i++)
        if (w.seats[i].poller)
            audit_calm(w.seats[i].poller);
}

// ---- taking it down ------------------------------------------------------

static void free_all_channels(void)
{
    for (unsigned i = 0; i < w.n_channels; i++)
        free_channel(i);
}

static void free_client_pollers(void)
{
    // A call of one that runs on another needs that as long as it lasts.
    w.frozen_until[CLIENT] = 0;
    if (!run_until(caller_is_home, kernel_now_ns() + PATIENCE_NS))
        name_stuck();
    for (unsigned i = MAX_CLIENT_POLLERS; i-- > 0;)
        close_poller(client_seat(i));
}

static void end_server_and_pollers(void)
{
    end_server();
    for (unsigned i = 0; i < MAX_SERVER_POLLERS; i++)
        close_poller(server_seat(i));
}

static void run_a_little(void) { run_for(chance_pick_low(CHANCE_WHEN, 100000)); }

static void take_down(void)
{
    static void (*const parts[])(void) = { free_all_channels, free_client_pollers,
                                           end_server_and_pollers };
    static const uint8_t orders[][3] = { { 0, 1, 2 }, { 1, 0, 2 }, { 2, 0, 1 },
                                         { 2, 1, 0 }, { 0, 2, 1 }, { 1, 2, 0 } };
    const uint8_t       *order = orders[chance_pick(CHANCE_SHAPE, TERN_COUNT_OF(orders))];

    for (unsigned i = 0; i < ledger_n_planned(); i++)
        ledger_at(i)->must_succeed = false;  // what is under way is ended
    for (unsigned i = 0; i < 3; i++) {
        parts[order[i]]();
        if (chance_pick(CHANCE_SHAPE, 2))
            run_a_little();
    }
}

static void check_nothing_is_left(void)
{
    if (!ledger_all_over())
        name_stuck();
    if (desk_n_running())
        sim_fail("%u handlers have not returned", desk_n_running());
    caller_end();
    if (kernel_n_open()) {
        kernel_list_open(stderr);
        sim_fail("%u descriptors are left open", kernel_n_open());
    }
    if (memory_check(stderr))
        sim_fail("memory is not as it should be");
}

// ---- a run ---------------------------------------------------------------

static void choose_wire(void)
{
    bool is_grpc =
        w.opts.wire == WORLD_ANY ? chance_pick(CHANCE_SHAPE, 2) : w.opts.wire == WORLD_GRPC;

    w.is_filtered = w.opts.is_filtered < 0 ? chance_pick(CHANCE_SHAPE, 3) == 1 : w.opts.is_filtered;
    w.is_packed = w.opts.is_warm_up || chance_pick(CHANCE_SHAPE, 5) == 1;
    snprintf(w.address, sizeof w.address, "%s://127.0.0.1:7000",
             is_grpc ? (w.is_filtered ? "grpcs" : "grpc") : (w.is_filtered ? "tls" : "tcp"));
}

static void set_up(const world_opts *opts)
{
    memset(&w, 0, sizeof w);
    w.opts = *opts;
    ledger_start();
    desk_start();
    name_seats();
    choose_wire();
    w.n_server = opts->n_pollers ? (unsigned)opts->n_pollers
                                 : 1 + chance_pick_low(CHANCE_SHAPE, MAX_SERVER_POLLERS);
    w.n_client = 1 + chance_pick(CHANCE_SHAPE, MAX_CLIENT_POLLERS);
    w.n_channels = 1 + chance_pick(CHANCE_SHAPE, MAX_CHANNELS);
    w.async_kinds = chance_pick(CHANCE_SHAPE, 16);
    SIM_SAY("%s, %u and %u pollers, %u channels", w.address, w.n_server, w.n_client, w.n_channels);
    chance_show(CHANCE_NO_HARM);
    for (unsigned i = 0; i < w.n_client; i++)
        open_poller(client_seat(i));
    if (!start_server())
        sim_fail("the server does not start: %s", the_start.status.msg);
    for (unsigned i = 0; i < w.n_channels; i++)
        connect_channel(i);
    chance_show(CHANCE_ANYTHING);
}

static void log_line(tern_log_level level, const char *line, void *arg)
{
    (void)level;
    (void)arg;
    SIM_SAY("log: %s", line);
}

void world_run(const world_opts *opts)
{
    memory_start();
    kernel_start();
    set_up(opts);
    run_program();
    if (chance_pick(CHANCE_SHAPE, 4) != 1) {
        heal();
        probe_all();
        check_calm();
    }
    take_down();
    check_nothing_is_left();
    kernel_end();
}

world_account world_get_account(void)
{
    world_account a = { .digest = kernel_digest(),
                        .n_system_calls = kernel_n_calls(),
                        .n_calls = ledger_n_planned(),
                        .n_rounds = w.n_rounds,
                        .simulated_s = (double)kernel_now_ns() / 1e9 - 1000 };

    for (unsigned i = 0; i < ledger_n_planned(); i++)
        a.n_ok += ledger_at(i)->n_ends && ledger_at(i)->status.code == TERN_OK;
    return a;
}

// What is made once and kept for good is no run's: plans of messages are.
void world_warm_up(void)
{
    memory_plug();
    tern_log_set(log_line, NULL, TERN_LOG_WARNING);
    chance_start(0, &(chance_notes){ .n = 0 });
    kernel_start();
    set_up(&(world_opts){ .is_filtered = 1, .is_warm_up = true });
    probe_all();
    take_down();
    caller_end();
    kernel_end();
}
