#include "house/left/lamp_internal.h"

int planted_mirror(void);

int planted_lamp(void) { return planted_mirror(); }
