// The io_uring backend. Not built yet: choosing it falls back to epoll.
#include "transport/poller_internal.h"

#include <errno.h>

static int uring_open(tern_poller *p)
{
    (void)p;
    return -ENOSYS;
}

const terni_backend terni_backend_uring = { .name = "uring", .open = uring_open };
