// rpc/json/name_internal.h: names in lower_case and in lowerCamelCase. Knows nothing of messages.
//
// Threads:   any.
#ifndef RPC_JSON_NAME_INTERNAL_H
#define RPC_JSON_NAME_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// "item_count" to "itemCount", which is no longer: the bytes written to `ret`. A dot begins a name anew.
size_t terni_json_name_to_camel(const char *name, size_t len, char *ret);
// Whether the way back leads to the same name: "foo_bar" has one, "fooBar", "foo__bar" and "foo_3" have none.
bool terni_json_name_survives_camel(const char *name, size_t len);
// "itemCount" to "item_count", at most twice as long. 0 if it is not in lowerCamelCase, or empty.
size_t terni_json_name_to_snake(const uint8_t *name, size_t len, uint8_t *ret);

#endif
