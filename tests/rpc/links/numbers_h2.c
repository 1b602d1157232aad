#include "tests/rpc/links/numbers.h"

#include "rpc/wire/h2/engine_internal.h"

static void use_up(terni_engine *e) { e->last_id = H2_MAX_STREAM_ID - 2; }

static bool are_few(const terni_engine *e) { return e->last_id < 10; }

const numbers numbers_h2 = { use_up, are_few };
