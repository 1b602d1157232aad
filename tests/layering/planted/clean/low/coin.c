#include "low/coin_internal.h"

static int weigh(void) { return 1; }

int planted_coin(void) { return weigh(); }
