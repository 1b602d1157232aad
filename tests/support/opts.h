// tests/support/opts.h: options of programs that were compiled with other headers than the library. Knows nothing of
// what options say.
//
// Lifetime:  opts_put_at_edge .. opts_free.
//
//   tern_channel_opts *older = opts_put_at_edge(&opts, offsetof(tern_channel_opts, keepalive_ms));
#ifndef TESTS_SUPPORT_OPTS_H
#define TESTS_SUPPORT_OPTS_H

#include <stddef.h>

// A new member has to begin where the struct has ended: in the padding behind a shorter one old programs have
// whatever they have. So whoever adds one writes its name here, and sees to that.
#define OPTS_END_WITH(type, member)                                                                \
    _Static_assert(sizeof(type) == offsetof(type, member) + sizeof(((type *)0)->member),           \
                   #type " ends with " #member)

// What newer headers would have: one member more.
#define OPTS_NEWER(type)                                                                           \
    struct {                                                                                       \
        type now;                                                                                  \
        long added;                                                                                \
    }

// Copies `size` bytes to the end of a page; behind it lies one that nobody may touch.
void *opts_put_at_edge(const void *bytes, size_t size);
void  opts_free(void *at_edge);

#endif
