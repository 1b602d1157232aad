// tern/broadcast.h: one message to many streams of a server: encoded once, and given to each by the poller that it is on.
// For handlers with callbacks, so that who listens costs no fiber. Knows nothing of who wants what: all get all.
//
// Lifetime:  tern_broadcast_new / tern_broadcast_free, when the server has stopped. A member lies in the state of its
//            call: from tern_broadcast_join until tern_broadcast_leave.
// Threads:   tern_broadcast_send from any thread; what takes a member, on the poller of its call.
// Invariant: each member gets what was sent after it had joined, in the order of one sender; what it misses is said by
//            the policy.
//
//   static tern_broadcast *news;                              // tern_broadcast_new(&demo_news_descriptor, NULL)
//   static void ready(demo_press_watch_out *out)              // .state_size = sizeof(tern_broadcast_member)
//   {
//       tern_broadcast_ready(news, out->state, out);
//   }
//   static void end(demo_press_watch_out *out, tern_status st) { tern_broadcast_leave(out->state); }
//   ...
//   err = tern_broadcast_send(news, DEMO_NEWS(.text = "rain"));
#ifndef TERN_BROADCAST_H
#define TERN_BROADCAST_H

#include <stdint.h>

#include <tern/base.h>
#include <tern/opts.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

// Of a member whose client does not read as fast as it is sent to: when so much waits for it as may.
typedef enum tern_behind {
    TERN_BEHIND_DROP,      // it does not get what comes now
    TERN_BEHIND_COALESCE,  // what comes now takes the place of the newest that waits
    TERN_BEHIND_END,  // its call ends with TERN_RESOURCE_EXHAUSTED, when it has all that was before
} tern_behind;

enum {
    TERN_MAX_BEHIND = 64 * 1024,
    TERN_MAX_BROADCAST_QUEUE = 64 * 1024,  // messages on their way to a poller
};

// Zero is the default everywhere.
typedef struct tern_broadcast_opts tern_broadcast_opts;
struct tern_broadcast_opts {
    tern_behind behind;
    uint32_t    max_behind;  // messages that may wait for one member, at most TERN_MAX_BEHIND. 0: 1
};

typedef struct tern_broadcast        tern_broadcast;
typedef struct tern_broadcast_room_  tern_broadcast_room_;
typedef struct tern_broadcast_member tern_broadcast_member;

// Zeroed before it joins.
struct tern_broadcast_member {
    uint64_t               n_missed;  // messages: dropped, or replaced before they went
    tern_broadcast_member *next_, **link_;
    tern_broadcast_room_  *room_;
    void                  *out_;
    tern_block           **waiting_;  // a ring
    uint32_t               first_, n_;
    uint32_t               is_too_slow_;
};

// Of messages of `type`. NULL without memory, or with options that are out of bounds.
TERN_API TERN_NODISCARD tern_broadcast *
tern_broadcast_new_sized(const struct ProtobufCMessageDescriptor *type,
                         const tern_broadcast_opts *opts, uint64_t sizes);
TERN_NODISCARD static inline tern_broadcast *
tern_broadcast_new(const struct ProtobufCMessageDescriptor *type, const tern_broadcast_opts *opts)
{
    return tern_broadcast_new_sized(type, opts, TERN_SIZE(0, tern_broadcast_opts));
}
TERN_API void
tern_broadcast_free(tern_broadcast *b);  // accepts NULL; there are no members any more

// In `ready`, each time: the first time it joins, then it sends what waits. A handler may push something of its own
// before it calls this for the first time, and return: what it pushed comes first.
TERN_API void tern_broadcast_ready(tern_broadcast *b, tern_broadcast_member *m, void *out);
// In `end`. Of one that has not joined: nothing.
TERN_API void tern_broadcast_leave(tern_broadcast_member *m);

// To all who have joined. 0; or -ENOMEM (also for what cannot be encoded), or -EAGAIN (a poller is
// TERN_MAX_BROADCAST_QUEUE behind), and nobody gets it.
TERN_API TERN_NODISCARD int tern_broadcast_send(tern_broadcast *b, const void *msg);
TERN_API uint32_t           tern_broadcast_n_members(tern_broadcast *b);

#ifdef __cplusplus
}
#endif

#endif
