// route_guide [ADDRESS]: asks the guide in all four ways.
#include <stdio.h>

#include "places.h"
#include "route_guide.tern.h"

static tern_status ask(tern_channel *ch, int32_t latitude, int32_t longitude)
{
    TERN_AUTO(guide_feature) *feature = NULL;
    tern_status st = guide_route_guide_get_feature(
        ch, GUIDE_POINT(.latitude = latitude, .longitude = longitude), NULL, &feature);

    if (st.code == TERN_OK)
        printf("at %.2f, %.2f: %s\n", latitude / 1e7, longitude / 1e7,
               *feature->name ? feature->name : "nothing but water");
    return st;
}

// Between Land's End and the Isle of Wight.
static tern_status list(tern_channel *ch)
{
    TERN_AUTO(guide_route_guide_list_features_stream) *s = guide_route_guide_list_features(
        ch,
        GUIDE_RECTANGLE(.low = GUIDE_POINT(.latitude = 498000000, .longitude = -60000000),
                        .high = GUIDE_POINT(.latitude = 507000000, .longitude = -15000000)),
        NULL);

    for (const guide_feature *f; (f = guide_route_guide_list_features_next(s));)
        printf("on the Channel: %s\n", f->name);
    return guide_route_guide_list_features_status(s);
}

// From light to light, as they stand in the list.
static tern_status walk(tern_channel *ch)
{
    TERN_AUTO(guide_route_guide_record_route_stream) *s = guide_route_guide_record_route(ch, NULL);
    TERN_AUTO(guide_route_summary) *summary = NULL;
    tern_status st;

    for (size_t i = 0; i < n_places; i++)
        if (guide_route_guide_record_route_send(
                s, GUIDE_POINT(.latitude = places[i].latitude, .longitude = places[i].longitude)))
            break;  // the server wants no more; _finish says why
    st = guide_route_guide_record_route_finish(s, &summary);
    if (st.code == TERN_OK)
        printf("past %u points and %u lights: %u km\n", summary->n_points, summary->n_features,
               summary->distance_m / 1000);
    return st;
}

// What earlier visitors have left at Eddystone, and before this one's second note his own first.
static tern_status chat(tern_channel *ch)
{
    TERN_AUTO(guide_route_guide_route_chat_stream) *s = guide_route_guide_route_chat(ch, NULL);
    static const char *const said[] = { "a swell from the west", "and a tern" };

    for (int i = 0; i < 2; i++)
        if (guide_route_guide_route_chat_send(
                s, GUIDE_ROUTE_NOTE(.location = GUIDE_POINT(.latitude = places[4].latitude,
                                                            .longitude = places[4].longitude),
                                    .message = said[i])))
            break;
    guide_route_guide_route_chat_close_send(s);
    for (const guide_route_note *n; (n = guide_route_guide_route_chat_next(s));)
        printf("a note: %s\n", n->message);
    return guide_route_guide_route_chat_status(s);
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(argc > 1 ? argv[1] : "tcp://127.0.0.1:7003", NULL);
    tern_status st = ask(ch, places[4].latitude, places[4].longitude);

    if (st.code == TERN_OK)
        st = ask(ch, 0, 0);
    if (st.code == TERN_OK)
        st = list(ch);
    if (st.code == TERN_OK)
        st = walk(ch);
    if (st.code == TERN_OK)
        st = chat(ch);
    return tern_report(st);
}
