// tests/rpc/wire/h2/scenes.h: a table of what a peer sends, what the core is told and what the engine answers;
// played whole, byte by byte, and cut in two at each byte, with equal results.
#ifndef TESTS_RPC_WIRE_H2_SCENES_H
#define TESTS_RPC_WIRE_H2_SCENES_H

#include "tests/rpc/wire/h2/frames.h"

// HEADERS are made of `fields`, with END_HEADERS; all else, and they without, of `bytes`.
typedef struct h2_row h2_row;
struct h2_row {
    unsigned    kind, flags;
    uint32_t    stream;
    const char *fields, *bytes;
    size_t      len;
};

#define H2_FRAME(kind, flags, stream, payload)                                                     \
    {                                                                                              \
        kind, flags, stream, NULL, payload, sizeof(payload) - 1                                    \
    }
#define H2_HEAD(flags, stream, fields)                                                             \
    {                                                                                              \
        H2_HEADERS, flags, stream, fields, NULL, 0                                                 \
    }

// What the core does meanwhile.
typedef enum h2_manner {
    H2_LISTENS,
    H2_ANSWERS,   // server: with OK and nothing else, when the request is there
    H2_ABORTS,    // server: as soon as the call has begun
    H2_HANGS_UP,  // client: cancels call 2 before anything comes
} h2_manner;

typedef struct h2_scene h2_scene;
struct h2_scene {
    const char *name;
    h2_row      rows[8];
    const char *log;   // of the core
    const char *said;  // by the engine
};

// A client has made two calls before: 1, whose request is complete, and 2, on stream 3, whose is not.
void h2_scenes_play(const h2_scene *scenes, size_t n, terni_role role, h2_manner manner);

#endif
