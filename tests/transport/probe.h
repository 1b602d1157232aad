// tests/transport/probe.h: a connection under observation: what it was told, in order, and hooks to
// do something in the middle of it. Knows nothing of the test.
//
// Lifetime:  the test's memory; must stay until `closed` was told. No free function: closing the
//            connection is part of what is tested.
// Threads:   its poller's.
// Invariant: asserts what holds for every connection: no event after closed, one end, no data after
//            the end, at most one closed.
#ifndef TESTS_TRANSPORT_PROBE_H
#define TESTS_TRANSPORT_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include <tern/conn.h>

#include "tests/transport/net.h"

typedef struct probe probe;
struct probe {
    tern_conn *conn;       // NULL once closed
    char       log[64];    // d data (a run of it is one), e end, c choked, D drained, x closed
    char       text[256];  // the first bytes that came
    size_t     n_bytes;    // that came, and were taken
    int        n_data, n_end, n_closed;
    int        err;  // of closed

    // Set before probe_start. NULL: input is taken, the end changes nothing.
    void (*on_data)(probe *pr, tern_linkbuf *in);  // before the rest of the input is taken
    void (*on_end)(probe *pr);
    void (*on_choked)(probe *pr);
    void (*on_drained)(probe *pr);
    void (*on_closed)(probe *pr);
    bool  has_no_end;     // the connection gets no `end` function
    bool  takes_nothing;  // the input stays where it is
    void *arg;
};

// Takes `fd`.
void probe_start(probe *pr, tern_poller *p, int fd, const tern_conn_opts *opts);
// The same, for tests where it may fail.
int probe_try(probe *pr, tern_poller *p, int fd, const tern_conn_opts *opts);

// Sends `n` bytes of a pattern : probe_pattern(from), probe_pattern(from + 1), ....
void probe_send_pattern(probe *pr, size_t from, size_t n);
char probe_pattern(size_t at);
// Reads what is there and asserts that it is the pattern from that offset on. Returns how much it was.
size_t probe_receive_pattern(int fd, size_t from);

// One connection on its own poller, and the plain socket at its other end. What is set in `pr` before it
// is opened holds.
typedef struct scene scene;
struct scene {
    tern_poller *p;
    probe        pr;
    int          peer;  // -1 once closed
};

void scene_open(scene *s, tern_backend backend, net_kind kind, const tern_conn_opts *opts);
void scene_open_small(scene *s, tern_backend backend, net_kind kind, const tern_conn_opts *opts);
void scene_hang_up_peer(scene *s);
void scene_close(scene *s);  // whatever is still open; asserts that `closed` was told

#define FOR_EACH_KIND(kind) for (net_kind kind = NET_TCP; kind < NET_N_KINDS; kind++)

#endif
