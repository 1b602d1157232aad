#include <stdio.h>
#include "greeter.tern.h"

int main(void)
{
    TERN_AUTO(tern_channel) *ch = tern_connect("tcp://127.0.0.1:7000", NULL);
    TERN_AUTO(demo_hello_reply) *reply = NULL;
    tern_status st = demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(.name = "world"), NULL, &reply);
    if (st.code)
        return tern_report(st);
    puts(reply->message);

    TERN_AUTO(demo_greeter_watch_stream) *w = demo_greeter_watch(ch, DEMO_HELLO_REQUEST(.name = "world", .count = 3), NULL);
    for (const demo_hello_reply *m; (m = demo_greeter_watch_next(w));)
        puts(m->message);
    return tern_report(demo_greeter_watch_status(w));
}
