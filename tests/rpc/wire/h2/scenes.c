#include "tests/support/test.h"

#include "tests/rpc/wire/h2/scenes.h"

#include <stdlib.h>
#include <string.h>

static void answer(wire_core *core, wire_call *call)
{
    (void)core;
    TERN_ASSERT(wire_core_finish(call, 0, NULL) == 0);
}

static void abort_call(wire_core *core, wire_call *call)
{
    (void)core;
    wire_core_cancel(call);
}

static void begin(h2_talk *t, terni_role role, h2_manner manner)
{
    wire_call *two;

    h2_talk_init(t, role, NULL);
    t->core.on_ended = manner == H2_ANSWERS ? answer : NULL;
    t->core.on_began = manner == H2_ABORTS ? abort_call : NULL;
    if (role == TERNI_SERVER)
        return;
    TERN_ASSERT(wire_core_call(&t->core, "/a/b", NULL, true));
    two = wire_core_call(&t->core, "/a/b", NULL, false);
    TERN_ASSERT(two);
    (void)h2_talk_hear(t);
    if (manner == H2_HANGS_UP)
        wire_core_cancel(two);
}

static void make_bytes(h2_bytes *b, const h2_scene *s)
{
    b->len = 0;
    for (const h2_row *r = s->rows; r < s->rows + TERN_COUNT_OF(s->rows) && (r->fields || r->bytes);
         r++)
        if (r->fields)
            h2_bytes_fields(b, r->flags, r->stream, r->fields);
        else
            h2_bytes_frame(b, r->kind, r->flags, r->stream, r->bytes, r->len);
}

typedef struct stage stage;
struct stage {
    terni_role role;
    h2_manner  manner;
    h2_talk    talk;
    h2_bytes   bytes;
};

// Says what came instead, and false.
static bool play(stage *on, const h2_scene *s, size_t step, size_t cut)
{
    h2_talk    *t = &on->talk;
    const char *said;
    bool        is_right;

    begin(t, on->role, on->manner);
    wire_core_feed(&t->core, on->bytes.bytes, cut, step);
    wire_core_feed(&t->core, on->bytes.bytes + cut, on->bytes.len - cut, step);
    said = h2_talk_hear(t);
    is_right = strcmp(t->core.log, s->log) == 0 && strcmp(said, s->said) == 0;
    if (!is_right)
        print_error("%s, step %zu, cut %zu:\n  log  %s\n  said %s\n", s->name, step, cut,
                    t->core.log, said);
    h2_talk_done(t);
    return is_right;
}

void h2_scenes_play(const h2_scene *scenes, size_t n, terni_role role, h2_manner manner)
{
    stage   *on = malloc(sizeof *on);
    unsigned n_wrong = 0;

    TERN_ASSERT(on);
    on->role = role;
    on->manner = manner;
    for (const h2_scene *s = scenes; s < scenes + n; s++) {
        bool is_right;

        make_bytes(&on->bytes, s);
        is_right = play(on, s, 0, 0) && play(on, s, 1, 0);
        for (size_t cut = 1; is_right && cut < on->bytes.len; cut++)
            is_right = play(on, s, 0, cut);
        n_wrong += !is_right;
    }
    free(on);
    assert_int_equal(n_wrong, 0);
}
