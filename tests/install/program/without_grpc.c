#include <tern/without_grpc.h>

TERN_WITHOUT_GRPC;
