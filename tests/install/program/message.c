// A program with a generated message: packs a place and prints what comes back.
#include <stdio.h>

#include "place.tern.h"

int main(void)
{
    char    buf[64];
    ssize_t len = demo_place_pack(DEMO_PLACE(.name = "South Pole"), buf, sizeof buf);

    if (len < 0)
        return 1;
    TERN_AUTO(demo_place) *place = demo_place_unpack(buf, (size_t)len);
    if (!place)
        return 1;
    puts(place->name);
    return 0;
}
