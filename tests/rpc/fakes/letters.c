#include "tests/rpc/fakes/letters.h"

#include "rpc/codec/codec_internal.h"
#include "tests/support/fail_malloc.h"

#define METHOD(name, kind)                                                                         \
    [kind] = { name,                                                                               \
               "/test.Letters/" name,                                                              \
               kind,                                                                               \
               0,                                                                                  \
               &test__note__descriptor,                                                            \
               &test__note__descriptor,                                                            \
               0,                                                                                  \
               0 }

const tern_method letters_methods[4] = {
    METHOD("Send", TERN_UNARY),
    METHOD("Collect", TERN_CLIENT_STREAM),
    METHOD("Watch", TERN_SERVER_STREAM),
    METHOD("Chat", TERN_BIDI_STREAM),
};

int letters_warm_up(void **state)
{
    (void)state;
    fail_malloc_start();
    return terni_plan_get(&test__note__descriptor) && terni_plan_get(&test__letter__descriptor)
               ? 0
               : -1;
}

Test__Note letters_note(const char *text)
{
    Test__Note note = TEST__NOTE__INIT;

    note.text = (char *)(uintptr_t)text;
    return note;
}
