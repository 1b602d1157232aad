#include <planted/purse.h>

#include "low/coin_internal.h"
#include "low/tray_internal.h"

int planted_purse(void) { return planted_coin() + planted_tray(); }
