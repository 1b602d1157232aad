// error: incompatible
#include "greeter.tern.h"

tern_status call(tern_channel *ch, demo_hello_request **ret_reply);
tern_status call(tern_channel *ch, demo_hello_request **ret_reply)
{
    return demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(), NULL, ret_reply);
}
