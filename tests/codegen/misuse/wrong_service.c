// error: incompatible
#include "greeter.tern.h"
#include "route.tern.h"

void serve(tern_server *srv, const route_guide_handlers *handlers);
void serve(tern_server *srv, const route_guide_handlers *handlers)
{
    demo_greeter_register(srv, handlers, NULL);
}
