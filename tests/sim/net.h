// tests/sim/net.h: the simulated machine's sockets, and what lies between two of them: bytes on their way for a time,
// a room that gets full, an end, or a cut at any byte. TCP only, one host.
//
// Lifetime:  net_start .. the next one.
// Threads:   one.
// Invariant: the bytes of a direction come in order, each once, unless the connection breaks; what had come before that can
//            still be read.
#ifndef TESTS_SIM_NET_H
#define TESTS_SIM_NET_H

#include <stdint.h>

#include "tests/sim/file.h"
#include "transport/base/sys_internal.h"

void     net_start(void);
void     net_plug(terni_sys *table);
uint64_t net_next_ns(void);
void     net_arrive(uint64_t now_ns);
uint32_t net_level(const file *f);  // as epoll's bits
void     net_close(file *f);
void     net_break(file *f);  // both ends hear of a reset
void     net_heal(void);      // nothing that was to be cut will be

#endif
