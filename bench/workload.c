#include "bench/workload.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "load --connect ADDRESS [options]\n"
    "  --wire NAME     frame, or Tern's: native, native-stream (one bidi stream for all calls of a\n"
    "                  connection), native-hold (calls that take a while), grpc (frame)\n"
    "  --conns N       connections (1)\n"
    "  --depth D       calls in flight on each (1)\n"
    "  --size B        payload bytes of a call (1024)\n"
    "  --seconds S     measured time (2)\n"
    "  --calls N       exactly N calls in all, no warm-up, for as long as it takes\n"
    "  --warmup W      time before it (0.5)\n"
    "  --rate R        open loop: R calls a second in all, timed from when each was due\n"
    "  --idle N        further connections that make one call and rest (0)\n"
    "  --server-pid P  read the CPU time and memory of process P\n"
    "  --check         number the calls and compare every byte of their replies\n"
    "The last line of output is a JSON object.\n";

static double number(const char *text, double min, double max)
{
    char  *end;
    double x = strtod(text, &end);

    if (end == text || *end || !(x >= min && x <= max))
        errx(2, "%s: want a number from %g to %g", text, min, max);
    return x;
}

static size_t count(const char *text, double min, double max)
{
    return (size_t)number(text, min, max);
}

static void set(struct workload *w, int option, const char *value)
{
    switch (option) {
    case 'a':
        w->address = value;
        break;
    case 'W':
        w->wire = value;
        break;
    case 'n':
        w->n_conns = count(value, 1, 1e6);
        break;
    case 'd':
        w->depth = count(value, 1, 1e6);
        break;
    case 'b':
        w->payload_len = count(value, 0, 1 << 30);
        break;
    case 's':
        w->measured_s = number(value, 0.001, 1e6);
        break;
    case 'C':
        w->n_calls = count(value, 1, 1e12);
        break;
    case 'w':
        w->warmup_s = number(value, 0, 1e6);
        break;
    case 'r':
        w->rate = number(value, 0.001, 1e9);
        break;
    case 'i':
        w->n_idle = count(value, 0, 1e6);
        break;
    case 'p':
        w->server_pid = (pid_t)count(value, 1, 1 << 30);
        break;
    case 'c':
        w->is_checked = true;
        break;
    case 'h':
        fputs(usage, stdout);
        exit(0);
    default:
        fputs(usage, stderr);
        exit(2);
    }
}

struct workload workload_parse(int argc, char **argv)
{
    static const struct option options[] = {
        { "connect", required_argument, NULL, 'a' },
        { "wire", required_argument, NULL, 'W' },
        { "conns", required_argument, NULL, 'n' },
        { "depth", required_argument, NULL, 'd' },
        { "size", required_argument, NULL, 'b' },
        { "seconds", required_argument, NULL, 's' },
        { "calls", required_argument, NULL, 'C' },
        { "warmup", required_argument, NULL, 'w' },
        { "rate", required_argument, NULL, 'r' },
        { "idle", required_argument, NULL, 'i' },
        { "server-pid", required_argument, NULL, 'p' },
        { "check", no_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    struct workload w = {
        .wire = "frame",
        .n_conns = 1,
        .depth = 1,
        .payload_len = 1024,
        .warmup_s = 0.5,
        .measured_s = 2,
    };

    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        set(&w, o, optarg);
    if (!w.address || optind < argc)
        set(&w, '?', NULL);
    return w;
}
