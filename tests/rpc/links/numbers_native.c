#include "tests/rpc/links/numbers.h"

#include "rpc/wire/native/engine_internal.h"

static void use_up(terni_engine *e) { e->last_id = LAST_STREAM_ID - 1; }

static bool are_few(const terni_engine *e) { return e->last_id < 10; }

const numbers numbers_native = { use_up, are_few };
