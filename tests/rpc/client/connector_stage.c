#include "tests/rpc/client/connector_stage.h"

#include "tests/support/leak.h"

#include <errno.h>

#include <tern/mem.h>

#include "tests/support/fake_clock.h"

#define START (1000 * TERN_NS_PER_S)

// ---- a dialler that waits for the test ------------------------------------

tern_dialer dialer;
int         dial_err;

int tern_dial(tern_poller *p, const tern_address *a, uint64_t deadline_ns, tern_dial_fn *on_dialed,
              void *arg, tern_dialer **ret_dialer)
{
    (void)p;
    assert_int_equal(deadline_ns - fake_clock_now_ns(), TERNI_DIAL_TIMEOUT_MS * TERN_NS_PER_MS);
    assert_null(dialer.on_dialed);
    if (dial_err)
        return dial_err;
    journal_say("dial(%s) ", a->kind == TERN_ADDRESS_FD ? "fd" : a->host);
    dialer = (tern_dialer){ on_dialed, arg, NULL };
    *ret_dialer = &dialer;
    return 0;
}

void tern_dialer_pick(tern_dialer *d, unsigned index, unsigned *ret_n_found)
{
    journal_say("pick(%u) ", index);
    d->n_found = ret_n_found;
}

void tern_dialer_cancel(tern_dialer *d)
{
    assert_ptr_equal(d, &dialer);
    journal_say("cancel ");
}

// It has been dialled, or not.
void dialer_answer(int fd)
{
    tern_dialer d = dialer;

    dialer.on_dialed = NULL;
    d.on_dialed(fd, d.arg);
}

void dialer_answer_found(int fd, unsigned n_found)
{
    *dialer.n_found = n_found;
    dialer_answer(fd);
}

// ---- links that do what the test says -------------------------------------

terni_link *last_link;
int         link_err;

tern_status terni_link_new(const terni_link_opts *opts, int fd, terni_link **ret_link)
{
    assert_int_equal(fd, A_SOCKET);
    journal_say("link(%s) ", opts->target->address.host);
    if (link_err)
        return tern_status_make(TERN_UNAVAILABLE, "%s", strerror(-link_err));
    *ret_link = last_link = tern_mem_zalloc(sizeof *last_link);
    assert_non_null(last_link);
    last_link->events = opts->events;
    last_link->owner = opts->owner;
    return (tern_status){ .code = TERN_OK };
}

void terni_link_retire(terni_link *link)
{
    journal_say("retire ");
    if (link->is_retired)
        return;
    link->is_retired = true;
    link->events->leaving(link);
}

void terni_link_abort(terni_link *link)
{
    (void)link;
    journal_say("abort ");
}

void link_settle(terni_link *link)
{
    link->has_settled = true;
    link->events->settled(link);
}

void link_lose(terni_link *link, const char *why)
{
    link->is_retired = true;
    link->events->lost(link, why);
    link->events->gone(link);
    tern_mem_free(link);
}

// ---- an owner that writes down what it hears ------------------------------

static const char *const names[] = { "IDLE", "DIALING", "OPEN", "FAILED", "ABSENT" };

static void on_moved(terni_connector *c, terni_connector_state before)
{
    journal_say("%s>%s ", names[before], names[c->state]);
}

static void on_opened(terni_connector *c, terni_link *link)
{
    assert_ptr_equal(c->current, link);
    journal_say("opened ");
}

static void on_left(terni_connector *c, terni_link *link)
{
    assert_true(c->current != link);
    journal_say("left ");
}

static void on_room(terni_connector *c)
{
    (void)c;
    journal_say("room ");
}

static void on_failed(terni_connector *c, const char *why)
{
    (void)c;
    journal_say("failed(%s) ", why ? why : "");
}

static void on_found(terni_connector *c, unsigned n_found)
{
    (void)c;
    journal_say("found(%u) ", n_found);
}

static bool is_wanted(const terni_connector *c) { return ((const owner *)c->owner)->is_wanted; }

static void on_gone(terni_connector *c)
{
    ((owner *)c->owner)->c = NULL;
    journal_say("gone ");
}

static const terni_connector_events events = {
    .moved = on_moved,
    .opened = on_opened,
    .left = on_left,
    .room = on_room,
    .failed = on_failed,
    .found = on_found,
    .is_wanted = is_wanted,
    .gone = on_gone,
};

// ---- the stage -----------------------------------------------------------

terni_endpoints *parse_endpoints(const char *addresses)
{
    tern_status st;

    return terni_endpoints_new(addresses, false, &st);
}

void owner_make(owner *o, const terni_wish *wish)
{
    o->c = terni_connector_new(&(terni_connector_opts){ .events = &events,
                                                        .owner = o,
                                                        .endpoints = o->endpoints,
                                                        .wish = wish,
                                                        .link_opts = { .poller = o->poller } });
}

void owner_begin_with(owner *o, const char *addresses, const terni_wish *wish)
{
    fake_clock_start(START);
    journal_clear();
    dialer.on_dialed = NULL;
    dial_err = link_err = 0;
    *o = (owner){ .poller = tern_poller_new(NULL), .endpoints = parse_endpoints(addresses) };
    owner_make(o, wish);
    assert_non_null(o->c);
}

// One connection to the first that can be reached.
void owner_begin(owner *o, const char *addresses)
{
    unsigned n = 1;

    for (const char *c = addresses; *c; c++)
        n += *c == ',';
    owner_begin_with(o, addresses, &(terni_wish){ .n_tries = n });
}

void owner_end(owner *o)
{
    if (o->c && !o->c->is_closing)
        terni_connector_close(o->c);
    if (o->c && dialer.on_dialed)
        dialer_answer(-ECANCELED);
    while (o->c && o->c->links)
        link_lose(o->c->links, "aborted");
    assert_null(o->c);
    terni_endpoints_unref(o->endpoints);
    tern_poller_free(o->poller);
}

void owner_pass(owner *o, uint64_t ms)
{
    fake_clock_advance(ms * TERN_NS_PER_MS);
    assert_int_equal(tern_poller_step(o->poller, 0), 0);
}

terni_link *owner_reach(owner *o)
{
    terni_connector_connect(o->c);
    dialer_answer(A_SOCKET);
    assert_int_equal(o->c->state, TERNI_CONNECTOR_DIALING);
    (void)journal_take();
    return last_link;
}

terni_link *owner_open(owner *o)
{
    link_settle(owner_reach(o));
    assert_int_equal(o->c->state, TERNI_CONNECTOR_OPEN);
    (void)journal_take();
    return last_link;
}

void owner_fail_once(owner *o)
{
    terni_connector_connect(o->c);
    dialer_answer(-ECONNREFUSED);
    assert_int_equal(o->c->state, TERNI_CONNECTOR_FAILED);
}
