#include "rpc/tls/plain_internal.h"

#include <assert.h>
#include <string.h>

#include <tern/base.h>

#define WORDS "this port speaks TLS: connect with tls:// or grpcs://"

static const char http1[] =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 36\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: use https://\r\n";

// Empty SETTINGS, then GOAWAY: no stream was seen, INADEQUATE_SECURITY, and the words.
static const char h2[] = "\0\0\0\4\0\0\0\0\0"
                         "\0\0\x3d\7\0\0\0\0\0"
                         "\0\0\0\0"
                         "\0\0\0\x0c" WORDS;

// The preface, empty SETTINGS, then GOAWAY with a head: last_stream 0, code 1, the words.
static const char native[] = "TERN\r\n\1\0"
                             "\0\0\0\0\0\0\0\0\0\0\0\0"
                             "\0\0\0\x39\0\0\0\0\0\x39\x8\0"
                             "\x10\1"
                             "\x1a\x35" WORDS;

static_assert(sizeof WORDS - 1 == 0x35, "the lengths above are of these words");

typedef struct row row;
struct row {
    const char     *begin;
    terni_tls_plain is;
};

#define TEXT(bytes) bytes, sizeof bytes - 1

static const row rows[] = {
    { "TERN\r\n", { "Tern's wire", TEXT(native) } },
    { "PRI * HT", { "HTTP/2", TEXT(h2) } },
    { "HTTP/1.", { "HTTP/1", NULL, 0 } },  // a server's
    { "GET ", { "HTTP/1", TEXT(http1) } },
    { "POST ", { "HTTP/1", TEXT(http1) } },
    { "PUT ", { "HTTP/1", TEXT(http1) } },
    { "HEAD ", { "HTTP/1", TEXT(http1) } },
    { "OPTIONS ", { "HTTP/1", TEXT(http1) } },
    { "DELETE ", { "HTTP/1", TEXT(http1) } },
    { "SSH-", { "SSH", NULL, 0 } },
};

static const terni_tls_plain unknown = { "plain text", NULL, 0 };

const terni_tls_plain *terni_tls_plain_find(const uint8_t *bytes, size_t len)
{
    bool may_come = false;

    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        size_t n = strlen(rows[i].begin);

        if (memcmp(bytes, rows[i].begin, len < n ? len : n) != 0)
            continue;
        if (len >= n)
            return &rows[i].is;
        may_come = true;
    }
    return may_come ? NULL : &unknown;
}
