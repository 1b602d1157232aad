// kv put KEY VALUE | get KEY | delete KEY | watch [PREFIX [COUNT]]. The address is in $KV_ADDRESS.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/error_details.h>

#include "kv.tern.h"

// What the server says beside its sentence: what is wrong with the request, field by field; why, in a word for programs,
// and when to come again.
static void show_details(const tern_call_info *info)
{
    TERN_AUTO(google_rpc_bad_request) *bad = tern_error_details_bad_request(info);
    TERN_AUTO(google_rpc_error_info) *why = tern_error_details_error_info(info);

    for (size_t i = 0; bad && i < bad->n_field_violations; i++)
        fprintf(stderr, "  %s: %s\n", bad->field_violations[i]->field,
                bad->field_violations[i]->description);
    if (why)
        fprintf(stderr, "  %s; again in %d ms\n", why->reason,
                (int)tern_error_details_retry_ms(info));
}

static tern_status put(tern_channel *ch, const char *key, const char *value)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(kv_put_reply) *reply = NULL;
    tern_status st = kv_store_put(
        ch, KV_PUT_REQUEST(.key = key, .value = { strlen(value), (uint8_t *)(uintptr_t)value }),
        &(tern_call_opts){ .info = &info }, &reply);

    show_details(&info);
    return st;
}

static tern_status get(tern_channel *ch, const char *key)
{
    TERN_AUTO(kv_get_reply) *reply = NULL;
    tern_status st = kv_store_get(ch, KV_GET_REQUEST(.key = key), NULL, &reply);

    if (st.code == TERN_OK)
        printf("%.*s\n", (int)reply->value.len, (const char *)reply->value.data);
    return st;
}

static tern_status erase(tern_channel *ch, const char *key)
{
    TERN_AUTO(kv_delete_reply) *reply = NULL;

    return kv_store_delete(ch, KV_DELETE_REQUEST(.key = key), NULL, &reply);
}

static void show(const kv_change *c)
{
    if (c->number == 0)
        puts("watching");
    else if (c->is_deleted)
        printf("%s is gone\n", c->key);
    else
        printf("%s = %.*s\n", c->key, (int)c->value.len, (const char *)c->value.data);
    fflush(stdout);
}

// Until `count` changes have come, or for ever.
static tern_status watch(tern_channel *ch, const char *prefix, long count)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(kv_store_watch_stream) *w =
        kv_store_watch(ch, KV_WATCH_REQUEST(.prefix = prefix), &(tern_call_opts){ .info = &info });
    tern_status st;

    for (const kv_change *c; (c = kv_store_watch_next(w));) {
        show(c);
        if (c->number && --count == 0)
            return tern_status_make(TERN_OK, NULL);
    }
    st = kv_store_watch_status(w);
    show_details(&info);
    return st;
}

int main(int argc, char **argv)
{
    const char *address = getenv("KV_ADDRESS");
    const char *verb = argc > 1 ? argv[1] : "";
    TERN_AUTO(tern_channel) *ch = tern_connect(address ? address : "tcp://127.0.0.1:7001", NULL);

    if (strcmp(verb, "put") == 0 && argc == 4)
        return tern_report(put(ch, argv[2], argv[3]));
    if (strcmp(verb, "get") == 0 && argc == 3)
        return tern_report(get(ch, argv[2]));
    if (strcmp(verb, "delete") == 0 && argc == 3)
        return tern_report(erase(ch, argv[2]));
    if (strcmp(verb, "watch") == 0 && argc <= 4)
        return tern_report(
            watch(ch, argc > 2 ? argv[2] : "", argc > 3 ? strtol(argv[3], NULL, 10) : 0));
    fputs("kv put KEY VALUE | get KEY | delete KEY | watch [PREFIX [COUNT]]\n", stderr);
    return 2;
}
