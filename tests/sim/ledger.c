#include "tests/sim/ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/chance.h"
#include "tests/sim/kernel.h"

enum { MAX_OFFSET = 4096 };

static call     calls[MAX_CALLS];
static unsigned n_calls;
static serving  servings[MAX_CALLS];
static unsigned n_servings;
static uint8_t  text[MAX_BODY + MAX_OFFSET];

void sim_fail(const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "sim: at %.6f ms: ", (double)kernel_now_ns() / 1e6);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    _exit(SIM_FAILED);
}

// ---- calls ---------------------------------------------------------------

void ledger_start(void)
{
    n_calls = n_servings = 0;
    if (text[0])
        return;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(chance_mix(17, i) | 1);
}

call *ledger_plan(void)
{
    call *c = &calls[n_calls];

    if (n_calls == MAX_CALLS)
        return NULL;
    *c = (call){ .id = ++n_calls };
    return c;
}

call *ledger_find(uint32_t id)
{
    if (id == 0 || id > n_calls)
        sim_fail("a message of call %u, which there is not", id);
    return &calls[id - 1];
}

unsigned ledger_n_planned(void) { return n_calls; }

call *ledger_at(unsigned i) { return &calls[i]; }

bool ledger_all_over(void)
{
    for (unsigned i = 0; i < n_calls; i++)
        if (calls[i].is_made && !calls[i].n_ends)
            return false;
    return true;
}

const char *ledger_kind_name(const call *c)
{
    static const char *const names[] = { "ask", "tell", "hear", "talk" };

    return names[c->kind];
}

// ---- messages ------------------------------------------------------------

static const uint8_t *body_of(const call *c, uint32_t index, unsigned direction)
{
    return text + chance_mix(c->id * 2 + direction, index) % MAX_OFFSET;
}

// Lengths vary around what was planned, and some messages are empty.
static uint32_t len_of(const call *c, uint32_t index, unsigned direction)
{
    uint32_t len = direction ? c->down_len : c->up_len;

    return index % 5 == 3 ? len / 7 : len;
}

static void fill(const call *c, uint32_t index, unsigned direction, sim_note *to)
{
    to->call = c->id;
    to->index = index;
    to->body.len = len_of(c, index, direction);
    to->body.data = (uint8_t *)(uintptr_t)body_of(c, index, direction);
}

const sim_note *ledger_up(call *c, uint32_t index)
{
    c->up = *SIM_NOTE(.call = c->id);
    fill(c, index, 0, &c->up);
    return &c->up;
}

const sim_note *ledger_down(serving *s, uint32_t index)
{
    s->down = *SIM_NOTE(.call = s->call->id);
    ledger_fill_down(s, index, &s->down);
    return &s->down;
}

void ledger_fill_down(const serving *s, uint32_t index, sim_note *to)
{
    fill(s->call, index, 1, to);
    to->n = s->n_heard;
}

static void check(const call *c, const sim_note *note, uint32_t index, unsigned direction)
{
    const char *way = direction ? "down" : "up";

    if (note->call != c->id)
        sim_fail("call %u got a message of call %u", c->id, note->call);
    if (note->index != index)
        sim_fail("call %u: message %u %s where %u was due", c->id, note->index, way, index);
    if (note->body.len != len_of(c, index, direction))
        sim_fail("call %u: message %u %s has %zu bytes, not %u", c->id, index, way, note->body.len,
                 len_of(c, index, direction));
    if (note->body.len && memcmp(note->body.data, body_of(c, index, direction), note->body.len))
        sim_fail("call %u: message %u %s has other bytes than were sent", c->id, index, way);
}

void ledger_check_up(const call *c, const sim_note *note, uint32_t index)
{
    check(c, note, index, 0);
}

void ledger_check_down(const call *c, const sim_note *note, uint32_t index)
{
    check(c, note, index, 1);
}

// ---- what happens --------------------------------------------------------

void ledger_begins(call *c)
{
    c->has_begun = true;
    c->begun_ns = kernel_now_ns();
    SIM_SAY("call %u begins: %s, style %d, %u up of %u, %u down of %u, conduct %d/%d after %u",
            c->id, ledger_kind_name(c), c->style, c->n_up, c->up_len, c->n_down, c->down_len,
            c->caller, c->handler, c->after);
}

// All that OK promises.
static void check_success(const call *c)
{
    if (c->n_ran != 1 || c->returned != TERN_OK)
        sim_fail("call %u ended OK, but its handler ran %u times to its end, the last time with %s",
                 c->id, c->n_ran, tern_code_name(c->returned));
    if ((c->kind == CALL_TELL || c->kind == CALL_TALK) && c->n_got != c->n_said)
        sim_fail("call %u ended OK with %u messages of %u", c->id, c->n_got, c->n_said);
    if ((c->kind == CALL_ASK || c->kind == CALL_HEAR) && c->n_got != 1)
        sim_fail("call %u ended OK with %u replies", c->id, c->n_got);
    if (c->kind == CALL_HEAR && c->n_heard_there != c->n_heard)
        sim_fail("call %u: the reply says %u messages, the handler %u", c->id, c->n_heard_there,
                 c->n_heard);
    if (c->handler != CONDUCT_LEAVES && (c->kind == CALL_HEAR || c->kind == CALL_TALK) &&
        c->n_heard != c->n_sent)
        sim_fail("call %u ended OK, %u messages were sent and %u heard", c->id, c->n_sent,
                 c->n_heard);
}

static tern_code code_due(const call *c)
{
    return c->handler == CONDUCT_FAILS ? TERN_FAILED_PRECONDITION : TERN_OK;
}

void ledger_ends(call *c, tern_status st)
{
    SIM_SAY("call %u ends: %s %s", c->id, tern_code_name(st.code), st.msg);
    if (c->n_ends++)
        sim_fail("call %u ended twice: %s, then %s", c->id, tern_code_name(c->status.code),
                 tern_code_name(st.code));
    c->status = st;
    c->ended_ns = kernel_now_ns();
    kernel_note((uint64_t)c->id << 32 | (unsigned)st.code);
    if (st.code == TERN_OK)
        check_success(c);
    if (c->must_succeed && st.code != code_due(c))
        sim_fail("call %u (%s), which nothing was wrong with, ended with %s: %s", c->id,
                 ledger_kind_name(c), tern_code_name(st.code), st.msg);
}

serving *ledger_handler_begins(uint32_t id)
{
    call    *c = ledger_find(id);
    serving *s = &servings[n_servings++ % TERN_COUNT_OF(servings)];

    SIM_SAY("handler of call %u", id);
    if (!c->has_begun)
        sim_fail("a handler for call %u, which nobody has made", id);
    if (c->n_runs++)
        sim_fail("the handler of call %u runs %u times", id, c->n_runs);
    *s = (serving){ .call = c };
    return s;
}

void ledger_handler_returns(serving *s, tern_code code)
{
    SIM_SAY("handler of call %u returns %s", s->call->id, tern_code_name(code));
    s->call->n_ran++;
    s->call->returned = code;
    s->call->n_heard = s->n_heard;
    s->call->n_said = s->n_said;
}
