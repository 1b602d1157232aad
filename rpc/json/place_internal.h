// rpc/json/place_internal.h: where in a message we are, and how that is told when something is wrong there. Knows
// neither texts nor values.
//
// Lifetime:  on the stack of whoever goes down into a message, with a pointer to the one outside.
// Threads:   none.
#ifndef RPC_JSON_PLACE_INTERNAL_H
#define RPC_JSON_PLACE_INTERNAL_H

#include <stdarg.h>

#include <tern/json.h>

#include "rpc/json/table_internal.h"

typedef struct terni_json_place terni_json_place;
struct terni_json_place {
    const terni_json_place *outer;
    const terni_json_table *table;
    const terni_json_field *field;  // NULL: none yet
    size_t                  index;  // of an element, or SIZE_MAX
    const uint8_t          *key;    // of an entry, as it stands in the text; or NULL
    size_t                  key_len;
};

static inline terni_json_place terni_json_place_in(const terni_json_place *outer,
                                                   const terni_json_table *table)
{
    return (terni_json_place){ .outer = outer, .table = table, .index = SIZE_MAX };
}

// The first sentence counts: 3:14: demo.Order.items[2].name: not UTF-8. Without a line if that is 0. Never NULL.
void terni_json_place_tell(tern_json_error *ret_why, const terni_json_place *place, int err,
                           const char *fmt, va_list args) TERN_PRINTF(4, 0);

#endif
