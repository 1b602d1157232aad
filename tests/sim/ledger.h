// tests/sim/ledger.h: the calls of a run: what was planned for each, and what either end has seen of it. It is asked what a
// message has to be, told what has come, and ends the run when that is not true. Knows nothing of how calls are made.
//
// Lifetime:  ledger_start .. the next one.
// Threads:   one.
// Invariant: a call ends once; what is received is a beginning of what was sent, in order, and all of it where the call
//            ends OK.
#ifndef TESTS_SIM_LEDGER_H
#define TESTS_SIM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/status.h>

#include "tests/sim/sim.tern.h"

enum { MAX_CALLS = 400, MAX_BODY = 300 * 1000 };

typedef enum call_kind { CALL_ASK, CALL_TELL, CALL_HEAR, CALL_TALK, CALL_N_KINDS } call_kind;

typedef enum call_style { STYLE_FIBER, STYLE_ASYNC, STYLE_BEGUN, STYLE_N } call_style;

// How the handler behaves, and the caller.
typedef enum conduct {
    CONDUCT_WELL,
    CONDUCT_SLOW,
    CONDUCT_FAILS,   // the handler, after `after` messages
    CONDUCT_LEAVES,  // with OK; or frees the stream
    CONDUCT_HANGS,   // the handler, until nobody waits for the answer
    CONDUCT_N,
} conduct;

typedef struct call call;
struct call {
    // ---- the plan ----
    uint32_t   id;
    call_kind  kind;
    call_style style;
    conduct    caller, handler;
    uint32_t   n_up, n_down;  // messages, if all goes well
    uint32_t   up_len, down_len;
    uint32_t   after;       // of the conduct: so many messages
    int64_t    timeout_ms;  // 0: a generous one
    bool       is_probe;    // made when all is well again
    bool       must_succeed;

    // ---- the caller's end ----
    bool        is_made;  // somebody is to begin it
    bool        has_begun, has_left, is_cancelled;
    unsigned    n_ends;
    tern_status status;
    uint32_t    n_sent, n_got;
    bool        has_closed;     // sending
    uint32_t    n_heard_there;  // as the reply says
    uint64_t    begun_ns, ended_ns;
    sim_note    up;  // that is being sent

    // ---- the handler's, once it has returned ----
    unsigned  n_runs, n_ran;
    uint32_t  n_heard, n_said;
    tern_code returned;
};

// The run of a call's handler: there is one at most.
typedef struct serving serving;
struct serving {
    call    *call;
    uint32_t n_heard, n_said;
    sim_note down;  // that is being sent
};

void     ledger_start(void);
call    *ledger_plan(void);  // NULL: there are enough
call    *ledger_find(uint32_t id);
unsigned ledger_n_planned(void);
call    *ledger_at(unsigned i);
bool     ledger_all_over(void);

// ---- messages ------------------------------------------------------------

// The `index`-th of a direction. Borrowed until the call's next one is asked for.
const sim_note *ledger_up(call *c, uint32_t index);
const sim_note *ledger_down(serving *s, uint32_t index);
void            ledger_fill_down(const serving *s, uint32_t index, sim_note *to);

void ledger_check_up(const call *c, const sim_note *note, uint32_t index);
void ledger_check_down(const call *c, const sim_note *note, uint32_t index);

// ---- what happens --------------------------------------------------------

void     ledger_begins(call *c);
void     ledger_ends(call *c, tern_status st);
serving *ledger_handler_begins(uint32_t id);
void     ledger_handler_returns(serving *s, tern_code code);

const char *ledger_kind_name(const call *c);

// The run has shown a fault: says what, and ends this process.
_Noreturn void sim_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

enum { SIM_FAILED = 3 };  // its exit code

#endif
