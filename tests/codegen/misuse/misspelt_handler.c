// error: has no member named 'say_helo'|does not refer to any field
#include "greeter.tern.h"

const demo_greeter_handlers handlers = { .say_helo = NULL };
