// tests/rpc/fakes/wire.h: a wire without a protocol. It writes into the journal what it is asked, answers as
// the test says, and raises events when the test wants them. As strict as any engine: what terni_wire calls a
// programming error ends the test.
//
// Lifetime:  fake_wire_reset before each test; an engine's memory is the library's, and counted.
// Threads:   one.
// Invariant: a stream is open, and counted, from `open` (or fake_wire_raise_opened) until it is cancelled,
//            finished or closed.
//
//   fake_wire_reset();
//   session.wire = &fake_wire_table;
//   the_wire.open_err = -EAGAIN;
//   ...
//   assert_string_equal(journal_take(), "create open(/a.B/C,req,last)=-11 ");
//
// The peer's half is lines of text: with the magic "fake" in front of a client's first one. Each that is whole
// is given to on_line, from inside `feed`.
#ifndef TESTS_RPC_FAKES_WIRE_H
#define TESTS_RPC_FAKES_WIRE_H

#include "rpc/wire/wire_internal.h"

struct terni_engine {
    terni_engine_opts opts;
    bool              has_magic;
    uint32_t          n_streams, last_id;
    uint64_t          owed;  // bytes of messages that were raised and not consumed
};

typedef void fake_wire_line_fn(terni_engine *e, const char *line);

typedef struct fake_wire fake_wire;
struct fake_wire {
    // ---- what the test says ----
    bool               cannot_create;
    bool               wants_sizes;  // bounded bodies are answered with -EAGAIN
    bool               blocks;       // messages wait inside: until fake_wire_let_out
    int                open_err, message_err, headers_err, finish_err;
    size_t             need;               // that `feed` returns
    bool               is_stuck;           // `feed` takes nothing more
    unsigned           per_feed;           // lines that it takes in a turn; 0: all
    uint64_t           stalled_ns;         // of a message that stands still; 0: none is on its way
    uint64_t           memory, announced;  // that it says it has
    fake_wire_line_fn *on_line;

    // ---- what happened ----
    terni_engine *engine;  // that was made last; NULL: destroyed
    unsigned      n_pumps;
    uint64_t      timeout_us;  // of the last call that was opened
};

extern fake_wire        the_wire;
extern const terni_wire fake_wire_table;

void fake_wire_reset(void);  // and the journal

// ---- the engine's output -------------------------------------------------

void fake_wire_write(terni_engine *e, const char *text);

// ---- events --------------------------------------------------------------

terni_stream *fake_wire_raise_opened(terni_engine *e, const terni_open *open);
void fake_wire_raise_message(terni_engine *e, terni_stream *s, const void *data, size_t len);
void fake_wire_raise_closed(terni_engine *e, terni_stream *s, const terni_close *close);
void fake_wire_raise_failed(terni_engine *e, const char *why);
// What waits of `s` is out: a message, or the answer.
void fake_wire_let_out(terni_engine *e, terni_stream *s);

#endif
