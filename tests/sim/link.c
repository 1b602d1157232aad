#include "tests/sim/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/chance.h"
#include "tests/sim/kernel.h"

link_    links[MAX_LINKS];
unsigned n_links;

void link_start(void)
{
    for (unsigned i = 0; i < n_links; i++)
        links[i].state = LINK_FREE;
    n_links = 0;
}

static void flow_start(flow *w, uint64_t latency_ns)
{
    static const size_t rooms[] = {
        RING, RING, 16 * 1024, 4096, 1500, 200
    };  // narrow only if quick
    uint8_t *ring = w->ring ? w->ring : malloc(RING);

    TERN_ASSERT(ring);
    *w = (flow){ .ring = ring, .cut_at = TERN_NEVER };
    w->room = rooms[chance_pick_low(CHANCE_SHAPE, latency_ns > TERN_NS_PER_MS ? 3 : 6)];
    if (chance_happens(CHANCE_CUT))
        w->cut_at = chance_pick_low(CHANCE_SIZE, 8000);
}

link_ *link_new(void)
{
    static const uint64_t latencies_ns[] = { 20000, 20000, 200000, 3 * TERN_NS_PER_MS,
                                             80 * TERN_NS_PER_MS };
    link_                *l = links;

    while (l < links + n_links && l->state != LINK_FREE)
        l++;
    TERN_ASSERT(l < links + MAX_LINKS);
    if (l == links + n_links)
        n_links++;
    l->state = LINK_OPENING;
    l->latency_ns = latencies_ns[chance_pick_low(CHANCE_SHAPE, TERN_COUNT_OF(latencies_ns))];
    for (unsigned side = 0; side < 2; side++) {
        l->ends[side] = NULL;
        l->reset_ns[side] = TERN_NEVER;
        l->has_closed[side] = l->was_reset[side] = false;
        flow_start(&l->flows[side], l->latency_ns);
    }
    return l;
}

uint64_t link_latency(const link_ *l)
{
    uint64_t ns = l->latency_ns;

    if (chance_happens(CHANCE_LATENCY))
        ns = ns * chance_pick(CHANCE_LATENCY, 8) + chance_pick(CHANCE_LATENCY, 50000);
    return ns;
}

void link_release_if_closed(link_ *l)
{
    if (l->has_closed[0] && l->has_closed[1])
        l->state = LINK_FREE;
}

// ---- on its way ----------------------------------------------------------

void flow_put_mark(flow *w, uint64_t at_ns)
{
    mark *last = w->n_marks ? &w->marks[w->n_marks - 1] : NULL;

    if (last && last->at_ns > at_ns)
        at_ns = last->at_ns;
    if (w->n_marks == MAX_MARKS)
        *last = (mark){ at_ns, w->sent };
    else
        w->marks[w->n_marks++] = (mark){ at_ns, w->sent };
}

// What had come is yet to come, but for `n` bytes.
void flow_take_back(flow *w, size_t n)
{
    uint64_t upto = w->arrived;

    w->arrived = w->taken + n;
    if (w->n_marks == MAX_MARKS) {
        w->marks[0].at_ns = kernel_now_ns();  // sooner is always right
        return;
    }
    memmove(&w->marks[1], &w->marks[0], w->n_marks++ * sizeof w->marks[0]);
    w->marks[0] = (mark){ kernel_now_ns() + chance_pick(CHANCE_LATENCY, 100000), upto };
    if (w->n_marks > 1 && w->marks[1].at_ns < w->marks[0].at_ns)
        w->marks[0].at_ns = w->marks[1].at_ns;
}

void flow_drop_what_is_underway(flow *w)
{
    w->sent = w->arrived;
    w->n_marks = 0;
}

// The end hears that there is no connection any more. What had come can be read before.
static void hear_reset(link_ *l, unsigned side)
{
    file *f = l->ends[side];

    l->reset_ns[side] = TERN_NEVER;
    l->was_reset[side] = true;
    flow_drop_what_is_underway(&l->flows[1 - side]);
    if (!f || f->is_reset)
        return;
    SIM_SAY("%d is reset", file_fd(f));
    f->is_reset = true;
    if (!f->error)
        f->error = ECONNRESET;
    file_wake(f);
}

void link_send_reset(link_ *l, unsigned to, uint64_t at_ns)
{
    if (l->reset_ns[to] > at_ns)
        l->reset_ns[to] = at_ns;
}

void link_break(link_ *l)
{
    if (l->state == LINK_FREE || l->state == LINK_BROKEN)
        return;
    if (l->state == LINK_OPEN)
        l->state = LINK_BROKEN;
    link_send_reset(l, 0, kernel_now_ns());
    link_send_reset(l, 1, kernel_now_ns());
}

static void end_arrives(link_ *l, flow *w, file *to)
{
    (void)l;
    w->has_end_arrived = true;
    if (to)
        file_wake(to);
}

// Bytes have come; nobody may be there any more.
static void bytes_arrive(link_ *l, unsigned from, uint64_t upto)
{
    flow *w = &l->flows[from];
    file *to = l->ends[1 - from];

    if (upto <= w->arrived)
        return;
    if (upto >= w->cut_at) {
        SIM_SAY("a connection is cut at byte %llu of %s", (unsigned long long)w->cut_at,
                from ? "server to client" : "client to server");
        w->arrived = w->cut_at;
        link_break(l);
        return;
    }
    w->arrived = upto;
    if (to)
        file_wake(to);
    else if (l->has_closed[1 - from])
        link_send_reset(l, from, kernel_now_ns() + l->latency_ns);
}

static void flow_arrive(link_ *l, unsigned from, uint64_t now_ns)
{
    flow *w = &l->flows[from];

    while (w->n_marks && w->marks[0].at_ns <= now_ns) {
        uint64_t upto = w->marks[0].upto;

        memmove(&w->marks[0], &w->marks[1], --w->n_marks * sizeof w->marks[0]);
        bytes_arrive(l, from, upto);
    }
    if (!w->n_marks && w->is_ended && !w->has_end_arrived && w->arrived == w->sent)
        end_arrives(l, w, l->ends[1 - from]);
}

void link_arrive(uint64_t now_ns)
{
    for (unsigned i = 0; i < n_links; i++) {
        link_ *l = &links[i];

        if (l->state == LINK_FREE)
            continue;
        for (unsigned side = 0; side < 2; side++)
            flow_arrive(l, side, now_ns);
        for (unsigned side = 0; side < 2; side++)
            if (l->reset_ns[side] <= now_ns)
                hear_reset(l, side);
    }
}

uint64_t link_next_ns(void)
{
    uint64_t next = TERN_NEVER;

    for (unsigned i = 0; i < n_links; i++)
        for (unsigned side = 0; links[i].state != LINK_FREE && side < 2; side++) {
            const flow *w = &links[i].flows[side];

            if (w->n_marks && w->marks[0].at_ns < next)
                next = w->marks[0].at_ns;
            if (links[i].reset_ns[side] < next)
                next = links[i].reset_ns[side];
        }
    return next;
}
