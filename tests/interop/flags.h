// tests/interop/flags.h: a command line as gRPC's interop programs have it. `--name=value` and
// `--name value` are the same, `--name` alone is true. Knows no names.
//
//   const char *port = "10000";
//   bool        use_tls = false;
//   const flag  flags[] = { { "port", .text = &port }, { "use_tls", .is = &use_tls } };
//   if (!flags_parse(argc, argv, flags, TERN_COUNT_OF(flags)))
//       return 2;
#ifndef TESTS_INTEROP_FLAGS_H
#define TESTS_INTEROP_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct flag flag;
struct flag {
    const char  *name;
    const char **text;  // one of the two
    bool        *is;
};

// Borrows from `argv`. False when something is wrong, which is said on stderr.
bool flags_parse(int argc, char **argv, const flag *flags, size_t n);

#endif
