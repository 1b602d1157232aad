#include "rpc/wire/native/engine_internal.h"
#include "tests/rpc/wire_core.h"

wire_probe wire_probe_native(const terni_engine *e, const terni_stream *s)
{
    wire_probe p = { .send_window = e->send_window,
                     .left = e->credit.all.left,
                     .held = e->credit.all.held,
                     .reserved = e->credit.reserved,
                     .n_waiting = e->queue.n,
                     .is_any_awake = e->queue.turn != NULL };

    if (s) {
        const native_stream *own = terni_native_of(s);

        p.stream_send_window = own->send_window;
        p.stream_left = own->credit.left;
        p.n_arrived = own->arriving ? own->arriving->parts.len : 0;
    }
    return p;
}
