// Its function is compiled into whoever calls it, and uses turn.c from there.
#ifndef LOW_RING_INTERNAL_H
#define LOW_RING_INTERNAL_H

int planted_turn(int n);

static inline int planted_ring(int n) { return planted_turn(n + 1); }

#endif
