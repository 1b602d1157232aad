#include "tests/sim/conns.h"

#include "transport/net/conn_core_internal.h"
#include "transport/poller/core_internal.h"

void conns_visit(tern_poller *p, void (*visit)(void *arg))
{
    for (uint32_t i = 0; i < p->operators.n; i++) {
        tern_operator *op = p->operators.at[i].op;

        if (op && op->ops->inputs)  // a stream of bytes: listeners and dialers have none
            visit(terni_conn_of(op)->arg);
    }
}
