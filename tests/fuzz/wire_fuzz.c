#include "tests/fuzz/wire_fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire_core.h"

enum {
    IS_LAZY = 1,
    ECHOES = 2,
    CANCELS = 4,
    HAS_PREFACE = 8,  // put in front, so that the fuzzer need not find it
    COMES_IN_PIECES = 16,
    READS_GZIP = 32,
    MAX_HELD = 4 * 1024 * 1024,
};

static void echo(wire_core *core, wire_call *call, const terni_piece *piece)
{
    terni_body body = wire_core_count(piece->len % 300000);

    if (core->role == TERNI_CLIENT || call->stream.flags & TERNI_STREAM_BLOCKED)
        return;
    if (piece->len % 3)
        TERN_ASSERT(wire_core_send(call, &body, false) == 0);
    else
        TERN_ASSERT(wire_core_finish(call, (uint32_t)(piece->len % 17), &body) >= 0);
}

static void cancel(wire_core *core, wire_call *call, const terni_piece *piece)
{
    (void)core;
    if (piece->len % 2)
        wire_core_cancel(call);
}

static void finish(wire_core *core, wire_call *call)
{
    terni_body body = wire_core_count(70000);

    (void)core;
    if (!(call->stream.flags & TERNI_STREAM_BLOCKED))
        TERN_ASSERT(wire_core_finish(call, 0, &body) >= 0);
}

static void open_calls(wire_core *core)
{
    terni_body body = wire_core_count(100000);
    terni_open open = { .path = "/a/b", .path_len = 4 };

    wire_core_call(core, "/a/b", "x", true);
    wire_core_call(core, "/a/c", NULL, false);
    wire_core_call_with(core, &open, &body, true, NULL);
}

static bool begin(wire_core *core, const terni_wire *wire, terni_role role, uint8_t how)
{
    terni_wire_limits limits = wire_core_limits;

    limits.max_message = 1 << 20;
    limits.max_streams = 50;
    limits.encodings = how & READS_GZIP ? "gzip" : NULL;
    if (!wire_core_init(core, wire, role, &limits))
        return false;
    core->is_quiet = true;
    core->is_lazy = how & IS_LAZY;
    core->on_message = how & CANCELS ? cancel : how & ECHOES ? echo : NULL;
    core->on_ended = how & ECHOES ? finish : NULL;
    if (role == TERNI_CLIENT)
        open_calls(core);
    return true;
}

// With empty SETTINGS.
static void feed_preface(wire_core *core)
{
    static wire_bytes    native;
    static const uint8_t h2[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    size_t               skip = core->role == TERNI_CLIENT ? 24 : 0;

    wire_bytes_preface(&native);
    if (core->wire == &terni_wire_h2)
        wire_core_feed(core, h2 + skip, sizeof h2 - 1 - skip, 0);
    else
        wire_core_feed(core, native.bytes, native.len, 0);
}

static void consume_all(wire_core *core)
{
    for (wire_call *call = core->calls; call; call = call->next)
        wire_core_consume(call);
}

static unsigned n_not_over(const wire_core *core)
{
    unsigned n = 0;

    for (const wire_call *call = core->calls; call; call = call->next)
        n += !call->is_over;
    return n;
}

static void check(const wire_core *core)
{
    TERN_ASSERT(core->wire->n_streams(core->engine) == core->n_open);
    TERN_ASSERT(n_not_over(core) == core->n_open);
    TERN_ASSERT(core->wire->is_owed(core->engine, wire_core_held(core)));
    TERN_ASSERT(core->in.len + core->out.len < MAX_HELD);
    TERN_ASSERT(tern_linkbuf_is_valid(&core->in) && tern_linkbuf_is_valid(&core->out));
}

void wire_fuzz_run(const terni_wire *wire, terni_role role, const uint8_t *data, size_t size)
{
    wire_core *core = calloc(1, sizeof *core);
    uint64_t   random = size;

    if (size == 0 || !core || !begin(core, wire, role, data[0])) {
        free(core);
        return;
    }
    if (data[0] & HAS_PREFACE)
        feed_preface(core);
    for (size_t at = 1, n; at < size; at += n) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        n = data[0] & COMES_IN_PIECES ? 1 + (random >> 33) % 40 : size - at;
        n = n < size - at ? n : size - at;
        wire_core_feed(core, data + at, n, 0);
        if (random >> 62 == 0)
            tern_linkbuf_clear(&core->out);
        check(core);
    }
    consume_all(core);
    check(core);
    wire_core_done(core);
    free(core);
}
