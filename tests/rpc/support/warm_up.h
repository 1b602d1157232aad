// tests/rpc/support/warm_up.h: what is made once and kept for good, so that no test is to blame for it: the plans of
// a service's messages, and of those that every server has.
#ifndef TESTS_RPC_SUPPORT_WARM_UP_H
#define TESTS_RPC_SUPPORT_WARM_UP_H

#include <tern/stub.h>

// Before the first test; also starts the counting of memory.
void warm_up(const tern_service *service);

#endif
