#include "bench/server_tls.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

#include <tern/tls.h>

static const char *in_folder(char room[512], const char *folder, const char *name)
{
    snprintf(room, 512, "%s/%s", folder, name);
    return room;
}

tern_server *listen_with_tls(const char *address, const char *certs)
{
    static tern_filter_source filters;
    char                      cert[512], key[512], tls_address[256];
    tern_tls                 *tls;
    tern_status               st =
        tern_tls_new(&(tern_tls_opts){ .cert_file = in_folder(cert, certs, "server.pem"),
                                       .key_file = in_folder(key, certs, "server.key") },
                     &tls);

    if (st.code != TERN_OK)
        errx(1, "%s", st.msg);
    filters = tern_tls_filters(tls);
    snprintf(tls_address, sizeof tls_address, "tls://%s", address + strlen("tcp://"));
    return tern_listen(tls_address, &(tern_server_opts){ .filters = &filters });
}
