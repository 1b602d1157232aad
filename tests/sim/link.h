// tests/sim/link.h: a connection of the simulated machine, between two sockets: what is on its way in either direction, for
// how long, how much of it there may be, and how it breaks. Knows nothing of ports that are listened on, nor of calls.
//
// Lifetime:  link_new .. when both ends have closed it. link_start: there is none.
// Threads:   one.
#ifndef TESTS_SIM_LINK_H
#define TESTS_SIM_LINK_H

#include <stddef.h>

#include "tests/sim/file.h"

enum {
    MAX_LINKS = 64,
    RING = 1 << 16,
    MAX_MARKS = 16,
};

// So many bytes will have come by then.
typedef struct mark mark;
struct mark {
    uint64_t at_ns, upto;
};

typedef struct flow flow;
struct flow {
    uint8_t *ring;
    uint64_t sent, arrived, taken;
    size_t   room;  // of bytes that were sent and are not taken
    mark     marks[MAX_MARKS];
    unsigned n_marks;
    bool     is_ended, has_end_arrived;
    bool     is_starved;  // who sends was told that there is no room
    uint64_t cut_at;      // TERN_NEVER: never
};

typedef enum link_state { LINK_FREE, LINK_OPENING, LINK_QUEUED, LINK_OPEN, LINK_BROKEN } link_state;

struct link_ {
    link_state state;
    file      *ends[2];   // the client's, the server's; NULL: not yet, or closed
    flow       flows[2];  // from that end
    uint64_t   latency_ns;
    uint16_t   ports[2];
    uint64_t   reset_ns[2];  // when an end is to hear of it; TERN_NEVER: not
    bool       has_closed[2];
    bool       was_reset[2];  // also of an end that nobody has accepted yet
};

extern link_    links[MAX_LINKS];
extern unsigned n_links;  // the highest that was ever in use, and one

void   link_start(void);
link_ *link_new(void);
// How long the next bytes take.
uint64_t link_latency(const link_ *l);
void     link_release_if_closed(link_ *l);
void     link_send_reset(link_ *l, unsigned to, uint64_t at_ns);
// Both ends hear of a reset.
void link_break(link_ *l);

// What was sent will have come by then.
void flow_put_mark(flow *w, uint64_t at_ns);
// What had come is yet to come, but for `n` bytes.
void flow_take_back(flow *w, size_t n);
void flow_drop_what_is_underway(flow *w);

// All that is due.
void     link_arrive(uint64_t now_ns);
uint64_t link_next_ns(void);

// ---- inline bodies -------------------------------------------------------

static inline flow *out_of(const file *f) { return &f->link->flows[f->side]; }
static inline flow *in_of(const file *f) { return &f->link->flows[1 - f->side]; }
static inline file *peer_of(const file *f) { return f->link->ends[1 - f->side]; }

static inline size_t readable(const flow *w) { return (size_t)(w->arrived - w->taken); }
static inline size_t room_of(const flow *w)
{
    size_t used = (size_t)(w->sent - w->taken);

    return used < w->room ? w->room - used : 0;
}

#endif
