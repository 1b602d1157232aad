// tests/fuzz/live.h: what the fuzz targets of whole programs share: a poller on a clock of its own, and a peer that
// writes what the fuzzer says. Knows nothing of what is spoken.
//
// Lifetime:  the process's.
// Threads:   one.
#ifndef TESTS_FUZZ_LIVE_H
#define TESTS_FUZZ_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/poller.h>

// Of an input's first byte.
enum {
    LIVE_H2 = 1,
    LIVE_HAS_PREFACE = 2,  // put in front, so that the fuzzer need not find it
    LIVE_COMES_IN_PIECES = 4,
    LIVE_READS_NOTHING = 8,
    LIVE_TAKES_ITS_TIME = 16,  // minutes pass before it goes
    LIVE_IS_ASYNC = 32,
};

// On the first call: nothing is logged, and time stands unless live_step says otherwise.
tern_poller *live_poller(void);
// One round, after so many milliseconds.
void live_step(unsigned ms);

// A name for a unix socket that no other process has: "@tern-fuzz-...".
const char *live_name(const char *suffix);

// Writes the preface, if `how` wants it, and the bytes, while the poller turns.
void live_feed(int fd, uint8_t how, bool is_server, const uint8_t *data, size_t size);
void live_drain(int fd);

#endif
