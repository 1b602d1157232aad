// error: warn_unused_result|unused-result
#include "greeter.tern.h"

void call(tern_channel *ch);
void call(tern_channel *ch) { demo_greeter_watch(ch, DEMO_HELLO_REQUEST(), NULL); }
