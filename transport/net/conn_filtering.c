#include "transport/net/conn_filtering_internal.h"

#include <errno.h>

#include <tern/mem.h>
#include <tern/poller.h>

int terni_conn_filtering_new(tern_conn *c, tern_conn_filter *filter, tern_task_fn *turn,
                             terni_conn_filtering **ret_filtering)
{
    terni_conn_filtering *f = tern_mem_zalloc(sizeof *f);

    TERN_ASSERT(!filter->conn);
    if (!f) {
        filter->ops->free(filter);
        return -ENOMEM;
    }
    f->conn = c;
    f->filter = filter;
    f->turn_task.run = turn;
    tern_linkbuf_init(&f->in, tern_poller_pool(c->poller));
    tern_linkbuf_init(&f->out, tern_poller_pool(c->poller));
    filter->conn = c;
    *ret_filtering = f;
    return 0;
}

void terni_conn_filtering_free(terni_conn_filtering *f)
{
    if (!f)
        return;
    TERN_ASSERT(!f->is_turn_owed && !f->is_busy);
    f->filter->ops->free(f->filter);
    tern_linkbuf_done(&f->in);
    tern_linkbuf_done(&f->out);
    tern_mem_free(f->why);
    tern_mem_free(f);
}

void terni_conn_filtering_owe_turn(terni_conn_filtering *f)
{
    if (f->is_turn_owed)
        return;
    f->is_turn_owed = true;
    tern_poller_defer(f->conn->poller, &f->turn_task);
}

// ---- reading -------------------------------------------------------------

static bool has_held_back(const terni_conn_filtering *f)
{
    return f->is_blocked || (f->filter->has_ended && !f->conn->has_ended_in);
}

static bool has_too_many_answers(const terni_conn_filtering *f)
{
    return f->answers.total - f->answers.gone > TERN_CONN_FILTER_MAX_ANSWERS;
}

// A handshake needs input, also that of an owner who only writes, or has written too much.
bool terni_conn_filtering_update_reading(terni_conn_filtering *f, bool is_wanted)
{
    const tern_conn_filter *filter = f->filter;

    if (f->has_failed || f->conn->state == TERNI_CONN_LINGERING)
        return true;
    if (filter->is_waiting)
        return false;
    if (is_wanted && has_held_back(f))
        terni_conn_filtering_owe_turn(f);
    if (filter->has_ended || f->is_blocked || f->is_turn_owed || has_too_many_answers(f))
        return false;
    return is_wanted || !filter->is_established;
}
