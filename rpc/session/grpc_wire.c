// A file of its own, which the linker takes only if the program has not said TERN_WITHOUT_GRPC.
#include <tern/without_grpc.h>

#include "rpc/wire/h2/h2_internal.h"

// Not const, or the compiler would know it without asking.
const void *tern_grpc_wire = &terni_wire_h2;
