#include <stdio.h>
#include "greeter.tern.h"

static void on_hello(tern_status st, const demo_hello_reply *reply, void *arg)
{
    (void)arg;
    puts(st.code ? st.msg : reply->message);
}
static void on_greeting(const demo_hello_reply *msg, void *arg)
{
    (void)arg;
    puts(msg->message);
}
static void on_end(tern_status st, void *arg)
{
    (void)arg;
    tern_report(st);
}

int main(void)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    TERN_AUTO(tern_channel) *ch = tern_connect("tcp://127.0.0.1:7000", &(tern_channel_opts){ .poller = poller });
    demo_greeter_say_hello_async(ch, DEMO_HELLO_REQUEST(.name = "world"), NULL, on_hello, NULL);
    demo_greeter_watch_async(ch, DEMO_HELLO_REQUEST(.name = "world", .count = 3), NULL,
                             &(demo_greeter_watch_events){ .message = on_greeting, .end = on_end }, NULL);
    return tern_poller_run_until_idle(poller);  // returns when no call is in flight
}
