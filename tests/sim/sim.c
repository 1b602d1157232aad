// Runs simulated worlds, one for each seed, until one fails; says how to see that again.
//
//   tools/sim                          20,000 runs from a fresh seed
//   tools/sim --minutes 30
//   tools/sim --seed 4711              that run, and every step of it
//   tools/sim --seed 4711 --keep ...   the same, but only with these decisions: what a failure prints
//
// Others: --count N runs, from --seed on; --fresh N more, from a seed that nobody has chosen; --wire native|grpc;
// --filter, --no-filter: of xor_filter.h; --pollers N, of the server; --quiet: a failure is neither traced nor made smaller.
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <tern/base.h>

#include "tests/sim/chance.h"
#include "tests/sim/runner.h"

enum { DEFAULT_COUNT = 20000 };

typedef struct order order;
struct order {
    world_opts  world;
    uint64_t    seed, count, minutes, n_fresh;
    const char *keep;
    bool        has_seed, is_quiet, has_failed;
};

static int usage(void)
{
    fputs("usage: sim [--seed S [--keep LIST] [--quiet]] [--count N] [--fresh N] [--minutes N]\n"
          "           [--wire native|grpc] [--filter|--no-filter] [--pollers N]\n",
          stderr);
    return 2;
}

// ---- decisions as text: "call:3,17,reset:4," ------------------------------

static void print_notes(const chance_notes *notes)
{
    for (unsigned kind = 0; kind < CHANCE_N_KINDS; kind++) {
        bool is_first = true;

        for (size_t i = 0; i < notes->n; i++) {
            if (notes->at[i].kind != kind)
                continue;
            if (is_first)
                printf("%s:", chance_name((chance_kind)kind));
            printf("%" PRIu32 ",", notes->at[i].index);
            is_first = false;
        }
    }
}

// As print_notes writes them. False: it has not written that.
static bool read_notes(const char *text, chance_notes *ret_notes)
{
    chance_notes notes = { malloc((strlen(text) + 1) * sizeof *notes.at), 0 };
    chance_kind  kind = CHANCE_N_KINDS;

    TERN_ASSERT(notes.at);
    while (*text) {
        size_t len = strcspn(text, ":,");

        if (text[len] == ':')
            kind = chance_by_name(text, len);
        else if (text[len] == ',' && kind != CHANCE_N_KINDS)
            notes.at[notes.n++] = (chance_note){ kind, (uint32_t)strtoul(text, NULL, 10) };
        else
            break;
        if (kind == CHANCE_N_KINDS)
            break;
        text += len + 1;
    }
    *ret_notes = notes;
    return !*text;
}

// ---- runs ----------------------------------------------------------------

static void print_command(const order *o, uint64_t seed)
{
    printf("tools/sim --seed %" PRIu64, seed);
    if (o->world.wire != WORLD_ANY)
        printf(" --wire %s", o->world.wire == WORLD_GRPC ? "grpc" : "native");
    if (o->world.is_filtered >= 0)
        printf(" %s", o->world.is_filtered ? "--filter" : "--no-filter");
    if (o->world.n_pollers)
        printf(" --pollers %d", o->world.n_pollers);
}

static void tell_failure(const order *o, const runner_outcome *failed)
{
    chance_notes kept;

    printf("seed %" PRIu64 " fails: %s\n    ", failed->seed, failed->last_words);
    print_command(o, failed->seed);
    if (o->is_quiet)
        return;
    printf("\nmade smaller:\n    ");
    fflush(stdout);
    runner_shrink(failed, &kept);
    print_command(o, failed->seed);
    printf(" --keep ");
    print_notes(&kept);
    printf("\n");
    free(kept.at);
}

static void tell_totals(const char *what, uint64_t first, double seconds)
{
    runner_totals t = runner_get_totals();

    printf("%s seeds from %" PRIu64 ": %" PRIu64 " runs in %.1f s (%.0f a second), %" PRIu64
           " calls (%.0f %% OK), %" PRIu64 " rounds, %" PRIu64
           " system calls, %.1f simulated hours\n",
           what, first, t.n_runs, seconds, (double)t.n_runs / seconds, t.n_calls,
           100.0 * (double)t.n_ok / (double)(t.n_calls ? t.n_calls : 1), t.n_rounds,
           t.n_system_calls, t.simulated_s / 3600);
}

static void run(order *o, const char *what, uint64_t first, uint64_t n)
{
    uint64_t       start = runner_real_ns();
    uint64_t       until = o->minutes ? start + o->minutes * UINT64_C(60000000000) : 0;
    runner_outcome outcome;

    if (!n)
        return;
    printf("%s seeds from %" PRIu64 "\n", what, first);
    outcome = runner_run(first, o->minutes ? UINT64_MAX : n, until);
    tell_totals(what, first, (double)(runner_real_ns() - start) / 1e9);
    if (outcome.has_failed)
        tell_failure(o, &outcome);
    o->has_failed |= outcome.has_failed;
}

static uint64_t fresh_seed(void)
{
    uint64_t seed = 0;

    (void)!getrandom(&seed, sizeof seed, 0);
    return seed >> 24;  // short enough to be typed
}

static int replay(const order *o)
{
    chance_notes notes;

    if (o->keep && !read_notes(o->keep, &notes))
        return usage();
    if (o->is_quiet) {
        runner_outcome outcome = runner_run(o->seed, 1, 0);

        printf("%s\n", outcome.has_failed ? outcome.last_words : "it ends well");
        return outcome.has_failed;
    }
    runner_replay(o->seed, o->keep ? &notes : NULL);
    puts("it ends well");
    return 0;
}

// ---- what is wanted ------------------------------------------------------

static bool read_order(int argc, char **argv, order *o)
{
    static const struct option options[] = {
        { "seed", required_argument, NULL, 's' },
        { "count", required_argument, NULL, 'c' },
        { "minutes", required_argument, NULL, 'm' },
        { "keep", required_argument, NULL, 'k' },
        { "wire", required_argument, NULL, 'w' },
        { "filter", no_argument, NULL, 'f' },
        { "no-filter", no_argument, NULL, 'n' },
        { "pollers", required_argument, NULL, 'p' },
        { "fresh", required_argument, NULL, 'r' },
        { "quiet", no_argument, NULL, 'q' },
        { NULL, 0, NULL, 0 },
    };

    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            o->seed = strtoull(optarg, NULL, 0);
            o->has_seed = true;
            break;
        case 'c':
            o->count = strtoull(optarg, NULL, 0);
            break;
        case 'r':
            o->n_fresh = strtoull(optarg, NULL, 0);
            break;
        case 'm':
            o->minutes = strtoull(optarg, NULL, 0);
            break;
        case 'k':
            o->keep = optarg;
            break;
        case 'w':
            o->world.wire = strcmp(optarg, "grpc") == 0 ? WORLD_GRPC : WORLD_NATIVE;
            break;
        case 'f':
        case 'n':
            o->world.is_filtered = c == 'f';
            break;
        case 'p':
            o->world.n_pollers = atoi(optarg);
            break;
        case 'q':
            o->is_quiet = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc;
}

int main(int argc, char **argv)
{
    order o = { .world.is_filtered = -1 };

    if (!read_order(argc, argv, &o))
        return usage();
    runner_start(&o.world);
    if (o.has_seed && !o.count && !o.minutes)
        return replay(&o);
    if (o.has_seed)
        run(&o, "fixed", o.seed, o.minutes ? 1 : o.count);
    else if (!o.n_fresh)
        o.n_fresh = o.count ? o.count : DEFAULT_COUNT;
    if (!o.has_failed)
        run(&o, "fresh", fresh_seed(), o.n_fresh);
    return o.has_failed;
}
