#ifndef PLANTED_EVERYTHING_H
#define PLANTED_EVERYTHING_H

#include <planted/purse.h>
#include <planted/shop.h>

#endif
