// rpc/server/pressure_internal.h: what all clients together make a server hold, and who gives way when it is too much.
// Those who hold more than their share are not read from any more; if that does not help, the calls of the one that
// holds most are refused; then its connection is ended. Never the others. Knows nothing of what it is that they hold.
//
// Lifetime:  an account is the server's, its pressures the workers': from terni_pressure_init until `rested` was told.
// Threads:   a pressure its poller's. The figures of an account any.
// Invariant: no look is on its way to a poller whose pressure has rested.
// Cost:      nothing while the pollers' pools have less than half of what it allows. Then a look at all connections and
//            calls, for each 64th of it that comes, and every LOOK_AGAIN_MS while somebody is slowed.
#ifndef RPC_SERVER_PRESSURE_INTERNAL_H
#define RPC_SERVER_PRESSURE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/server/server_conn_internal.h"

typedef struct terni_pressure terni_pressure;

typedef struct terni_account terni_account;
struct terni_account {
    uint64_t         max;
    terni_quota     *announced;  // bytes of long messages on their way
    terni_pressure  *members;    // complete before the first of them looks
    pthread_mutex_t  lock;  // of the members' is_asked and has_closed: the poller may be gone then
    _Atomic uint64_t n_slowed, n_refused, n_ended;  // connections, calls, connections: so far
};

struct terni_pressure {
    terni_account      *account;
    tern_poller        *poller;
    terni_server_conn **conns;
    const terni_quota  *n_conns;  // of the whole server
    terni_pressure     *next;     // member
    tern_pool_watch     watch;
    tern_guest          guest;
    tern_task           task;
    tern_timer          timer;
    _Atomic uint64_t    held, heaviest;  // as of the last look: of all connections here, and of one
    uint64_t            since_ns;        // that it has been too much; 0: it is not
    bool                is_full;         // more is held than may be
    bool                has_slowed;
    bool                is_asked, has_closed;
    void (*rested)(void *owner);
    void *owner;
};

// What may be announced is what may be held.
void terni_account_init(terni_account *a, terni_quota *announced);
void terni_account_done(terni_account *a);

// Any thread. What is held, as of the last looks, with all that is announced.
uint64_t terni_account_held(const terni_account *a);
// And what the pollers have taken of the allocator for it, and for all that a program does on them: as of now.
uint64_t terni_account_pooled(terni_account *a);

// Set are: account, poller, conns, n_conns, rested, owner. Joins the account; before any member watches.
void terni_pressure_init(terni_pressure *p);
// On its poller, as what follows; idempotent. From now on it knows how much the poller's pool has.
void terni_pressure_watch(terni_pressure *p);
// Room for a long message, beside `own` bytes that its connection has announced before: given back to the quota. False:
// there is none; who lets others wait for his messages will have to make some.
bool terni_pressure_announce(terni_pressure *p, uint64_t own, uint64_t bytes);
// `rested` runs when no look is on its way any more: at once, or later.
void terni_pressure_close(terni_pressure *p);

#endif
