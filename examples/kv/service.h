// The store, put on a server: handlers, and nothing else that a program has. So a test has them, too.
#ifndef EXAMPLES_KV_SERVICE_H
#define EXAMPLES_KV_SERVICE_H

#include <tern/server.h>

#include "store.h"

// `s` has to outlive the server.
void service_register(tern_server *srv, store *s);

#endif
