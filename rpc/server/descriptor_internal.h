// rpc/server/descriptor_internal.h: what a .proto says, read out of its serialised FileDescriptorProto where that lies.
// Knows nothing of other files.
//
// Lifetime:  borrows the bytes; allocates nothing.
// Threads:   any; pure functions.
// Failure:   the bytes are the program's own, as protoc has checked them. In bytes that are no descriptor nothing is
//            found, and nothing is read beyond their end.
#ifndef RPC_SERVER_DESCRIPTOR_INTERNAL_H
#define RPC_SERVER_DESCRIPTOR_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Bytes, or a name, of somebody else's.
typedef struct terni_span terni_span;
struct terni_span {
    const uint8_t *data;
    size_t         len;
};

static inline terni_span terni_span_of(const char *s)
{
    return (terni_span){ (const uint8_t *)s, strlen(s) };
}

static inline bool terni_span_is(terni_span a, terni_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

typedef enum terni_element {
    TERNI_ELEMENT_NONE,
    TERNI_ELEMENT_FILE,
    TERNI_ELEMENT_MESSAGE,
    TERNI_ELEMENT_ENUM,
    TERNI_ELEMENT_SERVICE,
    TERNI_ELEMENT_MEMBER,  // a field, an extension, a oneof, a value of an enum, a method
} terni_element;

// "demo/greeter.proto"; empty if it has none.
terni_span terni_descriptor_name(terni_span file);
// What `symbol` ("demo.Greeter.SayHello") is in this file. As in C++ and in protobuf's own tools, the values of an enum
// stand beside it, not within.
terni_element terni_descriptor_find(terni_span file, terni_span symbol);
// The names of its imports, one after the other: `rest` is the file at first. False when there are no more.
bool terni_descriptor_next_import(terni_span *rest, terni_span *ret_name);
// The numbers of the extensions of `type` ("google.protobuf.MethodOptions") that it declares: returns how many there are,
// and writes the first `max` of them. An empty type: all extensions.
size_t terni_descriptor_extensions(terni_span file, terni_span type, int32_t *numbers, size_t max);
// The same for the next entry of a FileDescriptorSet.
bool terni_descriptor_next_file(terni_span *rest, terni_span *ret_file);

#endif
