// What a caller is told when things go wrong: each of these ends with a status, a code and one sentence.
#include <stdio.h>

#include "tomorrow.tern.h"

static void tell(const char *what, tern_status st)
{
    printf("%-26s %s: %s\n", what, tern_code_name(st.code), st.msg);
}

static tern_status call_nobody(void)
{
    TERN_AUTO(tern_channel) *ch = tern_connect("tcp://127.0.0.1:1", NULL);
    TERN_AUTO(demo_hello_reply) *reply = NULL;

    return demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(.name = "world"), NULL, &reply);
}

// Four thousand million greetings take longer than a quarter of a second.
static tern_status watch_too_long(tern_channel *ch)
{
    TERN_AUTO(demo_greeter_watch_stream) *w =
        demo_greeter_watch(ch, DEMO_HELLO_REQUEST(.name = "world", .count = UINT32_MAX),
                           &(tern_call_opts){ .timeout_ms = 250 });

    while (demo_greeter_watch_next(w))
        ;
    return demo_greeter_watch_status(w);
}

static tern_status change_ones_mind(tern_channel *ch)
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    TERN_AUTO(demo_greeter_watch_stream) *w =
        demo_greeter_watch(ch, DEMO_HELLO_REQUEST(.name = "world", .count = UINT32_MAX),
                           &(tern_call_opts){ .cancel = cancel });

    for (int i = 0; i < 3 && demo_greeter_watch_next(w); i++)
        ;
    tern_cancel_fire(cancel);
    return demo_greeter_watch_status(w);
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(argc > 1 ? argv[1] : "tcp://127.0.0.1:7000", NULL);
    TERN_AUTO(demo_hello_reply) *reply = NULL;

    tell("a name that is empty", demo_greeter_say_hello(ch, DEMO_HELLO_REQUEST(), NULL, &reply));
    tell("a deadline that fires", watch_too_long(ch));
    tell("a stream that is cancelled", change_ones_mind(ch));
    tell("a method of tomorrow",
         demo_greeter_say_goodbye(ch, DEMO_HELLO_REQUEST(.name = "world"), NULL, &reply));
    tell("a server that is not there", call_nobody());
    return 0;
}
