#include <planted/door.h>

int planted_door(void) { return 0; }
