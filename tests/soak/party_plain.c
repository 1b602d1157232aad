#include "tests/soak/party.h"

#include <err.h>

tern_filter_source party_filters(const char *certs)
{
    errx(2, "no OpenSSL, so nothing to be made of %s", certs);
}

void party_done(void) {}
