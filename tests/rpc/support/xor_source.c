#include "tests/rpc/support/xor_source.h"

static tern_status make(const tern_filter_wish *wish, void *arg, tern_conn_filter **ret_filter)
{
    TERN_ASSERT(wish->size == sizeof *wish && wish->is_server == !wish->host);
    *ret_filter = xor_filter_new(arg);
    return *ret_filter ? (tern_status){ .code = TERN_OK }
                       : tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for xor");
}

const tern_filter_source xor_source = { .make = make };
