#include "rpc/json/options_internal.h"

#include <stdio.h>

int terni_json_options_read(tern_json_opts *ret, const tern_json_opts *given, uint64_t sizes,
                            tern_json_error *ret_why)
{
    int err = tern_opts_read(ret, sizeof *ret, given, tern_size_at(sizes, 0));

    *ret_why = (tern_json_error){ .err = err };
    if (err < 0) {
        snprintf(ret_why->text, sizeof ret_why->text,
                 "tern_json_opts: something is set that this library does not know");
        return err;
    }
    if (ret->indent > TERN_JSON_MAX_INDENT)
        ret->indent = TERN_JSON_MAX_INDENT;
    if (ret->max_depth == 0 || ret->max_depth > TERN_JSON_MAX_DEPTH)
        ret->max_depth = TERN_JSON_MAX_DEPTH;
    if (ret->max_bytes == 0)
        ret->max_bytes = TERN_JSON_MAX_BYTES;
    return 0;
}
