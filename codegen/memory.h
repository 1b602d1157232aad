// codegen/memory.h: allocation for a program that lives for one request. Knows nothing of protobuf.
//
// Lifetime:  nothing is freed: the plugin exits when its answer is written.
// Failure:   no memory ends the program with one sentence; nothing here returns NULL.
#ifndef CODEGEN_MEMORY_H
#define CODEGEN_MEMORY_H

#include <stddef.h>

void *gen_alloc(size_t n, size_t size);  // zeroed
void *gen_realloc(void *ptr, size_t n, size_t size);
char *gen_strndup(const char *s, size_t len);
char *gen_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// One more zeroed element at the end of an array that grows by doubling.
#define GEN_PUSH(array, count)                                                                     \
    ((array) = gen_grow((array), (count), sizeof *(array)), &(array)[(count)++])
void *gen_grow(void *array, size_t count, size_t size);

#endif
