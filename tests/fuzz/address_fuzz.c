// What people and programs write as text: addresses, lists of them, and of encodings.
#include <string.h>

#include <tern/address.h>

#include "rpc/client/endpoints_internal.h"
#include "rpc/compress/compression_internal.h"
#include "rpc/session/target_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_TEXT = 2048 };

static void parse_address(const char *text)
{
    tern_address a;
    const char  *why = NULL;

    if (tern_address_parse(text, &why, &a) < 0) {
        TERN_ASSERT(why && *why);
        return;
    }
    TERN_ASSERT(memchr(a.host, '\0', sizeof a.host));
    TERN_ASSERT(a.kind != TERN_ADDRESS_FD || a.fd >= 0);
    (void)tern_address_needs_resolver(&a);
}

static void parse_target(const char *text)
{
    char         room[TERN_MAX_ADDRESS];
    const char  *why = NULL;
    terni_target t;
    bool         is_tls;

    TERN_ASSERT(terni_target_socket(text, room, &is_tls));
    if (terni_target_parse(text, &why, &t) < 0) {
        TERN_ASSERT(why && *why);
        return;
    }
    TERN_ASSERT(t.wire && memchr(t.authority, '\0', sizeof t.authority));
    TERN_ASSERT(terni_target_equals(&t, &t));
}

static void parse_list(const char *text, bool has_filters)
{
    tern_status      st = { 0 };
    terni_endpoints *list = terni_endpoints_new(text, has_filters, &st);

    TERN_ASSERT((list != NULL) == (st.code == TERN_OK));
    TERN_ASSERT(list || *st.msg);
    if (!list)
        return;
    TERN_ASSERT(list->n > 0 && list->n <= TERNI_MAX_ENDPOINTS);
    terni_endpoints_unref(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char   text[MAX_TEXT + 1];
    size_t len = size < MAX_TEXT ? size : MAX_TEXT;

    memcpy(text, data, len);
    text[len] = '\0';
    parse_address(text);
    parse_target(text);
    parse_list(text, len % 2);
    (void)terni_compression_parse(text, len);
    (void)terni_compression_find(text, len);
    return 0;
}
