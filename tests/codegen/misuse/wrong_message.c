// error: incompatible
#include "greeter.tern.h"

tern_code send(demo_greeter_watch_out *out);
tern_code send(demo_greeter_watch_out *out)
{
    return demo_greeter_watch_send(out, DEMO_HELLO_REQUEST(.name = "a request is no reply"));
}
