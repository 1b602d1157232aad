// client ADDRESS: a program that only makes calls.
#include <stdio.h>

#include "atlas.tern.h"

int main(int argc, char **argv)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(argc > 1 ? argv[1] : "", NULL);
    TERN_AUTO(demo_place) *place = NULL;
    tern_status st = demo_atlas_find(ch, DEMO_QUESTION(.name = "South Pole"), NULL, &place);

    if (st.code == TERN_OK)
        puts(place->name);
    return tern_report(st);
}
