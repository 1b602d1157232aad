// tests/soak/party.h: what the soak's programs share: TLS from a folder of certificates, where OpenSSL is.
#ifndef TESTS_SOAK_PARTY_H
#define TESTS_SOAK_PARTY_H

#include <tern/filter_source.h>

// Of a folder as tools/certs makes them, for both sides. Ends the program where it cannot.
tern_filter_source party_filters(const char *certs);
void               party_done(void);

#endif
