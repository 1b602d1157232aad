// places.h: the lighthouses that the guide knows. Positions are rounded to a hundredth of a degree.
#ifndef EXAMPLES_ROUTE_GUIDE_PLACES_H
#define EXAMPLES_ROUTE_GUIDE_PLACES_H

#include <stddef.h>
#include <stdint.h>

typedef struct place place;
struct place {
    const char *name;
    int32_t     latitude, longitude;
};

extern const place  places[];
extern const size_t n_places;

// The way between two points along a great circle, in metres.
double distance_m(int32_t latitude1, int32_t longitude1, int32_t latitude2, int32_t longitude2);

#endif
