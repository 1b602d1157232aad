// rpc/session/patience_internal.h: whether a peer goes on with what it has begun: half a frame, headers without their
// end, a long message. Knows nothing of sessions: its owner says what is unfinished, and ends the connection.
//
// Lifetime:  allocated by its owner when something is unfinished for the first time; terni_patience_start /
//            terni_patience_stop, before what the hooks need is gone.
// Threads:   its poller's.
// Cost:      a timer while something is unfinished, and a look where it was; nothing for a peer whose frames come whole.
#ifndef RPC_SESSION_PATIENCE_INTERNAL_H
#define RPC_SESSION_PATIENCE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/poller.h>
#include <tern/timer.h>

#include "rpc/wire/limits_internal.h"

enum { TERNI_LONG_FRAME = 64 * 1024 };  // bytes; a longer one has the time of a message

typedef struct terni_patience_hooks terni_patience_hooks;
struct terni_patience_hooks {
    // Since when the message that has stood still longest does; TERN_NEVER: there is none.
    uint64_t (*stalled_ns)(void *owner);
    uint64_t (*heard_ns)(void *owner);  // when the last byte came
    // Once, last: nothing is armed any more.
    void (*overdue)(void *owner, const char *why);
};

typedef struct terni_patience terni_patience;
struct terni_patience {
    const terni_patience_hooks *hooks;
    void                       *owner;
    tern_poller                *poller;
    const terni_wire_limits    *limits;
    tern_timer                  timer;
    uint64_t                    since_ns;    // the frame that is not whole: 0: there is none
    uint64_t                    resumed_ns;  // when we went on reading, after we did not want to
    bool                        is_long;
    bool                        is_held_back;
};

// What the input looks like after the engine has taken what it could.
typedef struct terni_patience_look terni_patience_look;
struct terni_patience_look {
    bool     is_in_frame, is_in_message;
    bool     is_held_back;  // nothing is read from the peer, which cannot go on
    bool     has_moved;     // something was taken, so the frame is another one, or goes on
    uint64_t need;          // bytes of the frame, if known
};

// Owner, hooks, poller and limits are set.
void terni_patience_start(terni_patience *p);
void terni_patience_note(terni_patience *p, const terni_patience_look *look);
void terni_patience_stop(terni_patience *p);

#endif
