// codegen/source.h: where each declaration of a .proto stands and what its comments say, looked up
// in SourceCodeInfo.
//
// Lifetime:  borrows the FileDescriptorProto.
//
//   gen_path message = { NULL, MESSAGE_TYPE, 0 }, field = { &message, FIELD, 2 };
//   gen_doc  doc = gen_source_find(source, &field);
#ifndef CODEGEN_SOURCE_H
#define CODEGEN_SOURCE_H

#include "codegen/report.h"
#include "google/protobuf/descriptor.tern.h"

// One step down the tree of descriptors: the `index`th element of the repeated field `field`.
typedef struct gen_path gen_path;
struct gen_path {
    const gen_path *parent;
    int32_t         field, index;
};

// For a field that is not repeated.
#define GEN_PATH_NO_INDEX (-1)

typedef struct gen_doc gen_doc;
struct gen_doc {
    gen_place   place;
    const char *leading, *trailing;  // comments, NULL where there are none
};

typedef struct gen_source gen_source;

gen_source *gen_source_new(const google_protobuf_file_descriptor_proto *file);
gen_doc     gen_source_find(const gen_source *s, const gen_path *path);

#endif
