#include "rpc/client/call_opts_internal.h"

#include "rpc/base/opts_internal.h"

bool terni_call_opts_read_others(const tern_call_opts **opts, size_t size, tern_call_opts *own,
                                 tern_status *ret_status)
{
    int err = tern_opts_read(own, sizeof *own, *opts, size);

    if (err < 0)
        *ret_status = terni_opts_refusal(err, "tern_call_opts");
    else
        *opts = own;
    return err == 0;
}
