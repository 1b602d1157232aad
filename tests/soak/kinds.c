#include "tests/soak/kinds.h"

#include <stdatomic.h>
#include <string.h>

#include <tern/fiber.h>

#include "soak.tern.h"

enum {
    LONGEST = 48 * 1024,
    MAX_MESSAGES = 40,
    FAN = 4,
    HOLD_MS = 2000,  // longer than anybody waits
    SHORT_MS = 20,
};

static struct {
    atomic_uint_fast64_t next, begun, called_back;
} numbers;

uint64_t kinds_n_begun(void) { return numbers.begun; }
uint64_t kinds_n_called_back(void) { return numbers.called_back; }

uint32_t kinds_random(caller *c, uint32_t below)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 17;
    c->random ^= c->random << 5;
    return c->random % below;
}

// ---- messages ------------------------------------------------------------

static uint8_t pattern[LONGEST + 256];

__attribute__((constructor)) static void fill_pattern(void)
{
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 7 + i / 256);
}

// Mostly short, and what belongs to its number.
static ProtobufCBinaryData payload(caller *c, uint64_t number)
{
    size_t len = kinds_random(c, 16) ? kinds_random(c, 300) : kinds_random(c, LONGEST);

    return (ProtobufCBinaryData){ .len = len, .data = pattern + number % 256 };
}

static bool is_answer(const soak_answer *a, uint64_t number, const ProtobufCBinaryData *p)
{
    return a->number == number && a->payload.len == p->len &&
           (p->len == 0 || memcmp(a->payload.data, p->data, p->len) == 0);
}

static tern_call_opts opts(const caller *c)
{
    return (tern_call_opts){ .timeout_ms = c->timeout_ms };
}

// `n` numbers that nobody has had.
static uint64_t take_numbers(uint64_t n) { return atomic_fetch_add(&numbers.next, n) + 1; }

// ---- unary ---------------------------------------------------------------

static outcome run_unary(caller *c)
{
    TERN_AUTO(soak_answer) *answer = NULL;
    uint64_t            number = take_numbers(1);
    ProtobufCBinaryData p = payload(c, number);
    tern_call_opts      o = opts(c);
    outcome out = { .st = soak_peer_unary(c->ch, SOAK_ASK(.number = number, .payload = p), &o,
                                          &answer) };

    out.is_wrong = out.st.code == TERN_OK && !is_answer(answer, number, &p);
    return out;
}

static outcome run_failing(caller *c)
{
    TERN_AUTO(soak_answer) *answer = NULL;
    tern_call_opts o = opts(c);

    return (outcome){
        .st = soak_peer_unary(c->ch,
                              SOAK_ASK(.number = take_numbers(1), .fail_with = TERN_OUT_OF_RANGE),
                              &o, &answer),
        .wanted = TERN_OUT_OF_RANGE,
    };
}

static outcome run_late(caller *c)
{
    TERN_AUTO(soak_answer) *answer = NULL;

    return (outcome){
        .st = soak_peer_unary(c->ch, SOAK_ASK(.number = take_numbers(1), .hold_ms = HOLD_MS),
                              &(tern_call_opts){ .timeout_ms = SHORT_MS }, &answer),
        .wanted = TERN_DEADLINE_EXCEEDED,
    };
}

static outcome run_cancelled(caller *c)
{
    TERN_AUTO(soak_answer) *answer = NULL;
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    tern_call_opts o = opts(c);

    TERN_ASSERT(cancel);
    o.cancel = cancel;
    TERN_AUTO(tern_call) *call = soak_peer_unary_begin(
        c->ch, SOAK_ASK(.number = take_numbers(1), .hold_ms = HOLD_MS), &o, &answer);
    tern_cancel_fire(cancel);
    return (outcome){ .st = tern_wait_all(&call, 1), .wanted = TERN_CANCELLED };
}

// Several at once, of which one is let go of before it has ended.
static outcome run_fan(caller *c)
{
    uint64_t            first = take_numbers(FAN);
    ProtobufCBinaryData p = payload(c, first);
    soak_answer        *answers[FAN] = { NULL };
    tern_call          *calls[FAN];
    tern_call_opts      o = opts(c);
    outcome             out = { 0 };

    for (unsigned i = 0; i < FAN; i++)
        calls[i] = soak_peer_unary_begin(c->ch, SOAK_ASK(.number = first + i, .payload = p), &o,
                                         &answers[i]);
    tern_call_free(calls[FAN - 1]);
    out.st = tern_wait_all(calls, FAN - 1);
    for (unsigned i = 0; i + 1 < FAN; i++) {
        if (tern_call_status(calls[i]).code == TERN_OK)
            out.is_wrong = out.is_wrong || !is_answer(answers[i], first + i, &p);
        tern_call_free(calls[i]);
        soak_answer_free(answers[i]);
    }
    return out;
}

// ---- with a callback -----------------------------------------------------

typedef struct awaited awaited;
struct awaited {
    tern_fiber         *fiber;
    ProtobufCBinaryData payload;
    uint64_t            number;
    outcome             out;
    bool                is_done;
};

static void on_answer(tern_status st, const soak_answer *answer, void *arg)
{
    awaited *a = arg;

    numbers.called_back++;
    TERN_ASSERT(!a->is_done);  // once
    a->is_done = true;
    a->out.st = st;
    a->out.is_wrong = st.code == TERN_OK && !is_answer(answer, a->number, &a->payload);
    tern_fiber_ready(a->fiber);
}

// A plain thread has nobody who would call back.
static outcome run_async(caller *c)
{
    awaited        a = { .fiber = tern_fiber_current() };
    tern_call_opts o = opts(c);

    if (!a.fiber)
        return run_unary(c);
    a.number = take_numbers(1);
    a.payload = payload(c, a.number);
    numbers.begun++;
    soak_peer_unary_async(c->ch, SOAK_ASK(.number = a.number, .payload = a.payload), &o, on_answer,
                          &a);
    while (!a.is_done)
        (void)!tern_fiber_park("an answer", TERN_NEVER);  // nobody cancels it
    return a.out;
}

// ---- streams -------------------------------------------------------------

// Reads `n_wanted` of `n` answers, and lets go of the rest.
static outcome read_down(caller *c, uint32_t n, uint32_t n_wanted)
{
    uint64_t            first = take_numbers(n);
    ProtobufCBinaryData p = payload(c, first);
    tern_call_opts      o = opts(c);
    outcome             out = { 0 };
    const soak_answer  *a = NULL;

    TERN_AUTO(soak_peer_down_stream) *s =
        soak_peer_down(c->ch, SOAK_ASK(.number = first, .n_answers = n, .payload = p), &o);
    for (uint32_t i = 0; i < n_wanted && (a = soak_peer_down_next(s)); i++)
        out.is_wrong = out.is_wrong || !is_answer(a, first + i, &p);
    if (a && n_wanted < n)
        return out;
    if (a && soak_peer_down_next(s))
        out.is_wrong = true;  // one more than was asked for
    out.st = soak_peer_down_status(s);
    return out;
}

static outcome run_down(caller *c)
{
    uint32_t n = 1 + kinds_random(c, MAX_MESSAGES);

    return read_down(c, n, n);
}

static outcome run_down_abandoned(caller *c)
{
    uint32_t n = 2 + kinds_random(c, MAX_MESSAGES);

    return read_down(c, n, n / 2);
}

static uint64_t send_up(caller *c, soak_peer_up_stream *s, uint32_t n)
{
    uint64_t first = take_numbers(n), sum = 0;

    for (uint32_t i = 0; i < n; i++, sum += first + i - 1)
        if (soak_peer_up_send(s, SOAK_ASK(.number = first + i, .payload = payload(c, first))))
            break;  // finish says why
    return sum;
}

static outcome run_up(caller *c)
{
    TERN_AUTO(soak_answer) *answer = NULL;
    tern_call_opts o = opts(c);
    outcome        out = { 0 };
    uint64_t       sum;

    TERN_AUTO(soak_peer_up_stream) *s = soak_peer_up(c->ch, &o);
    sum = send_up(c, s, 1 + kinds_random(c, MAX_MESSAGES));
    out.st = soak_peer_up_finish(s, &answer);
    out.is_wrong = out.st.code == TERN_OK && answer->number != sum;
    return out;
}

static outcome run_up_abandoned(caller *c)
{
    tern_call_opts o = opts(c);

    TERN_AUTO(soak_peer_up_stream) *s = soak_peer_up(c->ch, &o);
    (void)send_up(c, s, 1 + kinds_random(c, MAX_MESSAGES));
    return (outcome){ 0 };
}

static outcome talk(caller *c, uint32_t n, bool is_abandoned)
{
    uint64_t           first = take_numbers(n);
    tern_call_opts     o = opts(c);
    outcome            out = { 0 };
    const soak_answer *a;

    TERN_AUTO(soak_peer_both_stream) *s = soak_peer_both(c->ch, &o);
    for (uint32_t i = 0; i < n; i++) {
        ProtobufCBinaryData p = payload(c, first + i);

        if (soak_peer_both_send(s, SOAK_ASK(.number = first + i, .payload = p)) ||
            !(a = soak_peer_both_next(s)))
            break;  // the status says why
        out.is_wrong = out.is_wrong || !is_answer(a, first + i, &p);
        if (is_abandoned && i == n / 2)
            return out;
    }
    soak_peer_both_close_send(s);
    if (soak_peer_both_next(s))
        out.is_wrong = true;
    out.st = soak_peer_both_status(s);
    return out;
}

static outcome run_both(caller *c) { return talk(c, 1 + kinds_random(c, MAX_MESSAGES), false); }

static outcome run_both_abandoned(caller *c)
{
    return talk(c, 2 + kinds_random(c, MAX_MESSAGES), true);
}

const kind kinds[] = {
    { "unary", run_unary }, { "failing", run_failing },
    { "late", run_late },   { "cancelled", run_cancelled },
    { "fan", run_fan },     { "async", run_async },
    { "down", run_down },   { "down_abandoned", run_down_abandoned },
    { "up", run_up },       { "up_abandoned", run_up_abandoned },
    { "both", run_both },   { "both_abandoned", run_both_abandoned },
};
const unsigned n_kinds = TERN_COUNT_OF(kinds);
