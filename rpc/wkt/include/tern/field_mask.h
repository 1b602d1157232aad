// tern/field_mask.h: google.protobuf.FieldMask: which fields of a message are meant, by paths like "author.name".
// Knows nothing of what is done to them.
//
// Lifetime:  a mask is a message; nothing is kept here.
// Threads:   none.
//
//   if (!tern_field_mask_is_valid(req->mask, &library_book_descriptor))
//       return tern_fail(ctx, TERN_INVALID_ARGUMENT, "there is no such field");
//   if (tern_field_mask_contains(req->mask, "author.name"))
//       book->author->name = req->book->author->name;
#ifndef TERN_FIELD_MASK_H
#define TERN_FIELD_MASK_H

#include <stdbool.h>

#include <tern/base.h>
#include <tern/pb/google/protobuf/field_mask.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

// Each path leads to a field of the message: by the names of the .proto, through messages that are neither repeated nor
// a map. An empty mask is valid. NULL is one.
TERN_API bool tern_field_mask_is_valid(const google_protobuf_field_mask *mask,
                                       const ProtobufCMessageDescriptor *type);

// Whether the mask has the path, or one that it lies below: "author" means all of "author.name". What an empty mask
// means, everything or nothing, is the service's business: here it contains nothing.
TERN_API bool tern_field_mask_contains(const google_protobuf_field_mask *mask, const char *path);

#ifdef __cplusplus
}
#endif

#endif
