// error: warn_unused_result|unused-result
#include "greeter.tern.h"

void call(tern_channel *ch);
void call(tern_channel *ch)
{
    demo_hello_reply *reply;
    demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(), NULL, &reply);
}
