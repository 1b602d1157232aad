#include "bench/server_tls.h"

#include <err.h>

tern_server *listen_with_tls(const char *address, const char *certs)
{
    (void)address, (void)certs;
    errx(2, "--tls: tern_tls_server has it");
}
