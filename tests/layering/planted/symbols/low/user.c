// Knows the ring, not who turns it.
#include "low/ring_internal.h"

int planted_user(void);
int planted_user(void) { return planted_ring(0); }
