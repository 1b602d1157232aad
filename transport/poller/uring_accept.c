#include "transport/poller/uring_accept_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "transport/base/socket_internal.h"

terni_uring_door *terni_uring_door_new(void)
{
    terni_uring_door *d = tern_mem_zalloc(sizeof *d);

    if (!d)
        return NULL;
    d->room = TERNI_URING_MAX_WAITING;
    if ((d->fds = tern_mem_alloc(d->room * sizeof *d->fds)))
        return d;
    tern_mem_free(d);
    return NULL;
}

void terni_uring_door_free(terni_uring_door *d)
{
    if (!d)
        return;
    for (uint32_t i = d->first; i < d->last; i++)
        terni_socket_close(d->fds[i]);
    tern_mem_free(d->fds);
    tern_mem_free(d);
}

// Room for one more at the end: false without memory.
static bool make_room(terni_uring_door *d)
{
    uint32_t n = d->last - d->first;
    int     *fds;

    if (d->last < d->room)
        return true;
    memmove(d->fds, d->fds + d->first, n * sizeof *d->fds);
    d->first = 0;
    d->last = n;
    if (n < d->room)
        return true;
    if (!(fds = tern_mem_realloc(d->fds, d->room * 2 * sizeof *fds)))
        return false;
    d->fds = fds;
    d->room *= 2;
    return true;
}

static void keep(terni_uring_door *d, int fd)
{
    if (make_room(d)) {
        d->fds[d->last++] = fd;
        d->is_resting |= d->last - d->first >= TERNI_URING_MAX_WAITING;
        return;
    }
    terni_socket_close(fd);  // its peer hears of it
    terni_uring_door_put(d, -ENOMEM);
}

void terni_uring_door_put(terni_uring_door *d, int result)
{
    if (result >= 0) {
        keep(d, result);
        return;
    }
    d->err = result;
    d->is_resting = true;
}

int terni_uring_door_take(terni_uring_door *d)
{
    int err = d->err;

    if (d->first < d->last)
        return d->fds[d->first++];
    d->first = d->last = 0;
    d->err = 0;
    if (err)
        return err;
    d->is_resting = false;
    return -EAGAIN;
}
