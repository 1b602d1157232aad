// A program that reads a place from JSON and writes it again.
#include <stdio.h>
#include <string.h>

#include <tern/json.h>

#include "place.tern.h"

int main(void)
{
    static const char text[] = " { \"name\" : \"South Pole\" } ";
    tern_linkbuf      out;

    TERN_AUTO(demo_place) *place =
        tern_json_decode(&demo_place_descriptor, text, strlen(text), NULL, NULL);
    if (!place)
        return 1;
    tern_linkbuf_init(&out, NULL);
    if (tern_json_encode(&demo_place_descriptor, place, &out, NULL, NULL) < 0)
        return 1;
    printf("%.*s\n", (int)out.len, (const char *)tern_linkbuf_peek(&out, out.len));
    tern_linkbuf_done(&out);
    return 0;
}
