// transport/net/conn_filtering_internal.h: what a connection has because of its filter: the socket's bytes on both
// sides of it, and what it owes to whom. Knows nothing of when it is called (conn_filter.c), nor of how a
// connection ends (conn_state.c).
//
// Lifetime:  the connection's: terni_conn_filtering_new / terni_conn_filtering_free.
// Threads:   its poller's.
#ifndef TRANSPORT_NET_CONN_FILTERING_INTERNAL_H
#define TRANSPORT_NET_CONN_FILTERING_INTERNAL_H

#include <tern/conn.h>
#include <tern/conn_filter.h>
#include <tern/task.h>

#include "transport/net/conn_core_internal.h"
#include "transport/net/conn_tally_internal.h"

struct terni_conn_filtering {
    tern_conn        *conn;
    tern_conn_filter *filter;
    tern_linkbuf      in, out;     // the socket's; those of the connection are plain
    uint64_t          sent_bytes;  // of `out`
    terni_conn_tally  text,
        answers;        // in `out`: the owner's plain text, and what the filter says by itself
    size_t    n_given;  // plain input, in this turn
    char     *why;
    tern_task turn_task;
    int       output_err;  // of a call from where nothing can be told
    bool      is_turn_owed;
    bool      is_busy;     // it is being called
    bool      is_blocked;  // it has plain text that nobody takes now
    bool      has_room;    // given to it, and not committed
    bool      lacks_memory;
    bool      has_fin;  // the socket's end is behind `in`
    bool      has_said_goodbye;
    bool      has_failed;
};

// Takes `filter`, also on failure: 0 or -ENOMEM. `turn` is run when a turn is owed.
TERN_NODISCARD int terni_conn_filtering_new(tern_conn *c, tern_conn_filter *filter,
                                            tern_task_fn          *turn,
                                            terni_conn_filtering **ret_filtering);
void               terni_conn_filtering_free(terni_conn_filtering *f);  // accepts NULL

// The filter is called soon, and what has changed meanwhile is seen to. Idempotent.
void terni_conn_filtering_owe_turn(terni_conn_filtering *f);
// Whether anything is to be read from the socket, if the owner wants input or not. Owes a turn if so and
// there is some.
bool terni_conn_filtering_update_reading(terni_conn_filtering *f, bool is_wanted);

// How far `out` goes.
static inline uint64_t terni_conn_filtering_end(const terni_conn_filtering *f)
{
    return f->sent_bytes + f->out.len;
}

// Of the plain output, what the filter has taken and the socket has not.
static inline size_t terni_conn_filtering_unsent(const terni_conn_filtering *f)
{
    return (size_t)(f->text.total - f->text.gone);
}

#endif
