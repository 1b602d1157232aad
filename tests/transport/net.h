// tests/transport/net.h: what the tests of pollers and sockets share: a check that nothing is left
// over, a clock that stands, peers that are plain descriptors. Knows nothing of connections (see
// probe.h).
//
// Lifetime:  NET_TEST wraps a test: after it the system calls are the kernel's again, and memory and
//            descriptors are counted.
// Threads:   the test's own; join others before the end.
//
//   static void test_x(void **state)
//   {
//       tern_poller *p = net_poller();
//       int          ours, theirs;
//
//       net_pair(NET_TCP, &ours, &theirs);
//       ...
//       NET_UNTIL(p, n_closed == 1);
//       tern_poller_free(p);
//   }
#ifndef TESTS_TRANSPORT_NET_H
#define TESTS_TRANSPORT_NET_H

#include "tests/support/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <tern/conn.h>
#include <tern/log.h>
#include <tern/poller.h>

// ---- around a test -------------------------------------------------------

#define NET_TEST(fn) cmocka_unit_test_setup_teardown(fn, net_setup, net_teardown)

int net_setup(void **state);
int net_teardown(void **state);

// Open descriptors of this process, by number, to be compared.
typedef struct net_fds net_fds;
struct net_fds {
    uint64_t open[64];
};

net_fds net_open_fds(void);
int     net_n_open_fds(void);

// What the library has logged since the test began; it does not reach stderr.
int         net_n_logged(void);
const char *net_last_logged(void);

// True under AddressSanitizer or ThreadSanitizer: do a tenth of the work.
bool net_is_slow(void);

// ---- pollers -------------------------------------------------------------

tern_poller *net_poller(tern_backend backend);

// One round, and what the far ends owe.
void net_step(tern_poller *p, int timeout_ms);

// Steps until `cond`, for some seconds at most. Asks `cond` once for each step.
#define NET_UNTIL(p, cond)                                                                         \
    do {                                                                                           \
        bool net_met_ = false;                                                                     \
        for (int net_n_ = 0; net_n_ < 2000 && !(net_met_ = (cond)); net_n_++)                      \
            net_step(p, 5);                                                                        \
        if (!net_met_)                                                                             \
            fail_msg("never met: %s", #cond);                                                      \
    } while (0)

// Steps without waiting, often enough for everything that has reached this machine's sockets.
void net_settle(tern_poller *p);

// ---- the clock -----------------------------------------------------------

// From here on it stands, until it is told otherwise.
void net_clock_start(void);
void net_clock_advance(uint64_t ns);

// ---- sockets -------------------------------------------------------------

typedef enum net_kind { NET_TCP, NET_UNIX, NET_N_KINDS } net_kind;

extern const char *const net_kind_names[NET_N_KINDS];

// A connected pair; `theirs` does not block.
void net_pair(net_kind kind, int *ret_ours, int *ret_theirs);
// The same with kernel buffers as small as they get.
void net_small_pair(net_kind kind, int *ret_ours, int *ret_theirs);

// A TCP listener on a free port of the loopback, plain; its port.
int net_listen(int backlog, uint16_t *ret_port);

// A plain client of such a port.
int net_connect(uint16_t port);

// A word for names that all processes of the machine share, unlike their numbers. The same in one process.
const char *net_unique_word(void);

// ---- the far end ---------------------------------------------------------

// Connections under test have a filter (tongue.h), and their far ends, plain descriptors, speak its language through
// what follows. Otherwise that is the system calls. See backends.h.
extern bool net_has_filter;

// Says hello. What net_pair, net_small_pair and net_connect give has done so.
void    net_speak(int fd);
void    net_write(int fd, const void *data, size_t n);  // all of it
ssize_t net_send(int fd, const void *data, size_t n);   // what fits: bytes, or -errno
ssize_t net_read(int fd, void *buf, size_t n);          // bytes, 0 at the end, or -errno
ssize_t net_await(int fd, void *buf, size_t n);         // the same, waiting, asleep
// Reads and drops what is there; adds to `*n`. 0 while more may come, 1 at the end, or -errno.
int  net_drain(int fd, size_t *n);
void net_shutdown(int fd);  // our half
void net_close(int fd);     // when all is out that was written
void net_cut(int fd);       // closes without a filter's goodbye
void net_reset(int fd);     // closes such that the peer gets a reset (TCP)

// The far ends see to their handshakes, and to what did not fit.
void net_turn_peers(void);
void net_forget_peers(void);

// ---- connections ---------------------------------------------------------

// NULL: there has to be none, or there is no memory.
tern_conn_filter *net_filter(void);
// `opts`, which may be NULL, with net_filter.
tern_conn_opts net_conn_opts(const tern_conn_opts *opts);
int net_conn_io_new(tern_poller *p, int fd, const tern_conn_opts *opts, tern_conn **ret_conn);
// The far end of such a one, in place of a plain descriptor.
int net_far_conn_io_new(tern_poller *p, int fd, tern_conn **ret_conn);
// Steps until the handshake with the far end is over.
void net_greet(tern_poller *p, const tern_conn *c);

#endif
