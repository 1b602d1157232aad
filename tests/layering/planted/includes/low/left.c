#include "low/left_internal.h"

int planted_left(void) { return (int)sizeof(struct planted_left); }
