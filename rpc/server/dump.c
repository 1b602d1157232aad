// What a server is doing, for people.
#include "rpc/base/seldom_internal.h"

#include "rpc/call/survey_internal.h"
#include "rpc/server/server_internal.h"
#include "rpc/session/survey_internal.h"

// ---- calls ---------------------------------------------------------------

static const char *state_of(const tern_ctx *ctx)
{
    switch ((terni_ctx_state)ctx->state) {
    case TERNI_CTX_FREE:
    case TERNI_N_CTX_STATES:
        break;
    case TERNI_CTX_OPEN:
        return "its request is on the way";
    case TERNI_CTX_RUNNING:
        if (ctx->waits_for == TERNI_WAITS_IN)
            return "waits for a message";
        return ctx->waits_for == TERNI_WAITS_OUT ? "waits for room to send" : "runs";
    case TERNI_CTX_OFFLOADED:
        return "runs on another thread";
    case TERNI_CTX_ANSWERED:
    case TERNI_CTX_DONE:
        return "has answered";
    case TERNI_CTX_RELEASED:
        return "goes";
    }
    TERN_UNREACHABLE();
}

static void describe_call(const tern_ctx *ctx, terni_text *to)
{
    uint64_t now = tern_poller_now_ns(ctx->caller->home->poller);

    terni_text_add(to, "    %s: %s%s", ctx->method ? ctx->method->def->path : "(not served)",
                   state_of(ctx), terni_ctx_is_cancelled(ctx) ? ", cancelled" : "");
    if (ctx->is_timed) {
        terni_text_add(to, ", for ");
        terni_text_add_span(to, ctx->since_ns, now);
    }
    terni_session_describe_deadline(now, ctx->as_parent.deadline_ns, to);
    if (ctx->fiber)
        terni_text_add(to, ", fiber %p", (void *)ctx->fiber);
    terni_text_add(to, "\n");
}

// ---- a poller ------------------------------------------------------------

static void describe_conn(const terni_server_conn *c, unsigned *n_calls, terni_text *to)
{
    terni_text_add(to, "  connection of ");
    terni_session_describe(&c->caller.session, to);
    terni_text_add(to, "%s\n", c->caller.is_leaving ? ", told to go" : "");
    for (const tern_ctx *ctx = c->caller.calls; ctx; ctx = ctx->next)
        if (++*n_calls <= TERNI_SURVEY_MAX_CALLS)
            describe_call(ctx, to);
}

static void add_line(const char *line, void *to) { terni_text_add(to, "  %s\n", line); }

static void describe_worker(terni_text *to, void *worker)
{
    const terni_worker     *w = worker;
    const tern_poller_stats s = tern_poller_get_stats(w->poller);
    unsigned                n_calls = 0, n_fibers;

    terni_text_add(to,
                   "%s, %llu rounds, %llu waits, %llu reads of %llu bytes, %llu writes of %llu, %u "
                   "operators, %zu bytes of blocks%s\n",
                   tern_poller_backend_name(w->poller), (unsigned long long)s.n_rounds,
                   (unsigned long long)s.n_waits, (unsigned long long)s.n_reads,
                   (unsigned long long)s.read_bytes, (unsigned long long)s.n_writes,
                   (unsigned long long)s.written_bytes, s.n_operators, (size_t)s.pool.live_bytes,
                   w->is_stopping ? ", draining" : "");
    for (const terni_server_conn *c = w->conns; c; c = c->next)
        describe_conn(c, &n_calls, to);
    if (n_calls > TERNI_SURVEY_MAX_CALLS)
        terni_text_add(to, "  and %u more calls\n", n_calls - TERNI_SURVEY_MAX_CALLS);
    n_fibers = tern_fiber_dump(w->poller, TERNI_SURVEY_MAX_CALLS, add_line, to);
    if (n_fibers > TERNI_SURVEY_MAX_CALLS)
        terni_text_add(to, "  and %u more fibers\n", n_fibers - TERNI_SURVEY_MAX_CALLS);
}

// ---- all of it -----------------------------------------------------------

static void print(const terni_survey *s, unsigned i, FILE *to)
{
    fprintf(to, "poller %u: ", i);
    if (!terni_survey_print(s, i, to))
        fprintf(to, "does not answer\n");
}

void tern_server_dump(tern_server *srv, FILE *to)
{
    terni_survey *s = terni_survey_new(srv->n_workers);

    fprintf(to, "server %s%s\n", srv->address, srv->n_workers ? "" : "has not been started");
    for (unsigned i = 0; s && i < srv->n_workers; i++)
        terni_survey_ask(s, i, srv->workers[i].poller, describe_worker, &srv->workers[i]);
    if (s)
        terni_survey_wait(s);
    else
        fprintf(to, "out of memory\n");
    for (unsigned i = 0; s && i < srv->n_workers; i++)
        print(s, i, to);
    if (s)
        terni_survey_unref(s);
}
