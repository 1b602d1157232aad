#include "tests/sim/chance.h"

#include <string.h>
#include <sys/mman.h>

#include <tern/base.h>

enum {
    RATE_ONE = 1 << 16,  // always
    MAX_KEPT = 1 << 16,  // of one kind
    MAX_NOTES = 1 << 20,
    FAIR_RUNS = 3,  // one of so many hurts nobody
};

typedef struct trait trait;
struct trait {
    const char *name;
    uint32_t    rate;  // of RATE_ONE, where the run has some of it
    bool        is_whim, is_harm;
};

static const trait traits[CHANCE_N_KINDS] = {
    [CHANCE_SHAPE] = { "shape", 0, false, false },
    [CHANCE_DEED] = { "deed", 0, false, false },
    [CHANCE_WHEN] = { "when", 0, false, false },
    [CHANCE_CALL] = { "call", 0, false, false },
    [CHANCE_SIZE] = { "size", 0, false, false },
    [CHANCE_SERVE] = { "serve", 0, false, false },
    [CHANCE_TURN] = { "turn", RATE_ONE / 4, true, false },
    [CHANCE_LATENCY] = { "latency", RATE_ONE / 4, true, false },
    [CHANCE_SHORT_READ] = { "short-read", RATE_ONE / 8, true, false },
    [CHANCE_SHORT_WRITE] = { "short-write", RATE_ONE / 8, true, false },
    [CHANCE_READ_AGAIN] = { "read-again", RATE_ONE / 16, true, false },
    [CHANCE_WRITE_AGAIN] = { "write-again", RATE_ONE / 16, true, false },
    [CHANCE_INTERRUPT] = { "interrupt", RATE_ONE / 16, true, false },
    [CHANCE_LATE_EVENT] = { "late-event", RATE_ONE / 16, true, false },
    [CHANCE_EVENT_ORDER] = { "event-order", RATE_ONE / 4, true, false },
    [CHANCE_SPURIOUS] = { "spurious", RATE_ONE / 32, true, false },
    [CHANCE_FREEZE] = { "freeze", RATE_ONE / 16, true, false },
    [CHANCE_RESET] = { "reset", RATE_ONE / 128, true, true },
    [CHANCE_CUT] = { "cut", RATE_ONE / 8, true, true },
    [CHANCE_REFUSE] = { "refuse", RATE_ONE / 8, true, true },
    [CHANCE_ABORT] = { "abort", RATE_ONE / 8, true, true },
    [CHANCE_READ_FAILS] = { "read-fails", RATE_ONE / 256, true, true },
    [CHANCE_WRITE_FAILS] = { "write-fails", RATE_ONE / 256, true, true },
    [CHANCE_NO_DESCRIPTOR] = { "no-descriptor", RATE_ONE / 8, true, true },
    [CHANCE_NO_WATCH] = { "no-watch", RATE_ONE / 32, true, true },
    [CHANCE_NO_MEMORY] = { "no-memory", RATE_ONE / 64, true, true },
};

static struct {
    uint64_t      seed;
    uint32_t      rates[CHANCE_N_KINDS];  // in this run
    uint32_t      next[CHANCE_N_KINDS];   // index
    chance_mercy  mercy;
    bool          is_fair;
    chance_notes *notes;  // in memory that a parent process reads, too
    bool          is_keeping;
    uint64_t      kept[CHANCE_N_KINDS][MAX_KEPT / 64];  // where it keeps some only
} run;

// splitmix64's finaliser.
uint64_t chance_mix(uint64_t a, uint64_t b)
{
    uint64_t z = (a ^ b * UINT64_C(0xd1342543de82ef95)) + UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

// Half of the runs have nothing of a kind, so that others can be seen; some have a lot.
static uint32_t rate_of(chance_kind kind)
{
    static const unsigned shifts[] = { 4, 2, 0 };
    uint64_t              dice = chance_mix(run.seed, 1000 + kind) >> 16;
    uint32_t              rate = traits[kind].rate;

    if (dice % 8 < 4 || (run.is_fair && traits[kind].is_harm))
        return 0;
    if (dice % 8 == 7)
        return rate * 2 < RATE_ONE / 2 ? rate * 2 : RATE_ONE / 2;
    return rate >> shifts[dice % 8 - 4];
}

static void keep_only(const chance_notes *keep)
{
    run.is_keeping = keep != NULL;
    if (!keep)
        return;
    memset(run.kept, 0, sizeof run.kept);
    for (size_t i = 0; i < keep->n; i++)
        if (keep->at[i].index < MAX_KEPT)
            run.kept[keep->at[i].kind][keep->at[i].index / 64] |= UINT64_C(1)
                                                                  << keep->at[i].index % 64;
}

static void map_notes(void)
{
    run.notes = mmap(NULL, sizeof *run.notes + MAX_NOTES * sizeof *run.notes->at,
                     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    TERN_ASSERT(run.notes != MAP_FAILED);
    run.notes->at = (chance_note *)(run.notes + 1);
}

void chance_start(uint64_t seed, const chance_notes *keep)
{
    run.seed = seed;
    run.mercy = CHANCE_ANYTHING;
    run.is_fair = chance_mix(seed, 999) % FAIR_RUNS == 0;
    if (!run.notes)
        map_notes();
    run.notes->n = 0;
    for (unsigned kind = 0; kind < CHANCE_N_KINDS; kind++) {
        run.rates[kind] = rate_of((chance_kind)kind);
        run.next[kind] = 0;
    }
    keep_only(keep);
}

void chance_show(chance_mercy mercy) { run.mercy = mercy; }

bool chance_may_harm(void) { return !run.is_fair; }

static void note(chance_kind kind, uint32_t index)
{
    if (run.notes->n < MAX_NOTES)
        run.notes->at[run.notes->n++] = (chance_note){ kind, index };
}

static bool is_kept(chance_kind kind, uint32_t index)
{
    return !run.is_keeping || (index < MAX_KEPT && run.kept[kind][index / 64] >> index % 64 & 1);
}

bool chance_happens(chance_kind kind)
{
    uint32_t rate = run.rates[kind], index;

    if (!rate || run.mercy == CHANCE_NOTHING ||
        (run.mercy == CHANCE_NO_HARM && traits[kind].is_harm))
        return false;
    index = run.next[kind]++;
    if (chance_mix(run.seed ^ (uint64_t)kind << 56, index) % RATE_ONE >= rate ||
        !is_kept(kind, index))
        return false;
    note(kind, index);
    return true;
}

uint32_t chance_pick(chance_kind kind, uint32_t n)
{
    uint32_t index = run.next[kind]++;
    uint32_t picked =
        (uint32_t)((chance_mix(run.seed ^ (uint64_t)kind << 56, index) >> 32) * n >> 32);

    if (!picked || !is_kept(kind, index))
        return 0;
    note(kind, index);
    return picked;
}

uint32_t chance_pick_low(chance_kind kind, uint32_t n)
{
    uint64_t picked = chance_pick(kind, 1 << 10);

    return (uint32_t)((picked * picked >> 10) * n >> 10);
}

const chance_notes *chance_noted(void) { return run.notes; }

const char *chance_name(chance_kind kind) { return traits[kind].name; }

chance_kind chance_by_name(const char *name, size_t len)
{
    unsigned kind = 0;

    while (kind < CHANCE_N_KINDS &&
           (strlen(traits[kind].name) != len || memcmp(traits[kind].name, name, len) != 0))
        kind++;
    return (chance_kind)kind;
}
