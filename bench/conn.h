// bench/conn.h: one connection of the load generator: calls that are queued, sent, and answered.
// One function makes one send or one read, and none blocks. Knows neither epoll nor when to call.
//
// Lifetime:  embedded; conn_open / conn_close. The traffic outlives its connections.
// Threads:   none. One owner at a time.
// Invariant: n_sent <= n_permitted <= n_queued, and queued bytes that are not sent yet fit into the
//            ring, for at most `depth` calls are outstanding.
//
//   while (conn_start(&c, now_ns)) ;          // `depth` requests are queued
//   conn_send(&c);                            // when writable: one send
//   conn_receive(&c, &latency, &now_ns);      // when readable: one read, ends calls
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/histogram.h"
#include "bench/protocol.h"

// What all connections say, and the space they say it in.
struct traffic {
    const struct protocol *protocol;
    size_t                 payload_len, request_len, depth;
    bool                   is_checked;  // compare every byte of the replies
    uint8_t               *payload;     // that all requests carry
    uint8_t               *requests;    // `depth` encoded ones
    uint8_t               *in;          // one hot buffer for all reads
    uint64_t              *ended;       // the calls that one read ended
};

struct conn {
    int                   fd;  // -1: closed
    uint32_t              interest;
    const struct traffic *traffic;
    size_t                depth, n_outstanding;
    uint64_t              n_started;
    uint8_t              *ring;  // `depth` requests; the traffic's own unless they are numbered
    size_t                ring_len;
    uint64_t              n_queued, n_sent, n_received;   // bytes, since the connection began
    uint64_t              n_permitted;                    // of the queued: windows let them go
    uint8_t               control[PROTOCOL_MAX_CONTROL];  // goes out ahead of the next request
    size_t                control_len;
    uint64_t             *start_ns;  // by call number & slot_mask; 0: free
    uint64_t              slot_mask;
    struct scan           scan;
};

void traffic_init(struct traffic *t, const struct protocol *protocol, size_t payload_len,
                  size_t depth);
void traffic_done(struct traffic *t);

// Connects and greets, or ends the program.
void conn_open(struct conn *c, const struct traffic *t, const char *address, size_t depth);
void conn_close(struct conn *c);  // may be closed already

// Queues the next call, which counts from `start_ns`. False when `depth` calls are outstanding.
bool conn_start(struct conn *c, uint64_t start_ns);

static inline bool conn_has_unsent(const struct conn *c)
{
    return c->n_sent < c->n_permitted || c->control_len > 0;
}

// One send of what is queued, as far as the kernel takes it. False when the connection is broken.
bool conn_send(struct conn *c);

// One read; records how long each call took that it ended. How many these are, or -1 when the
// connection is broken or the replies are. On success `ret_now_ns` is when the read returned.
ssize_t conn_receive(struct conn *c, struct histogram *latency, uint64_t *ret_now_ns);

#endif
