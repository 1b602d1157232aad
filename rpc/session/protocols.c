#include "rpc/base/seldom_internal.h"

#include "rpc/session/protocols_internal.h"

#include <string.h>

#include "rpc/session/wires_internal.h"

// ---- Tern's own wire -----------------------------------------------------

static terni_sniff sniff_native(const uint8_t *bytes, size_t len)
{
    return terni_wire_native.sniff(bytes, len);
}

static void start_native(terni_session *s) { terni_session_speak(s, &terni_wire_native); }

static const terni_protocol native = { "native", "tern/1", sniff_native, start_native };

// ---- gRPC ----------------------------------------------------------------

static terni_sniff sniff_http2(const uint8_t *bytes, size_t len)
{
    const terni_wire *wire = terni_grpc_wire();

    return wire ? wire->sniff(bytes, len) : TERNI_SNIFF_NO;
}

static void start_http2(terni_session *s) { terni_session_speak(s, terni_grpc_wire()); }

static const terni_protocol http2 = { "HTTP/2", "h2", sniff_http2, start_http2 };

// ---- HTTP/1, which a browser or curl tries -------------------------------

static terni_sniff sniff_http1(const uint8_t *bytes, size_t len)
{
    static const char *const methods[] = {
        "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "DELETE "
    };

    for (size_t i = 0; i < TERN_COUNT_OF(methods); i++) {
        size_t n = strlen(methods[i]);

        if (memcmp(bytes, methods[i], len < n ? len : n) == 0)
            return len < n ? TERNI_SNIFF_MORE : TERNI_SNIFF_YES;
    }
    return TERNI_SNIFF_NO;
}

static void refuse_http1(terni_session *s)
{
    static const char answer[] =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 56\r\n"
        "Connection: close\r\n\r\nThis port speaks gRPC and Tern's own wire, not HTTP/1.\r\n";

    terni_session_refuse(s, answer, sizeof answer - 1, "the peer speaks HTTP/1");
}

static const terni_protocol http1 = { "HTTP/1", "http/1.1", sniff_http1, refuse_http1 };

// ---- TLS, on a port that has none ----------------------------------------

static terni_sniff sniff_tls(const uint8_t *bytes, size_t len)
{
    static const uint8_t handshake[] = { 0x16, 0x03 };
    size_t               n = sizeof handshake;

    if (memcmp(bytes, handshake, len < n ? len : n) != 0)
        return TERNI_SNIFF_NO;
    return len < n ? TERNI_SNIFF_MORE : TERNI_SNIFF_YES;
}

// An alert that nothing else gives in answer to a good hello, so that clients can tell: unexpected_message.
static void refuse_tls(terni_session *s)
{
    static const uint8_t alert[] = { 0x15, 0x03, 0x01, 0, 2, 2, 10 };

    terni_session_refuse(s, alert, sizeof alert, "the peer speaks TLS, and this port has none");
}

static const terni_protocol tls = { "TLS", "", sniff_tls, refuse_tls };

// ---- the table -----------------------------------------------------------

const terni_protocol *const terni_protocols[] = { &native, &http2, &http1, &tls, NULL };

const char *terni_protocols_alpn(void)
{
    return terni_grpc_wire() ? "tern/1,h2,http/1.1" : "tern/1,http/1.1";
}

void terni_protocols_raise_limits(terni_wire_limits *limits)
{
    terni_wire_native.raise(limits);
    if (terni_grpc_wire())
        terni_grpc_wire()->raise(limits);
}
