#include "low/right_internal.h"

#include "low/left_internal.h"
// #include "low/none_of_it.h": what a comment says is no arrow

int planted_right(void) { return (int)sizeof(struct planted_left); }
