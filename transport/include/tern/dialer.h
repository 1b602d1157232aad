// tern/dialer.h: connecting, with a deadline, at every address that a name stands for. Hands out a
// descriptor; knows nothing of connections.
//
// Lifetime:  tern_dial .. its callback, after which the handle is gone.
// Threads:   its poller's thread only. Names that need a resolver are looked up on a worker thread.
// Invariant: the callback runs exactly once, never from inside tern_dial or tern_dialer_cancel, and in
//            time also when the resolver is not. If the poller is freed first: with -ECANCELED.
//
//   tern_dial(poller, &address, now_ns + 5 * TERN_NS_PER_S, on_dialed, arg, &dialer);
#ifndef TERN_DIALER_H
#define TERN_DIALER_H

#include <stdint.h>

#include <tern/address.h>
#include <tern/base.h>
#include <tern/poller.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_dialer tern_dialer;

// Runs on the dialer's poller. Once. `fd` is given if >= 0; otherwise -errno of the last address tried,
// -ETIMEDOUT or -ECANCELED.
typedef void tern_dial_fn(int fd, void *arg);

// Tries the addresses one after another, each with its share of the time that is left. 0 (then the
// callback will run), -ENOMEM, or -ECANCELED while the poller is being freed.
TERN_API TERN_NODISCARD int tern_dial(tern_poller *poller, const tern_address *address,
                                      uint64_t deadline_ns, tern_dial_fn *on_dialed, void *arg,
                                      tern_dialer **ret_dialer);

// Right after tern_dial: tries only one of the addresses that a name stands for, the `index`-th in an
// order that is not the resolver's; -ENOENT if there are not so many. How many there are is in
// `*ret_n_found` when the callback runs, untouched if that is not known.
TERN_API void tern_dialer_pick(tern_dialer *d, unsigned index, unsigned *ret_n_found);

// The callback still runs, with -ECANCELED. Not after it.
TERN_API void tern_dialer_cancel(tern_dialer *d);

#ifdef __cplusplus
}
#endif

#endif
