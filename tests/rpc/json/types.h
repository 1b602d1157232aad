// tests/rpc/json/types.h: the types of this folder's .proto files, by name. Knows nothing of JSON.
#ifndef TESTS_RPC_JSON_TYPES_H
#define TESTS_RPC_JSON_TYPES_H

#include <tern/json.h>

#include "kinds.tern.h"
#include "older.tern.h"

// All that a google.protobuf.Any may hold in tests, and all else that they name.
extern const ProtobufCMessageDescriptor *const json_types[];
extern const size_t                            json_n_types;
extern const tern_extension *const             json_extensions[];
extern const size_t                            json_n_extensions;

// NULL: there is none.
const ProtobufCMessageDescriptor *json_type(const char *full_name);

#endif
