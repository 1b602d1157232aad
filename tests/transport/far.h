// tests/transport/far.h: the far end of a connection that has a xor filter, record by record: says and hears
// what a test tells it to, and when. (The far ends of net.h do so by themselves.)
//
// Lifetime:  far_open / far_close around a scene, which it opens and closes.
// Threads:   the scene's poller's.
#ifndef TESTS_TRANSPORT_FAR_H
#define TESTS_TRANSPORT_FAR_H

#include "tests/support/xor_filter.h"
#include "tests/transport/probe.h"

typedef struct far far;
struct far {
    int       fd;  // -1 once closed
    xor_codec codec;
    uint8_t   in[4 * XOR_MAX_RECORD];
    size_t    n_in;
};

void far_open(scene *s, far *f, net_kind kind, const xor_filter_opts *filter,
              const tern_conn_opts *opts);
// The same with kernel buffers as small as they get.
void far_open_small(scene *s, far *f, net_kind kind, const xor_filter_opts *filter,
                    const tern_conn_opts *opts);
void far_close(scene *s, far *f);  // as scene_close
// The same around a connection in blocking style, which the test closes.
void far_open_io(scene *s, far *f, const xor_filter_opts *filter, tern_conn **ret_conn);
void far_close_io(scene *s, far *f);

// ---- out -----------------------------------------------------------------

void far_say(far *f, xor_kind kind, const void *payload, size_t n);
void far_say_greeting(far *f);  // hello and ack; theirs must have come
// Up to `n` bytes of the probe's pattern; returns how many fitted.
size_t far_say_pattern(far *f, size_t from, size_t n);
void   far_hang_up(far *f);

// ---- in: each turns the loop until it has come ---------------------------

void far_hear(scene *s, far *f, xor_kind kind);  // the next record, of this kind
void far_greet(scene *s, far *f);                // the whole handshake, as far as it is ours
void far_expect_text(scene *s, far *f, const char *text);
void far_expect_fin(scene *s, far *f);
void far_skip_text(scene *s, far *f);  // up to a record of another kind
// These turn nothing. What is there comes in; false: the end.
bool far_take_in(far *f);
// Whole records of this kind that are there; how many.
size_t far_hear_all(far *f, xor_kind kind);
// What text is there, asserted to be the pattern. Returns how much it was.
size_t far_hear_pattern(far *f, size_t from);

#endif
