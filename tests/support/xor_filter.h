// tests/support/xor_filter.h: a connection's filter that speaks the language of xor_codec.h, and fails, waits
// or dawdles where a test wants it to. Knows nothing of what goes through it.
//
// Lifetime:  from xor_filter_new; the connection takes it.
// Threads:   its poller's.
//
//   opts.filter = xor_filter_new(NULL);
//   tern_conn_new(p, fd, &events, arg, &opts, &c);
#ifndef TESTS_SUPPORT_XOR_FILTER_H
#define TESTS_SUPPORT_XOR_FILTER_H

#include <tern/conn_filter.h>

#include "tests/support/xor_codec.h"

// Where it may fail: with -EPROTO, an alert to the peer and "failed as told".
typedef enum xor_step {
    XOR_NEVER,
    XOR_AT_BEGIN,
    XOR_AT_HELLO,
    XOR_AT_ACK,
    XOR_AT_INPUT,
    XOR_AT_OUTPUT,
    XOR_AT_END,
    XOR_N_STEPS,
} xor_step;

typedef struct xor_filter_opts xor_filter_opts;
struct xor_filter_opts {
    xor_step    fails;
    size_t      fails_after;   // bytes of plain text that went before, for XOR_AT_INPUT and _OUTPUT
    bool        waits;         // when their hello has come, until xor_filter_go_on
    bool        is_torn;       // gives and takes a few bytes in a turn, and asks for the next one
    bool        is_credulous;  // waits for records of any length
    const char *alpn;          // what it says was agreed on
    const tern_identity *identity;  // and who the peer is
};

typedef struct xor_filter xor_filter;
struct xor_filter {
    tern_conn_filter base;
    xor_codec        codec;
    xor_filter_opts  opts;
    size_t           n_record_given;  // of the payload at the front of the input
    size_t           n_in, n_out;     // plain text
    uint32_t         odd;
    unsigned         n_receives, n_sends;
    bool             has_begun, has_failed;
};

// NULL without memory. `opts` may be NULL.
tern_conn_filter *xor_filter_new(const xor_filter_opts *opts);
xor_filter       *xor_filter_of(tern_conn *c);
void              xor_filter_go_on(xor_filter *x);

#endif
