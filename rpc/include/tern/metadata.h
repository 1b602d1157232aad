// tern/metadata.h: what travels beside the messages of a call. Knows nothing of calls.
//
// Lifetime:  an entry is borrowed wherever it is given; who keeps it copies it.
// Threads:   none.
//
//   const tern_metadata who = { "user", "ada", 3 };
//   demo_greeter_say_hello(ch, req, &(tern_call_opts){ .metadata = &who, .n_metadata = 1 }, &reply);
#ifndef TERN_METADATA_H
#define TERN_METADATA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// A key and its value. Keys are small letters, digits and `-_.`; one that ends in "-bin" may have any bytes for
// a value, others printable ASCII. Names that the wires use themselves ("grpc-...", "content-type", "te", "host"
// and those that HTTP has for connections) are reserved. What breaks these rules ends the call that it was given to
// with TERN_INVALID_ARGUMENT and a sentence that names the key; a handler's with TERN_INTERNAL.
typedef struct tern_metadata tern_metadata;
struct tern_metadata {
    const char *key;
    const void *value;
    size_t      len;
};

#ifdef __cplusplus
}
#endif

#endif
