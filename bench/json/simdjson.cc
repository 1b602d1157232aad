// simdjson: to a document of values, in memory that it keeps, and back.
#include <simdjson.h>

#include <string>

#include "bench/json/rivals.h"

static simdjson::padded_string text;
static simdjson::dom::parser   parser, loader;
static simdjson::dom::element  document;

int simdjson_load(const char *given, size_t len)
{
    text = simdjson::padded_string(given, len);
    return loader.parse(text).get(document) == simdjson::SUCCESS;
}

int simdjson_decode(void)
{
    simdjson::dom::element fresh;

    return parser.parse(text).get(fresh) == simdjson::SUCCESS;
}

int simdjson_encode(void) { return !simdjson::minify(document).empty(); }
