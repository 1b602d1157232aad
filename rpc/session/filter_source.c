#include "rpc/base/seldom_internal.h"

#include "rpc/session/filter_source_internal.h"

#include "rpc/base/opts_internal.h"

tern_status terni_filter_source_read(tern_filter_source       *ret_source,
                                     const tern_filter_source *given, size_t given_size)
{
    tern_filter_source source;
    int                err = tern_opts_read(&source, sizeof source, given, given_size);

    *ret_source = (tern_filter_source){ .make = NULL };
    if (err < 0)
        return terni_opts_refusal(err, "tern_filter_source");
    if (given && !source.make)
        return tern_status_make(TERN_INVALID_ARGUMENT, "tern_filter_source.make is not set");
    if (!source.retain != !source.release)
        return tern_status_make(TERN_INVALID_ARGUMENT,
                                "tern_filter_source has one of retain and release");
    if (source.retain)
        source.retain(source.arg);
    *ret_source = source;
    return (tern_status){ .code = TERN_OK };
}

void terni_filter_source_done(tern_filter_source *source)
{
    if (source->release)
        source->release(source->arg);
    *source = (tern_filter_source){ .make = NULL };
}

tern_status terni_filter_source_ask(const tern_filter_source *source, const char *host,
                                    const char *alpn, tern_conn_filter **ret_filter)
{
    const tern_filter_wish wish = {
        .size = sizeof wish, .is_server = !host, .host = host, .alpn = alpn
    };
    tern_conn_filter *filter = NULL;
    tern_status       st;

    TERN_ASSERT(source->make);
    st = source->make(&wish, source->arg, &filter);
    if (st.code == TERN_OK && !filter)
        return tern_status_make(TERN_INTERNAL, "tern_filter_source.make has made nothing");
    if (st.code == TERN_OK)
        *ret_filter = filter;
    return st;
}
