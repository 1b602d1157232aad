// tern/fiber.h: functions that wait without blocking their thread. Knows nothing of sockets: whoever
// wants a fiber to wait for something parks it and readies it.
//
// Lifetime:  spawn gives a handle that must be joined or detached, once; a fiber spawned without a
//            handle is detached. The memory is the poller's, and goes back to its pool by itself.
// Threads:   a fiber runs on its poller's thread only. So do all functions below, but for the two
//            that end in _from_anywhere.
// Invariant: a fiber is never killed and nothing jumps over its frames: it ends by returning from its
//            function. Cancelling it makes one wait return -ECANCELED.
//
//   static void greet(void *name)
//   {
//       tern_fiber_sleep(TERN_NS_PER_S);
//       printf("hello, %s\n", (char *)name);
//   }
//   ...
//   if ((err = tern_fiber_spawn(poller, greet, "world", NULL, NULL)) < 0) return err;
//   return tern_poller_run_until_idle(poller);
//
// A fiber must not hold a lock of the thread (pthread_mutex) over anything that may wait. What it sets
// in the thread (errno, rounding mode, locale) is the next fiber's as well.
#ifndef TERN_FIBER_H
#define TERN_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/opts.h>
#include <tern/timer.h>  // TERN_NEVER

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_fiber  tern_fiber;
typedef struct tern_poller tern_poller;

// Runs on a stack of its own, on the thread of its poller. Once.
typedef void tern_fiber_fn(void *arg);

typedef struct tern_fiber_opts tern_fiber_opts;
struct tern_fiber_opts {
    const char *name;        // for people; borrowed until the fiber ends
    size_t      stack_size;  // address space; 0: 256 KiB, from the pool. Memory is used as touched
};

// ---- a fiber's life ------------------------------------------------------

// Runs `fn` on a fiber, after what is ready already. 0, -ENOMEM, or -EINVAL (a stack of more than 1 GiB).
TERN_API TERN_NODISCARD int tern_fiber_spawn_sized(tern_poller *p, tern_fiber_fn *fn, void *arg,
                                                   const tern_fiber_opts *opts,
                                                   tern_fiber **ret_fiber, uint64_t sizes);
TERN_NODISCARD static inline int tern_fiber_spawn(tern_poller *p, tern_fiber_fn *fn, void *arg,
                                                  const tern_fiber_opts *opts,
                                                  tern_fiber           **ret_fiber)
{
    return tern_fiber_spawn_sized(p, fn, arg, opts, ret_fiber, TERN_SIZE(0, tern_fiber_opts));
}

// The fast path of a server: switches into a detached fiber at once and returns when it first waits or
// ends. From inside a fiber of `p`, where that is impossible, it is spawn. 0 or -ENOMEM.
TERN_API TERN_NODISCARD int tern_fiber_run(tern_poller *p, tern_fiber_fn *fn, void *arg);

// Waits until `f` has ended and gives up the handle. From a fiber of the same poller it parks; on a
// thread that drives no poller it drives the fiber's. 0, or with the handle still good: -ECANCELED
// (never behind a shield), -EDEADLK (itself, or from a callback of a poller), -EINVAL (no handle, joined by another already, or a
// fiber of another poller), or the driven poller's error.
TERN_API TERN_NODISCARD int tern_fiber_join(tern_fiber *f);

// Gives up the handle; the fiber goes on.
TERN_API void tern_fiber_detach(tern_fiber *f);

// Makes the fiber's present or next wait return -ECANCELED, once. What was ready before wins: that wait
// returns 0 and the next one is cancelled. Yielding is no wait.
TERN_API void tern_fiber_cancel(tern_fiber *f);

// Whether this fiber was ever asked to stop: for loops that do not wait.
TERN_API bool tern_fiber_is_cancelled(void);

// For clean-up: between the two no wait of this fiber is cancelled, tern_fiber_join and calls of a library that
// waits among them. A cancel that comes, or had come and was not heard of, is for the first wait behind the last
// unshield. They nest, 255 deep; outside of fibers, where nothing is cancelled, they do nothing. Deadlines still hold,
// so a wait that may last wants one: a poller that is freed leaves a fiber behind that waits in here for ever.
//
//   tern_fiber_shield();
//   err = tern_queue_push(&free_seats, seat, TERN_NEVER);
//   tern_fiber_unshield();
TERN_API void tern_fiber_shield(void);
TERN_API void tern_fiber_unshield(void);

// The running fiber, or NULL outside of fibers.
TERN_API tern_fiber *tern_fiber_current(void);

// ---- waiting -------------------------------------------------------------

// Lets others run: the fibers that are ready, and from time to time the poller. Nothing outside of
// fibers.
TERN_API void tern_fiber_yield(void);

// 0 or -ECANCELED. Time is the poller's (tern_poller_now_ns), never early by that clock. On a thread
// that drives no poller the thread sleeps; in a callback of a poller: -EDEADLK.
TERN_API TERN_NODISCARD int tern_fiber_sleep(uint64_t ns);
TERN_API TERN_NODISCARD int tern_fiber_sleep_until(uint64_t deadline_ns);

// The primitive under every wait: stops the running fiber until somebody calls tern_fiber_ready.
// `what` says what for, in tern_dump_fibers; it must outlive the wait. 0 when readied, -ETIMEDOUT,
// -ECANCELED; -EDEADLK outside of fibers. If several happen before the fiber runs again, ready wins over
// cancel and cancel over the deadline.
//
// A ready that comes while the fiber runs is kept, and the next park returns at once; two are kept as
// one. So a waker that is forgotten by its fiber (deadline, cancel) must not ready it any more, or some
// later wait returns 0 too early: take it off the list it waits on, or let it finish first. Nothing
// else wakes a park.
TERN_API TERN_NODISCARD int tern_fiber_park(const char *what, uint64_t deadline_ns);

// From the poller's thread: the fiber runs soon, after those that were readied before it.
TERN_API void tern_fiber_ready(tern_fiber *f);

// The same from any thread, through tern_poller_post. The fiber must not have ended when this is called:
// hold its handle, or what it waits for; afterwards it may. Calls that come before the poller saw the
// first are one.
TERN_API void tern_fiber_ready_from_anywhere(tern_fiber *f);
TERN_API void tern_fiber_cancel_from_anywhere(tern_fiber *f);

// The argument of the running fiber if `fn` is what it runs, else NULL: what a fiber works for is known
// at no cost.
TERN_API void *tern_fiber_arg(tern_fiber_fn *fn);

// ---- fiber-local storage -------------------------------------------------

enum { TERN_MAX_FIBER_KEYS = 8 };

typedef struct tern_fiber_key tern_fiber_key;
struct tern_fiber_key {
    unsigned index;
};

// Runs in the ending fiber, which may still wait, for each value that is not NULL.
typedef void tern_fiber_drop_fn(void *value);

// For the process, for good, from any thread: -ENOSPC after TERN_MAX_FIBER_KEYS. `drop` may be NULL.
TERN_API TERN_NODISCARD int tern_fiber_key_new(tern_fiber_drop_fn *drop, tern_fiber_key *ret_key);

// What a fiber, or offloaded code, starts with. Runs where it is spawned or offloaded, with the value that
// holds there (NULL outside of fibers); the result belongs to the new one, which drops it at its end.
typedef void *tern_fiber_inherit_fn(void *value);
// The same for values that are handed on. Neither function may be NULL.
TERN_API TERN_NODISCARD int tern_fiber_key_new_inherited(tern_fiber_drop_fn    *drop,
                                                         tern_fiber_inherit_fn *inherit,
                                                         tern_fiber_key        *ret_key);

// Of the running fiber. Outside of fibers: NULL, and -EDEADLK; offloaded code has what it inherited.
TERN_API void              *tern_fiber_get(tern_fiber_key key);
TERN_API TERN_NODISCARD int tern_fiber_set(tern_fiber_key key, void *value);

// ---- for people ----------------------------------------------------------

// Names the running fiber. Borrowed until it ends or is named again.
TERN_API void tern_fiber_set_name(const char *name);

// One line per fiber: name, state, what it waits for, since when, where in the code. For debuggers too:
// call tern_dump_fibers(p, 2)
TERN_API void tern_dump_fibers(tern_poller *p, int fd);
// The same line by line, without their ends; at most the first `max`. Returns how many fibers there are.
typedef void      tern_fiber_line_fn(const char *line, void *arg);
TERN_API unsigned tern_fiber_dump(tern_poller *p, unsigned max, tern_fiber_line_fn *fn, void *arg);

enum { TERN_MAX_FIBER_KINDS = 8 };

// What a fiber is about that runs a certain function and was given no name: writes a line of at most `size` bytes, with
// its NUL, of the argument that it was spawned with. On the fiber's thread, perhaps in a signal handler there.
typedef void tern_fiber_describe_fn(const void *arg, char *text, size_t size);
// For the process, for good, from any thread: of fibers that run `fn`. Beyond TERN_MAX_FIBER_KINDS they have no name.
TERN_API void tern_fiber_set_describe(tern_fiber_fn *fn, tern_fiber_describe_fn *describe);

// On: a fiber that runs out of stack dies with a line on stderr that names it, instead of silently. The
// handlers of SIGSEGV and SIGBUS that were there before still get every fault. 0 or -errno.
TERN_API TERN_NODISCARD int tern_fiber_catch_overflow(bool on);

#ifdef __cplusplus
}
#endif

#endif
