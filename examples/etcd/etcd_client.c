// etcd_client put KEY VALUE | get KEY | list PREFIX | delete KEY | swap KEY OLD NEW
//             | watch PREFIX [COUNT] | hold KEY VALUE SECONDS. The address is in $ETCD_ADDRESS.
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "etcd.tern.h"

// Of calls that a person waits for.
static const tern_call_opts at_once = { .timeout_ms = 5000 };

// ---- what etcd takes for a key -------------------------------------------

static ProtobufCBinaryData bytes(const char *s)
{
    return (ProtobufCBinaryData){ strlen(s), (uint8_t *)(uintptr_t)s };
}

// Where a range of keys begins or ends. A byte 0, which "" has behind it, is as a beginning the least key
// there can be, as an end what is behind the last.
static ProtobufCBinaryData edge(const char *s)
{
    return (ProtobufCBinaryData){ *s ? strlen(s) : 1, (uint8_t *)(uintptr_t)s };
}

// The first key behind those that begin with `prefix`: its last byte is one more. To be freed.
static char *behind(const char *prefix)
{
    char  *end = strdup(prefix);
    size_t len = strlen(prefix);

    if (!end)
        exit(tern_report(tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory")));
    while (len > 0 && (uint8_t)end[len - 1] == 0xff)
        end[--len] = 0;
    if (len > 0)
        end[len - 1]++;
    return end;
}

static void show(const mvccpb_key_value *kv)
{
    printf("%.*s = %.*s\n", (int)kv->key.len, (const char *)kv->key.data, (int)kv->value.len,
           (const char *)kv->value.data);
}

static tern_status no_key(const char *key)
{
    return tern_status_make(TERN_NOT_FOUND, "there is no key \"%s\"", key);
}

// ---- keys ----------------------------------------------------------------

static tern_status put(tern_channel *ch, const char *key, const char *value, int64_t lease)
{
    TERN_AUTO(etcdserverpb_put_response) *reply = NULL;

    return etcdserverpb_kv_put(
        ch, ETCDSERVERPB_PUT_REQUEST(.key = bytes(key), .value = bytes(value), .lease = lease),
        &at_once, &reply);
}

static tern_status get(tern_channel *ch, const char *key)
{
    TERN_AUTO(etcdserverpb_range_response) *reply = NULL;
    tern_status st =
        etcdserverpb_kv_range(ch, ETCDSERVERPB_RANGE_REQUEST(.key = bytes(key)), &at_once, &reply);

    if (st.code)
        return st;
    if (reply->n_kvs == 0)
        return no_key(key);
    printf("%.*s\n", (int)reply->kvs[0]->value.len, (const char *)reply->kvs[0]->value.data);
    return st;
}

static tern_status list(tern_channel *ch, const char *prefix)
{
    TERN_AUTO(etcdserverpb_range_response) *reply = NULL;
    char       *end = behind(prefix);
    tern_status st = etcdserverpb_kv_range(
        ch, ETCDSERVERPB_RANGE_REQUEST(.key = edge(prefix), .range_end = edge(end)), &at_once,
        &reply);

    for (size_t i = 0; st.code == TERN_OK && i < reply->n_kvs; i++)
        show(reply->kvs[i]);
    free(end);
    return st;
}

static tern_status erase(tern_channel *ch, const char *key)
{
    TERN_AUTO(etcdserverpb_delete_range_response) *reply = NULL;
    tern_status st = etcdserverpb_kv_delete_range(
        ch, ETCDSERVERPB_DELETE_RANGE_REQUEST(.key = bytes(key)), &at_once, &reply);

    return st.code == TERN_OK && reply->deleted == 0 ? no_key(key) : st;
}

// A transaction: a new value if nobody has changed the old one meanwhile.
static tern_status swap(tern_channel *ch, const char *key, const char *before, const char *after)
{
    etcdserverpb_compare *is_before =
        ETCDSERVERPB_COMPARE(.key = bytes(key), .target = ETCDSERVERPB_COMPARE_COMPARE_TARGET_VALUE,
                             .target_union_case = ETCDSERVERPB_COMPARE_TARGET_UNION_VALUE,
                             .value = bytes(before));
    etcdserverpb_request_op *put_after =
        ETCDSERVERPB_REQUEST_OP(.request_case = ETCDSERVERPB_REQUEST_OP_REQUEST_REQUEST_PUT,
                                .request_put = ETCDSERVERPB_PUT_REQUEST(.key = bytes(key),
                                                                        .value = bytes(after)));
    TERN_AUTO(etcdserverpb_txn_response) *reply = NULL;
    tern_status st =
        etcdserverpb_kv_txn(ch,
                            ETCDSERVERPB_TXN_REQUEST(.n_compare = 1, .compare = &is_before,
                                                     .n_success = 1, .success = &put_after),
                            &at_once, &reply);

    if (st.code || reply->succeeded)
        return st;
    return tern_status_make(TERN_ABORTED, "%s is not \"%s\"", key, before);
}

// ---- watch ---------------------------------------------------------------

// What outlives a stream: how the next one goes on.
typedef struct watching watching;
struct watching {
    const char *prefix, *end;
    long        n_left;         // changes that are wanted
    int64_t     next_revision;  // 0: nothing is known yet
};

static tern_code begin_watch(etcdserverpb_watch_watch_stream *s, const watching *w)
{
    etcdserverpb_watch_create_request *create =
        ETCDSERVERPB_WATCH_CREATE_REQUEST(.key = edge(w->prefix), .range_end = edge(w->end),
                                          .start_revision = w->next_revision);

    return etcdserverpb_watch_watch_send(
        s, ETCDSERVERPB_WATCH_REQUEST(.request_union_case =
                                          ETCDSERVERPB_WATCH_REQUEST_REQUEST_UNION_CREATE_REQUEST,
                                      .create_request = create));
}

// Says that it is enough, and reads on until the server has heard it. The stream could have other watches
// and does not end, not even when sending is closed: it is freed.
static tern_status end_watch(etcdserverpb_watch_watch_stream *s, int64_t id)
{
    etcdserverpb_watch_cancel_request *cancel = ETCDSERVERPB_WATCH_CANCEL_REQUEST(.watch_id = id);
    const etcdserverpb_watch_response *r;

    if (etcdserverpb_watch_watch_send(
            s,
            ETCDSERVERPB_WATCH_REQUEST(.request_union_case =
                                           ETCDSERVERPB_WATCH_REQUEST_REQUEST_UNION_CANCEL_REQUEST,
                                       .cancel_request = cancel)))
        return etcdserverpb_watch_watch_status(s);
    while ((r = etcdserverpb_watch_watch_next(s)))
        if (r->canceled)
            return tern_status_make(TERN_OK, NULL);
    return etcdserverpb_watch_watch_status(s);
}

static void take_event(watching *w, const mvccpb_event *e)
{
    if (e->type == MVCCPB_EVENT_EVENT_TYPE_DELETE)
        printf("%.*s is gone\n", (int)e->kv->key.len, (const char *)e->kv->key.data);
    else
        show(e->kv);
    w->next_revision = e->kv->mod_revision + 1;
    w->n_left--;
}

// Changes of one revision are always in one response: who goes on behind the last one has missed none.
static void take(watching *w, const etcdserverpb_watch_response *r)
{
    if (r->created && w->next_revision == 0) {
        puts("watching");
        w->next_revision = r->header->revision + 1;
    }
    for (size_t i = 0; i < r->n_events; i++)
        take_event(w, r->events[i]);
    fflush(stdout);
}

// As long as the stream lasts. Waits for a server that is not there, or not there again yet.
static tern_status watch_once(tern_channel *ch, watching *w)
{
    TERN_AUTO(etcdserverpb_watch_watch_stream) *s =
        etcdserverpb_watch_watch(ch, &(tern_call_opts){ .wait_for_ready = true });
    const etcdserverpb_watch_response *r;

    if (begin_watch(s, w) != TERN_OK)
        return etcdserverpb_watch_watch_status(s);
    while ((r = etcdserverpb_watch_watch_next(s))) {
        if (r->canceled)
            return tern_status_make(TERN_ABORTED, "the watch has ended: %s", r->cancel_reason);
        take(w, r);
        if (w->n_left <= 0)
            return end_watch(s, r->watch_id);
    }
    return etcdserverpb_watch_watch_status(s);
}

// Until `count` changes have come. A stream that breaks costs none: the next one goes on where it was.
static tern_status watch(tern_channel *ch, const char *prefix, long count)
{
    char       *end = behind(prefix);
    watching    w = { .prefix = prefix, .end = end, .n_left = count };
    tern_status st;

    while ((st = watch_once(ch, &w)).code == TERN_UNAVAILABLE && w.n_left > 0)
        nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);  // not in a hot loop
    free(end);
    return st;
}

// ---- leases --------------------------------------------------------------

typedef struct lease lease;
struct lease {
    int64_t id, ttl_s;
};

static tern_status take_lease(tern_channel *ch, int64_t ttl_s, lease *ret_lease)
{
    TERN_AUTO(etcdserverpb_lease_grant_response) *reply = NULL;
    tern_status st = etcdserverpb_lease_lease_grant(
        ch, ETCDSERVERPB_LEASE_GRANT_REQUEST(.ttl = ttl_s), &at_once, &reply);

    if (st.code == TERN_OK)
        *ret_lease = (lease){ reply->id, reply->ttl };  // the server has a least time of its own
    return st;
}

static tern_status give_back(tern_channel *ch, const lease *l)
{
    TERN_AUTO(etcdserverpb_lease_revoke_response) *reply = NULL;

    return etcdserverpb_lease_lease_revoke(ch, ETCDSERVERPB_LEASE_REVOKE_REQUEST(.id = l->id),
                                           &at_once, &reply);
}

// A stream for each beat: so each has a deadline, and none depends on the connection of the one before.
static tern_status keep_alive(tern_channel *ch, const lease *l)
{
    TERN_AUTO(etcdserverpb_lease_lease_keep_alive_stream) *s =
        etcdserverpb_lease_lease_keep_alive(ch, &at_once);
    const etcdserverpb_lease_keep_alive_response *r;
    int64_t                                       left_s = 0;
    tern_status                                   st;

    if (etcdserverpb_lease_lease_keep_alive_send(
            s, ETCDSERVERPB_LEASE_KEEP_ALIVE_REQUEST(.id = l->id)) == TERN_OK)
        etcdserverpb_lease_lease_keep_alive_close_send(s);
    if ((r = etcdserverpb_lease_lease_keep_alive_next(s)))
        left_s = r->ttl;
    st = etcdserverpb_lease_lease_keep_alive_status(s);
    if (st.code == TERN_OK && left_s == 0)
        st = tern_status_make(TERN_NOT_FOUND, "the lease has run out");
    return st;
}

// True when somebody wants the program to end; false when the time is over.
static bool is_stopped(const sigset_t *signals, int64_t ms)
{
    const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    return sigtimedwait(signals, NULL, &time) > 0;
}

// Three beats in the time of the lease. One that does not get through is not the end; if none did, the
// server says so at the next.
static tern_status keep(tern_channel *ch, const lease *l, const sigset_t *stop)
{
    tern_status st;

    do {
        st = keep_alive(ch, l);
        if (st.code == TERN_OK)
            printf("kept for another %" PRId64 " s\n", l->ttl_s);
        else if (st.code == TERN_UNAVAILABLE || st.code == TERN_DEADLINE_EXCEEDED)
            printf("not kept this time, %s\n", st.msg);
        else
            return st;
        fflush(stdout);
    } while (!is_stopped(stop, l->ttl_s * 1000 / 3));
    return tern_status_make(TERN_OK, NULL);
}

// The key is there as long as this program is. It goes with the lease, which is given back at SIGINT and
// SIGTERM, and runs out when nobody keeps it. So others learn who is there.
static tern_status hold(tern_channel *ch, const char *key, const char *value, int64_t ttl_s)
{
    sigset_t    stop;
    lease       l;
    tern_status st, given;

    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    if ((st = take_lease(ch, ttl_s, &l)).code)
        return st;
    if ((st = put(ch, key, value, l.id)).code == TERN_OK)
        st = keep(ch, &l, &stop);
    given = give_back(ch, &l);
    return st.code ? st : given;
}

// ---- the command line ----------------------------------------------------

static int usage(void)
{
    fputs("etcd_client put KEY VALUE | get KEY | list PREFIX | delete KEY | swap KEY OLD NEW\n"
          "            | watch PREFIX [COUNT] | hold KEY VALUE SECONDS\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    const char *address = getenv("ETCD_ADDRESS");
    const char *verb = argc > 1 ? argv[1] : "";
    TERN_AUTO(tern_channel) *ch = tern_connect(address ? address : "grpc://127.0.0.1:2379", NULL);

    if (strcmp(verb, "put") == 0 && argc == 4)
        return tern_report(put(ch, argv[2], argv[3], 0));
    if (strcmp(verb, "get") == 0 && argc == 3)
        return tern_report(get(ch, argv[2]));
    if (strcmp(verb, "list") == 0 && argc == 3)
        return tern_report(list(ch, argv[2]));
    if (strcmp(verb, "delete") == 0 && argc == 3)
        return tern_report(erase(ch, argv[2]));
    if (strcmp(verb, "swap") == 0 && argc == 5)
        return tern_report(swap(ch, argv[2], argv[3], argv[4]));
    if (strcmp(verb, "watch") == 0 && (argc == 3 || argc == 4))
        return tern_report(watch(ch, argv[2], argc > 3 ? strtol(argv[3], NULL, 10) : LONG_MAX));
    if (strcmp(verb, "hold") == 0 && argc == 5)
        return tern_report(hold(ch, argv[2], argv[3], strtol(argv[4], NULL, 10)));
    return usage();
}
