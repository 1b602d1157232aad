#include <planted/door.h>
