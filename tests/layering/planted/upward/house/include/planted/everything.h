#ifndef PLANTED_EVERYTHING_H
#define PLANTED_EVERYTHING_H

#include "house/left/lamp_internal.h"

#endif
