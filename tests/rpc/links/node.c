#include "tests/rpc/links/node.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

#include "tests/rpc/support/warm_up.h"

static bool must_fail(node *n, const links_question *q)
{
    return q->fail_code && atomic_fetch_add(&n->n_failures, 1) < q->fail_times;
}

static tern_code fail_as_asked(tern_ctx *ctx, const links_question *q)
{
    if (*q->pushback)
        tern_ctx_add_trailing(
            ctx, &(tern_metadata){ "grpc-retry-pushback-ms", q->pushback, strlen(q->pushback) });
    return tern_fail(ctx, (tern_code)q->fail_code, "as asked");
}

static bool wait_as_asked(node *n, const links_question *q)
{
    if ((!q->sleep_ms || tern_fiber_sleep(q->sleep_ms * TERN_NS_PER_MS) == 0) &&
        (!q->hold || tern_wait_group_wait(&n->gate, TERN_NEVER) == 0))
        return true;
    atomic_fetch_add(&n->n_interrupted, 1);
    return false;
}

static void note_attempts(node *n, const tern_ctx *ctx)
{
    const tern_metadata *m = tern_ctx_metadata(ctx, "grpc-previous-rpc-attempts");

    atomic_store(&n->n_previous, m ? (unsigned)atoi(m->value) : 0);
}

static tern_code ask(tern_ctx *ctx, const links_question *q, links_answer *a)
{
    node *n = tern_ctx_user_data(ctx);

    atomic_fetch_add(&n->n_calls, 1);
    note_attempts(n, ctx);
    if (!wait_as_asked(n, q))
        return TERN_CANCELLED;
    if (must_fail(n, q))
        return fail_as_asked(ctx, q);
    a->node = n->number;
    a->load = q->load;
    return TERN_OK;
}

static tern_code watch(tern_ctx *ctx, const links_question *q, links_node_watch_out *out)
{
    node     *n = tern_ctx_user_data(ctx);
    tern_code code = TERN_OK;

    atomic_fetch_add(&n->n_calls, 1);
    for (uint32_t i = 0; i < q->count && code == TERN_OK; i++)
        code = links_node_watch_send(out, LINKS_ANSWER(.node = n->number));
    if (code == TERN_OK && !wait_as_asked(n, q))
        return TERN_CANCELLED;
    return must_fail(n, q) ? fail_as_asked(ctx, q) : code;
}

static tern_code collect(tern_ctx *ctx, links_node_collect_in *in, links_answer *a)
{
    node     *n = tern_ctx_user_data(ctx);
    tern_code code = TERN_OK;

    atomic_fetch_add(&n->n_calls, 1);
    for (const links_question *q; (q = links_node_collect_next(in));)
        if (must_fail(n, q))
            code = (tern_code)q->fail_code;
    a->node = n->number;
    return code;
}

static void add_node(tern_server *srv, void *arg)
{
    links_node_register(srv,
                        &(links_node_handlers){ .ask = ask, .watch = watch, .collect = collect },
                        &(tern_service_opts){ .user_data = arg });
}

void node_start(node *n)
{
    n->host.add_services = add_node;
    n->host.arg = n;
    host_start(&n->host);
}

void node_hold(node *n) { tern_wait_group_add(&n->gate, 1); }

void node_let_go(node *n) { tern_wait_group_done(&n->gate); }

void node_stop(node *n) { host_stop(&n->host); }

void node_end(node *n) { host_end(&n->host); }

int node_warm_up(void **state)
{
    (void)state;
    warm_up(&links_node_service);
    return 0;
}
