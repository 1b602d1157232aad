#include "tests/rpc/client/shard_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/base/list_internal.h"

enum { MAX_NODES = 64 };

static node    *nodes[MAX_NODES];
static unsigned n_nodes;

node *node_get(unsigned number)
{
    assert_true(number < n_nodes && nodes[number]);
    return nodes[number];
}

unsigned node_count(void) { return n_nodes; }

static node *node_of(terni_connector *c) { return TERN_CONTAINER_OF(c, node, c); }

static node *node_of_link(terni_link *link) { return TERN_CONTAINER_OF(link, node, link); }

static void move(terni_connector *c, terni_connector_state next)
{
    terni_connector_state before = c->state;

    c->state = next;
    c->events->moved(c, before);
}

// ---- connectors, as the shard calls them -----------------------------------

terni_connector *terni_connector_new(const terni_connector_opts *opts)
{
    node *n = tern_mem_zalloc(sizeof *n);

    if (!n)
        return NULL;
    n->number = n_nodes;
    n->c = (terni_connector){ .events = opts->events,
                              .owner = opts->owner,
                              .endpoints = terni_endpoints_ref(opts->endpoints),
                              .wish = *opts->wish,
                              .state =
                                  opts->wish->nth ? TERNI_CONNECTOR_ABSENT : TERNI_CONNECTOR_IDLE };
    assert_true(n_nodes < MAX_NODES);
    nodes[n_nodes++] = n;
    return &n->c;
}

void terni_connector_connect(terni_connector *c)
{
    if (c->is_closing || (c->state != TERNI_CONNECTOR_IDLE && c->state != TERNI_CONNECTOR_FAILED))
        return;
    journal_say("connect(%u) ", node_of(c)->number);
    move(c, TERNI_CONNECTOR_DIALING);
}

void terni_connector_revise(terni_connector *c, unsigned n_found)
{
    bool is_there = c->wish.nth < n_found;

    if (is_there && c->state == TERNI_CONNECTOR_ABSENT)
        move(c, TERNI_CONNECTOR_IDLE);
    else if (!is_there && c->state == TERNI_CONNECTOR_IDLE)
        move(c, TERNI_CONNECTOR_ABSENT);
}

static bool has_host(const terni_endpoints *e, const char *host)
{
    for (unsigned i = 0; i < e->n; i++)
        if (strcmp(e->items[i].target.address.host, host) == 0)
            return true;
    return false;
}

bool terni_connector_adopt(terni_connector *c, terni_endpoints *endpoints, const terni_wish *wish)
{
    const char *host = c->endpoints->items[c->wish.first].target.address.host;

    if (c->is_closing || c->state != TERNI_CONNECTOR_OPEN || !has_host(endpoints, host))
        return false;
    if (wish->is_picky && strcmp(endpoints->items[wish->first].target.address.host, host) != 0)
        return false;
    journal_say("adopt(%u) ", node_of(c)->number);
    terni_endpoints_unref(c->endpoints);
    c->endpoints = terni_endpoints_ref(endpoints);
    c->wish = *wish;
    return true;
}

static void part(node *n)
{
    n->c.current = NULL;
    n->c.events->left(&n->c, &n->link);
    move(&n->c, TERNI_CONNECTOR_IDLE);
}

static void go(terni_connector *c)
{
    node *n = node_of(c);

    nodes[n->number] = NULL;
    terni_endpoints_unref(c->endpoints);
    c->events->gone(c);
    tern_mem_free(n);
}

void terni_connector_retire(terni_connector *c)
{
    journal_say("retire(%u) ", node_of(c)->number);
    c->is_closing = true;
    if (c->current)
        part(node_of(c));
    if (!node_of(c)->link.calls && c->state != TERNI_CONNECTOR_DIALING)
        go(c);
}

void terni_connector_close(terni_connector *c)
{
    journal_say("close(%u) ", node_of(c)->number);
    c->is_closing = true;
    if (!c->current && !node_of(c)->link.calls && c->state != TERNI_CONNECTOR_DIALING)
        go(c);
}

// ---- links, as the shard calls them ----------------------------------------

static char name_of(const terni_outcall *call)
{
    return ((const caller *)(const void *)call)->name;  // its first member
}

int terni_link_open(terni_link *link, terni_outcall *call)
{
    node *n = node_of_link(link);

    if (n->open_err)
        return n->open_err;
    if (n->room == 0)
        return -EAGAIN;
    n->room--;
    journal_say("open(%c,%u) ", name_of(call), n->number);
    call->on = link;
    call->n_attempts++;
    TERNI_LIST_PUSH(&link->calls, call);
    terni_outcall_set_state(call, TERNI_OUTCALL_OPEN);
    return 0;
}

void terni_link_refuse(terni_outcall *call, int err)
{
    char text[32];

    snprintf(text, sizeof text, "refused for %d", err);
    terni_outcall_finish(call, TERN_RESOURCE_EXHAUSTED, text);
}

static void take_off(terni_outcall *call)
{
    node_of_link(call->on)->room++;
    TERNI_LIST_REMOVE(call);
    call->on = NULL;
    terni_outcall_set_state(call, TERNI_OUTCALL_IDLE);
}

void terni_link_cancel(terni_outcall *call, tern_code code, const char *why)
{
    node *n = node_of_link(call->on);

    (void)why;
    journal_say("cancel(%c,%d) ", name_of(call), code);
    take_off(call);
    n->c.events->room(&n->c);
}

void terni_link_retire(terni_link *link)
{
    journal_say("leave(%u) ", node_of_link(link)->number);
    part(node_of_link(link));
}

// ---- what nodes do -------------------------------------------------------

void node_open(unsigned number, unsigned room)
{
    node *n = node_get(number);

    n->room = room;
    n->c.current = &n->link;
    move(&n->c, TERNI_CONNECTOR_OPEN);
    n->c.events->opened(&n->c, &n->link);
}

void node_widen(unsigned number, unsigned more_room)
{
    node_get(number)->room += more_room;
    node_get(number)->c.events->room(&node_get(number)->c);
}

void node_fail(unsigned number, const char *why)
{
    terni_connector *c = &node_get(number)->c;

    move(c, TERNI_CONNECTOR_FAILED);
    c->events->failed(c, why);
}

void node_leave(unsigned number)
{
    terni_connector *c = &node_get(number)->c;

    part(node_get(number));
    if (c->events->is_wanted(c))
        terni_connector_connect(c);
}

void node_find(unsigned number, unsigned n_found)
{
    node_get(number)->c.events->found(&node_get(number)->c, n_found);
}

void node_lose(unsigned number, bool is_processed)
{
    const terni_close close = { .code = TERN_UNAVAILABLE,
                                .message = "lost",
                                .message_len = 4,
                                .is_reset = true,
                                .is_not_processed = !is_processed };
    node             *n = node_get(number);

    if (n->c.current)
        node_leave(number);
    for (terni_outcall *call; (call = n->link.calls);) {
        take_off(call);
        call->carrier->ops->ended(call, &close);
    }
}

void node_end(unsigned number)
{
    terni_connector *c = &node_get(number)->c;

    assert_true(c->is_closing);
    if (c->state == TERNI_CONNECTOR_DIALING)
        move(c, TERNI_CONNECTOR_IDLE);
    node_lose(number, true);
    go(c);
}

// ---- callers -------------------------------------------------------------

static void on_done(terni_outcall *call)
{
    caller *c = TERN_CONTAINER_OF(call, caller, call);

    journal_say("done(%c,%d,%s) ", c->name, call->status.code, call->status.msg);
    if (c->then)
        c->then(c);
}

void caller_start_then(caller *c, stage *s, char name, const tern_call_opts *opts,
                       caller_done_fn *then)
{
    Test__Note note = letters_note("hello");
    int        err;

    c->name = name;
    c->then = then;
    err = terni_outcall_init(&c->call, &s->shard.carrier, &letters_methods[TERN_UNARY], opts,
                             TERNI_DOES_NOT_PARK);
    c->call.done = on_done;
    if (err == 0)
        err = terni_outcall_encode(&c->call, &note);
    terni_outcall_start(&c->call, err);
}

void caller_start(caller *c, stage *s, char name, const tern_call_opts *opts)
{
    caller_start_then(c, s, name, opts, NULL);
}

void node_close(caller *c, const terni_close *close)
{
    node *n = node_of_link(c->call.on);

    take_off(&c->call);
    c->call.carrier->ops->ended(&c->call, close);
    n->c.events->room(&n->c);
}

void node_answer(caller *c, uint32_t code)
{
    c->call.reply = code ? NULL : c;  // as if one had come
    node_close(c, &(terni_close){ .code = code });
}

void caller_done(caller *c)
{
    assert_true(terni_outcall_is_done(&c->call));
    terni_outcall_done(&c->call);
}

// ---- the stage -----------------------------------------------------------

static void on_shard_gone(terni_shard *shard, void *owner)
{
    (void)shard;
    ((stage *)owner)->n_gone++;
}

static terni_endpoints *parse(const char *addresses)
{
    tern_status st;

    return terni_endpoints_new(addresses, false, &st);
}

void stage_begin_with(stage *s, const char *addresses, tern_balance balance, unsigned n_connections,
                      const tern_retry *retry)
{
    terni_endpoints *e = parse(addresses);
    const char      *why;

    fake_clock_start(STAGE_START);
    journal_clear();
    n_nodes = 0;
    *s = (stage){ .poller = tern_poller_new(NULL) };
    s->policy.balance = terni_balance_policy_of(balance);
    s->policy.n_connections = n_connections;
    assert_int_equal(terni_retry_policy_init(&s->policy.retry, retry, &why), 0);
    assert_int_equal(terni_shard_init(&s->shard, &(terni_shard_opts){ .poller = s->poller,
                                                                      .policy = &s->policy,
                                                                      .endpoints = e,
                                                                      .gone = on_shard_gone,
                                                                      .owner = s }),
                     0);
    terni_endpoints_unref(e);
}

void stage_begin(stage *s, const char *addresses, tern_balance balance)
{
    stage_begin_with(s, addresses, balance, 1, NULL);
}

void stage_end(stage *s)
{
    terni_shard_close(&s->shard, "the end");
    for (unsigned i = 0; i < n_nodes; i++)
        if (nodes[i])
            node_end(i);
    assert_true(s->shard.is_gone);
    assert_int_equal(s->n_gone, 1);
    tern_poller_free(s->poller);
}

void stage_pass(stage *s, uint64_t ms)
{
    fake_clock_advance(ms * TERN_NS_PER_MS);
    assert_int_equal(tern_poller_step(s->poller, 0), 0);
}

void stage_change(stage *s, const char *addresses)
{
    terni_shard_give_endpoints(&s->shard, parse(addresses));
    assert_int_equal(tern_poller_step(s->poller, 0), 0);
}
