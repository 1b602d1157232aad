// tern/group.h: several pollers, each on a thread of its own. Knows nothing of what they carry.
//
// Lifetime:  tern_group_new starts the threads; tern_group_free stops and joins them, then frees the
//            pollers. What is attached to them must be closed before, or is hung up then.
// Threads:   every function may be called from any thread but tern_group_free, which must not be
//            called from a poller of the group.
// Invariant: a descriptor that is given goes to the poller that has the fewest operators, counting
//            those that are still on their way to it.
//
//   tern_group_new(&(tern_group_opts){ .n_pollers = 4 }, &group);
//   tern_group_give(group, fd, on_fd, arg);   // on_fd(poller, fd, arg) runs on the chosen poller
#ifndef TERN_GROUP_H
#define TERN_GROUP_H

#include <stdbool.h>

#include <tern/base.h>
#include <tern/opts.h>
#include <tern/poller.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_group tern_group;

enum { TERN_MAX_POLLERS = 256 };

// Zero means default.
typedef struct tern_group_opts tern_group_opts;
struct tern_group_opts {
    unsigned     n_pollers;  // one for each processor that this process may use
    tern_backend backend;
    bool         is_pinned;  // each thread to a processor
    // The first poller has no thread: the caller drives it.
    bool is_first_driven_by_caller;
    // Pollers of the program's own, which it drives and frees; n_pollers and backend are not looked at.
    unsigned            n_given;
    tern_poller *const *given;
};

// Runs on `poller`. Once for each descriptor given; `fd` is given on.
typedef void tern_group_fd_fn(tern_poller *poller, int fd, void *arg);

TERN_API TERN_NODISCARD int      tern_group_new_sized(const tern_group_opts *opts,
                                                      tern_group **ret_group, uint64_t sizes);
TERN_NODISCARD static inline int tern_group_new(const tern_group_opts *opts, tern_group **ret_group)
{
    return tern_group_new_sized(opts, ret_group, TERN_SIZE(0, tern_group_opts));
}
TERN_API void tern_group_free(tern_group *g);  // accepts NULL

TERN_API unsigned     tern_group_size(const tern_group *g);
TERN_API tern_poller *tern_group_get(const tern_group *g, unsigned i);

// Takes `fd`, also on failure (-ENOMEM: it is closed). Runs `fn` at once when the chosen poller is
// the one that is calling.
TERN_API TERN_NODISCARD int tern_group_give(tern_group *g, int fd, tern_group_fd_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
