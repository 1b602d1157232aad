// A guide to lighthouses: one handler for each kind of call, all of them plain sequential code on fibers.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tern/mutex.h>

#include "places.h"
#include "route_guide.tern.h"

static const place *find_place(const guide_point *p)
{
    for (size_t i = 0; i < n_places; i++)
        if (places[i].latitude == p->latitude && places[i].longitude == p->longitude)
            return &places[i];
    return NULL;
}

// ---- unary ---------------------------------------------------------------

static tern_code get_feature(tern_ctx *ctx, const guide_point *point, guide_feature *feature)
{
    const place *found = find_place(point);

    (void)ctx;
    feature->name = found ? found->name : "";
    feature->location = (guide_point *)(uintptr_t)point;  // the request lives as long as the reply
    return TERN_OK;
}

// ---- server stream -------------------------------------------------------

static bool is_between(int32_t x, int32_t low, int32_t high) { return low <= x && x <= high; }

static bool is_inside(const place *p, const guide_rectangle *r)
{
    return is_between(p->latitude, r->low->latitude, r->high->latitude) &&
           is_between(p->longitude, r->low->longitude, r->high->longitude);
}

static tern_code list_features(tern_ctx *ctx, const guide_rectangle *r,
                               guide_route_guide_list_features_out *out)
{
    tern_code code = TERN_OK;

    if (!r->low || !r->high)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "a rectangle has two corners");
    for (size_t i = 0; i < n_places && code == TERN_OK; i++)
        if (is_inside(&places[i], r))
            code = guide_route_guide_list_features_send(
                out, GUIDE_FEATURE(.name = places[i].name,
                                   .location = GUIDE_POINT(.latitude = places[i].latitude,
                                                           .longitude = places[i].longitude)));
    return code;
}

// ---- client stream -------------------------------------------------------

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static tern_code record_route(tern_ctx *ctx, guide_route_guide_record_route_in *in,
                              guide_route_summary *summary)
{
    const guide_point *p;
    int32_t            latitude = 0, longitude = 0;
    double             way_m = 0;
    int64_t            start_ms = now_ms();

    while ((p = guide_route_guide_record_route_next(in))) {
        if (summary->n_points++ > 0)
            way_m += distance_m(latitude, longitude, p->latitude, p->longitude);
        summary->n_features += find_place(p) != NULL;
        latitude = p->latitude;
        longitude = p->longitude;
    }
    summary->distance_m = (uint32_t)way_m;
    summary->elapsed_ms = (uint32_t)(now_ms() - start_ms);
    return tern_ctx_check(ctx);  // not OK if the client has given up on the way
}

// ---- both ways -----------------------------------------------------------

// Handlers run in parallel on several threads: what they share has a lock. A fiber that waits for it
// parks.
typedef struct note note;
struct note {
    note   *next;
    int32_t latitude, longitude;
    char    message[];
};

static struct {
    tern_mutex lock;
    note      *first, **end;
} notes = { TERN_MUTEX_INIT, NULL, &notes.first };

static bool is_at(const note *n, const guide_point *p)
{
    return n->latitude == p->latitude && n->longitude == p->longitude;
}

// The first note at `p` behind `last`, or the first of all. Notes are never removed.
static const note *next_note(const note *last, const guide_point *p)
{
    const note *n;

    tern_mutex_lock(&notes.lock);
    n = last ? last->next : notes.first;
    while (n && !is_at(n, p))
        n = n->next;
    tern_mutex_unlock(&notes.lock);
    return n;
}

static bool keep_note(const guide_route_note *r)
{
    size_t size = strlen(r->message) + 1;
    note  *n = malloc(sizeof *n + size);

    if (!n)
        return false;
    n->next = NULL;
    n->latitude = r->location->latitude;
    n->longitude = r->location->longitude;
    memcpy(n->message, r->message, size);
    tern_mutex_lock(&notes.lock);
    *notes.end = n;
    notes.end = &n->next;
    tern_mutex_unlock(&notes.lock);
    return true;
}

static tern_code route_chat(tern_ctx *ctx, guide_route_guide_route_chat_io *io)
{
    const guide_route_note *r;
    tern_code               code = TERN_OK;

    while (code == TERN_OK && (r = guide_route_guide_route_chat_io_next(io))) {
        if (!r->location)
            return tern_fail(ctx, TERN_INVALID_ARGUMENT, "a note has a place");
        for (const note *n = NULL; code == TERN_OK && (n = next_note(n, r->location));)
            code = guide_route_guide_route_chat_io_send(
                io, GUIDE_ROUTE_NOTE(.location = r->location, .message = n->message));
        if (!keep_note(r))
            return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the note");
    }
    return code ? code : tern_ctx_check(ctx);
}

static void free_notes(void)
{
    for (note *n; (n = notes.first);) {
        notes.first = n->next;
        free(n);
    }
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_server) *srv = tern_listen(argc > 1 ? argv[1] : "tcp://127.0.0.1:7003", NULL);
    int status;

    guide_route_guide_register(srv,
                               &(guide_route_guide_handlers){ .get_feature = get_feature,
                                                              .list_features = list_features,
                                                              .record_route = record_route,
                                                              .route_chat = route_chat },
                               NULL);
    status = tern_serve(srv);
    free_notes();
    return status;
}
