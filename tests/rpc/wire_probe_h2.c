#include "rpc/wire/h2/engine_internal.h"
#include "tests/rpc/wire_core.h"

wire_probe wire_probe_h2(const terni_engine *e, const terni_stream *s)
{
    wire_probe p = { .send_window = e->send_window,
                     .left = e->credit.all.left,
                     .held = e->credit.all.held,
                     .reserved = e->credit.reserved,
                     .n_waiting = e->queue.n,
                     .is_any_awake = e->queue.turn != NULL };

    if (s) {
        const h2_stream      *own = h2_of(s);
        const terni_arriving *a = own->incoming ? own->incoming->arriving : NULL;

        p.stream_send_window = own->send_window;
        p.stream_left = own->credit.left;
        p.n_arrived = a ? a->parts.len : 0;
    }
    return p;
}
