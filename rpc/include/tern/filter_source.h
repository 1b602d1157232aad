// tern/filter_source.h: where a channel or a server gets a filter (<tern/conn_filter.h>) for each of its
// connections that has tls:// in its address: a TLS library is one. Knows nothing of what a filter does.
//
// Lifetime:  a value, copied with the options that name it. What its `arg` points at has to outlive the channel's
//            calls, or the server; or it is counted: `retain` and `release`.
// Threads:   `make` runs on the poller of the connection, on several at once.
//
//   const tern_filter_source filters = { .make = make_tls, .arg = context };
//   tern_connect("tls://db.example:7000", &(tern_channel_opts){ .filters = &filters });
#ifndef TERN_FILTER_SOURCE_H
#define TERN_FILTER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <tern/base.h>
#include <tern/conn_filter.h>
#include <tern/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// What is known of a connection that wants a filter.
typedef struct tern_filter_wish tern_filter_wish;
struct tern_filter_wish {
    size_t      size;  // of this struct in the libtern that asks: it may grow
    bool        is_server;
    const char *host;  // a client's, of its address: a name or a number. Borrowed for the call
    // What may be inside, best first, separated by commas: a client's one name, "h2" or "tern/1"; a server's all.
    // What is agreed on goes into tern_conn_filter.alpn, and the server believes it. Where nothing is, it looks at
    // the first bytes.
    const char *alpn;
};

typedef struct tern_filter_source tern_filter_source;
struct tern_filter_source {
    // TERN_OK and `*ret_filter`, which is given; or why there is none, to be told to the caller, or to the
    // server's log.
    tern_status (*make)(const tern_filter_wish *wish, void *arg, tern_conn_filter **ret_filter);
    void *arg;
    // One more who holds `arg`, and one less, on any thread. Both, or NULL.
    void (*retain)(void *arg);
    void (*release)(void *arg);
};

#ifdef __cplusplus
}
#endif

#endif
