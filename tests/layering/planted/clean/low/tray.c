#include "low/tray_internal.h"

int planted_tray(void) { return (int)sizeof(struct planted_tray); }
