// tern/any.h: google.protobuf.Any: a message of a type that the .proto does not say, and the type's name beside it.
//
// Lifetime:  what _pack and _unpack give is as any message from an _unpack: T_free, or TERN_AUTO(T).
// Threads:   none.
//
//   TERN_AUTO(google_protobuf_any) *any = NULL;
//   if (tern_any_pack(DEMO_POINT(.x = 1), &any) < 0) ...
//   ...
//   TERN_AUTO(demo_point) *p = tern_any_unpack(any, &demo_point_descriptor);
//   if (!p)
//       ...  // something else, or no such message
//
// One of several types, by a registry: an array of descriptors, which a program writes down.
//
//   const ProtobufCMessageDescriptor *const shapes[] = { &demo_point_descriptor, &demo_line_descriptor };
//   const ProtobufCMessageDescriptor *type = tern_any_find_type(any, shapes, 2);
//   void *shape = type ? tern_any_unpack(any, type) : NULL;
//   ...
//   tern_message_free(type, shape);
#ifndef TERN_ANY_H
#define TERN_ANY_H

#include <stdbool.h>
#include <stddef.h>

#include <tern/base.h>
#include <tern/pb/google/protobuf/any.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_ANY_PREFIX "type.googleapis.com/"

// A new Any with a copy of `message`, any generated one. 0; -ENOMEM, or why it cannot be packed: as tern_message_pack.
TERN_API TERN_NODISCARD int tern_any_pack(const void *message, google_protobuf_any **ret_any);

// The full name of its type, "demo.Point": what follows the last '/'; NULL if there is none.
TERN_API const char *tern_any_type_name(const google_protobuf_any *any);
TERN_API bool tern_any_is(const google_protobuf_any *any, const ProtobufCMessageDescriptor *type);

// A new message of that type. NULL: the Any is of another one, or what it holds is no such message, or no memory.
TERN_API TERN_NODISCARD void *tern_any_unpack(const google_protobuf_any        *any,
                                              const ProtobufCMessageDescriptor *type);

// Which of `types` it is; NULL: none of them.
TERN_API const ProtobufCMessageDescriptor *
tern_any_find_type(const google_protobuf_any *any, const ProtobufCMessageDescriptor *const *types,
                   size_t n_types);

#ifdef __cplusplus
}
#endif

#endif
