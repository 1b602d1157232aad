#include "low/ring_internal.h"

int planted_turn(int n) { return n > 3 ? n : planted_ring(n); }
