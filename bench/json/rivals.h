// bench/json/rivals.h: the same by others. Knows nothing of Tern.
//
// Lifetime:  one document at a time, until the next _load.
// Threads:   one.
#ifndef BENCH_JSON_RIVALS_H
#define BENCH_JSON_RIVALS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// protobuf C++'s JsonStringToMessage and MessageToJsonString. 0 if it cannot.
int protobuf_load(const char *type, const char *text, size_t len);
int protobuf_decode(void);
int protobuf_encode(void);

// simdjson: to a document of values and back, without the types, the names and the base64 of a message. No stand-in
// for the mapping, but what reading and writing JSON costs at least.
int simdjson_load(const char *text, size_t len);
int simdjson_decode(void);
int simdjson_encode(void);

#ifdef __cplusplus
}
#endif

#endif
