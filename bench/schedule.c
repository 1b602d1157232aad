#include "bench/schedule.h"

void schedule_start(struct schedule *s, double rate, size_t n_conns, uint64_t now_ns)
{
    *s = (struct schedule){ .rate = rate, .n_conns = n_conns, .first_due_ns = now_ns };
}

uint64_t schedule_due_ns(const struct schedule *s)
{
    return s->first_due_ns + (uint64_t)((double)s->n_started * 1e9 / s->rate);
}

static bool start_one(struct schedule *s, schedule_start_fn *start, void *arg)
{
    for (size_t i = 0; i < s->n_conns; i++) {
        size_t nth = s->next_conn;

        s->next_conn = (s->next_conn + 1) % s->n_conns;
        if (start(arg, nth, schedule_due_ns(s))) {
            s->n_started++;
            return true;
        }
    }
    return false;
}

void schedule_run(struct schedule *s, uint64_t now_ns, schedule_start_fn *start, void *arg)
{
    s->is_full = false;
    while (!s->is_full && schedule_due_ns(s) <= now_ns)
        s->is_full = !start_one(s, start, arg);
}

struct timespec schedule_wait(const struct schedule *s, uint64_t until_ns, uint64_t now_ns)
{
    uint64_t ns;

    if (!s->is_full && schedule_due_ns(s) < until_ns)
        until_ns = schedule_due_ns(s);
    ns = until_ns > now_ns ? until_ns - now_ns : 0;
    return (struct timespec){ .tv_sec = (time_t)(ns / 1000000000U),
                              .tv_nsec = (long)(ns % 1000000000U) };
}
