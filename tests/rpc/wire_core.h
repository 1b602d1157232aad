// tests/rpc/wire_core.h: a core for an engine, of whatever wire, that writes down what it is told, and the
// means to make native's frames by hand. Two of them, wired to each other, are a connection without
// sockets.
//
// Lifetime:  wire_core_init / wire_core_done.
// Threads:   none.
// Invariant: every event is checked against the contract of rpc/wire/wire_internal.h: a stream's events
//            lie between its `opened` and its `closed`, and nothing follows `failed`.
//
//   wire_core c, s;
//   wire_core_init(&c, wire, TERNI_CLIENT, NULL);
//   wire_core_init(&s, wire, TERNI_SERVER, NULL);
//   wire_core_call(&c, "/a/b", "hi", true);
//   wire_core_run(&c, &s);
//   assert_string_equal(s.log, "settled; opened /a/b; message 1 hi; ended 1; ");
//
// Calls have numbers in the log, and for wire_core_find: from 1 in the order of their streams, which HTTP/2
// counts by two. What a client says of itself is left out (user-agent), for native says nothing.
#ifndef TESTS_RPC_WIRE_CORE_H
#define TESTS_RPC_WIRE_CORE_H

#include "rpc/wire/h2/h2_internal.h"
#include "rpc/wire/native/native_internal.h"

enum { WIRE_CORE_LOG = 8192, WIRE_CORE_SHOWN = 40 };

typedef struct wire_core wire_core;

typedef struct wire_call wire_call;
struct wire_call {
    terni_stream stream;
    wire_core   *core;
    wire_call   *next;
    uint32_t     number;
    const char  *method;  // server: the path
    bool         is_over;
    uint64_t     n_messages, n_bytes, n_unconsumed;
};

struct wire_core {
    const terni_wire *wire;
    terni_role        role;
    terni_wire_limits limits;
    terni_engine     *engine;
    tern_pool        *pool;
    tern_linkbuf      in, out;
    wire_call        *calls;          // all that ever were, the newest first
    char              paths[16][24];  // served: those that begin with a slash, and are short
    char              log[WIRE_CORE_LOG];
    size_t            log_len;
    bool              is_quiet;  // no log
    bool     is_brief;  // no `began` in it: what a call's first frame holds is the wire's choice
    bool     is_lazy;   // does not consume
    bool     is_full;   // takes no calls
    bool     has_failed;
    unsigned n_open;
    uint64_t n_bytes;
    // What to do inside an event, after it was written down. NULL: nothing.
    void (*on_began)(wire_core *core, wire_call *call);
    void (*on_message)(wire_core *core, wire_call *call, const terni_piece *piece);
    void (*on_ended)(wire_core *core, wire_call *call);
    void (*on_closed)(wire_core *core, wire_call *call, const terni_close *close);
    void (*on_writable)(wire_core *core, wire_call *call);
    void *arg;
};

extern const terni_wire_limits wire_core_limits;

// Which of the wires this run of a tern_ways_test is about.
const terni_wire *wire_core_chosen(void);

// `limits` may be NULL. False without memory.
bool wire_core_init(wire_core *core, const terni_wire *wire, terni_role role,
                    const terni_wire_limits *limits);
// No credit has been lost.
void wire_core_done(wire_core *core);
// Bytes of messages that came and that the core has not given back.
uint64_t wire_core_held(const wire_core *core);

// What only an engine's own header knows, in words that every wire has.
typedef struct wire_probe wire_probe;
struct wire_probe {
    int64_t  send_window, left;                // the connection's: what may go, what may come
    int64_t  stream_send_window, stream_left;  // a call's; 0 without one
    uint64_t held, reserved;
    uint64_t n_arrived;  // bytes of a call's message that is not whole
    uint32_t n_waiting;  // messages
    bool     is_any_awake;
};

// `call` may be NULL.
wire_probe wire_core_probe(const wire_core *core, const wire_call *call);
wire_probe wire_probe_native(const terni_engine *e, const terni_stream *s);
wire_probe wire_probe_h2(const terni_engine *e, const terni_stream *s);

// ---- calls ---------------------------------------------------------------

terni_body wire_core_text(const char *text);
// The same by a bound, that `text` must fit in.
terni_body wire_core_bounded(const char *text, size_t bound);
// `n` bytes that count up from 0.
terni_body wire_core_count(size_t n);

// NULL when the engine refuses (the reason in *ret_err, if given). `text` may be NULL: no message.
wire_call *wire_core_call(wire_core *core, const char *path, const char *text, bool is_last);
wire_call *wire_core_call_with(wire_core *core, const terni_open *open, const terni_body *body,
                               bool is_last, int *ret_err);
wire_call *wire_core_find(const wire_core *core, uint32_t number);
int        wire_core_send(wire_call *call, const terni_body *body, bool is_last);
// With `code` and no text of its own.
int  wire_core_finish(wire_call *call, uint32_t code, const terni_body *body);
void wire_core_cancel(wire_call *call);
void wire_core_consume(wire_call *call);  // what a lazy core has not

// ---- bytes ---------------------------------------------------------------

// Feeds `bytes` in pieces of `step` (0: whole), each in a block of its own.
void wire_core_feed(wire_core *core, const uint8_t *bytes, size_t len, size_t step);
// Moves what `from` has to say to `to`. Returns how many bytes.
size_t wire_core_carry(wire_core *from, wire_core *to);
// Both ways, until nobody has anything to say.
void wire_core_run(wire_core *a, wire_core *b);

typedef struct wire_bytes wire_bytes;
struct wire_bytes {
    uint8_t bytes[64 * 1024 * 4];
    size_t  len;
};

void wire_bytes_preface(wire_bytes *b);  // with empty SETTINGS
void wire_bytes_frame(wire_bytes *b, unsigned kind, unsigned flags, uint32_t stream,
                      const void *head, size_t head_len, const void *body, size_t body_len);

#endif
