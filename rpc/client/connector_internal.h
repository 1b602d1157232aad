// rpc/client/connector_internal.h: one connection that is made, and made again when it is lost, with backoff
// between failures: to the first of its addresses that can be reached. Knows nothing of calls.
//
//           connect           settings have come
//   IDLE -------------> DIALING -----------------> OPEN
//    ^ ^                   |  the next address        | leaving, lost: to IDLE
//    | |  its time is over |  until none is left
//    | |                   v
//    | +---------------- FAILED
//    +------------------------------------------------+
//
// Lifetime:  of its own; terni_connector_new, then terni_connector_close or _retire; `gone` is the last that is
//            told, when no link of it is left.
// Threads:   its poller's.
// Invariant: it has a link that takes calls if and only if it is OPEN; the owner hears of every change.
#ifndef RPC_CLIENT_CONNECTOR_INTERNAL_H
#define RPC_CLIENT_CONNECTOR_INTERNAL_H

#include <tern/dialer.h>

#include "rpc/client/endpoints_internal.h"
#include "rpc/client/link_internal.h"

enum {
    TERNI_DIAL_TIMEOUT_MS = 20 * 1000,
    TERNI_MIN_BACKOFF_MS = 1000,
    TERNI_MAX_BACKOFF_MS = 120 * 1000,
};

typedef enum terni_connector_state {
    TERNI_CONNECTOR_IDLE,
    TERNI_CONNECTOR_DIALING,
    TERNI_CONNECTOR_OPEN,
    TERNI_CONNECTOR_FAILED,  // backs off
    TERNI_CONNECTOR_ABSENT,  // its name stands for fewer addresses than were thought
    TERNI_N_CONNECTOR_STATES,
} terni_connector_state;

typedef struct terni_connector terni_connector;

// Run on its poller, never from inside _new, _connect may run all but `gone`.
typedef struct terni_connector_events terni_connector_events;
struct terni_connector_events {
    void (*moved)(terni_connector *c, terni_connector_state before);
    void (*opened)(terni_connector *c, terni_link *link);  // it takes calls
    void (*left)(terni_connector *c, terni_link *link);    // no more
    void (*room)(terni_connector *c);                      // a call less on one of its links
    void (*failed)(terni_connector *c, const char *why);   // every address; NULL: it is ABSENT
    void (*found)(terni_connector *c, unsigned n_found);   // what its name stands for
    // Is anybody waiting for a connection?
    bool (*is_wanted)(const terni_connector *c);
    // Its memory goes. Perhaps from inside terni_connector_close and _retire.
    void (*gone)(terni_connector *c);
};

struct terni_connector {
    const terni_connector_events *events;
    void                         *owner;
    terni_endpoints              *endpoints;  // a reference
    terni_wish                    wish;       // of them
    unsigned                      n_found;    // addresses that the name stands for
    terni_link_opts               link_opts;  // but for the target
    terni_connector_state         state;
    unsigned                      n_tried;
    terni_link                   *coming;   // connected, and waiting for the server's settings
    terni_link                   *current;  // takes calls
    terni_link                   *links;    // all that are left
    tern_dialer                  *dialer;   // on its way
    uint64_t                      backoff_ms;
    tern_timer                    retry_timer;
    terni_connector              *next, **link;  // of the owner's
    bool                          is_closing;    // for good
    bool                          is_kept;       // the owner's: while endpoints change
    bool                          was_lost;      // it worked once, and that has not been so since
};

typedef struct terni_connector_opts terni_connector_opts;
struct terni_connector_opts {
    const terni_connector_events *events;
    void                         *owner;
    terni_endpoints              *endpoints;
    const terni_wish             *wish;
    terni_link_opts               link_opts;  // poller, limits, keepalive
};

// IDLE, or ABSENT when it is not the first of a name's: until the name is known to stand for so many. NULL
// without memory.
terni_connector *terni_connector_new(const terni_connector_opts *opts);
// Unless it is open or on its way; a backoff is cut short.
void terni_connector_connect(terni_connector *c);
// The name stands for `n_found` addresses, as another connector has found.
void terni_connector_revise(terni_connector *c, unsigned n_found);
// True if what it has, or tries, serves `wish` of other endpoints as well: it is theirs from now on.
bool terni_connector_adopt(terni_connector *c, terni_endpoints *endpoints, const terni_wish *wish);
// No connection any more, but the calls of the one that it has go on.
void terni_connector_retire(terni_connector *c);
// At once. The calls end.
void terni_connector_close(terni_connector *c);

// "tcp://127.0.0.1:7000", of the address that it is at, or that it tries.
void terni_connector_address(const terni_connector *c, char *text, size_t size);

#endif
