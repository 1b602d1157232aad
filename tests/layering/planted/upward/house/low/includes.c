#include "house/left/lamp_internal.h"
