// error: 'demo_hello_request'.* has no member named 'nmae'|does not refer to any field
#include "greeter.tern.h"

tern_status call(tern_channel *ch, demo_hello_reply **ret_reply);
tern_status call(tern_channel *ch, demo_hello_reply **ret_reply)
{
    return demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(.nmae = "world"), NULL, ret_reply);
}
