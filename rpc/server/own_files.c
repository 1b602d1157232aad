#include "rpc/server/own_files_internal.h"

static const uint8_t bytes[] = {
#include "proto/own_files.inc"
};

const terni_span terni_own_files = { bytes, sizeof bytes };
