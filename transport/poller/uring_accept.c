#include "transport/poller/uring_accept_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "transport/base/socket_internal.h"

terni_uring_accept *terni_uring_accept_new(void)
{
    terni_uring_accept *a = tern_mem_zalloc(sizeof *a);

    if (!a)
        return NULL;
    a->room = TERNI_URING_MAX_WAITING;
    if ((a->fds = tern_mem_alloc(a->room * sizeof *a->fds)))
        return a;
    tern_mem_free(a);
    return NULL;
}

void terni_uring_accept_free(terni_uring_accept *a)
{
    if (!a)
        return;
    TERN_ASSERT(terni_uring_accept_is_valid(a));
    for (uint32_t i = a->first; i < a->last; i++)
        terni_socket_close(a->fds[i]);
    tern_mem_free(a->fds);
    tern_mem_free(a);
}

// Room for one more at the end: false without memory.
static bool make_room(terni_uring_accept *a)
{
    uint32_t n = a->last - a->first;
    int     *fds;

    if (a->last < a->room)
        return true;
    memmove(a->fds, a->fds + a->first, n * sizeof *a->fds);
    a->first = 0;
    a->last = n;
    if (n < a->room)
        return true;
    if (!(fds = tern_mem_realloc(a->fds, a->room * 2 * sizeof *fds)))
        return false;
    a->fds = fds;
    a->room *= 2;
    return true;
}

static void keep(terni_uring_accept *a, int fd)
{
    if (make_room(a)) {
        a->fds[a->last++] = fd;
        a->is_resting |= a->last - a->first >= TERNI_URING_MAX_WAITING;
        return;
    }
    terni_socket_close(fd);  // its peer hears of it
    terni_uring_accept_put(a, -ENOMEM);
}

void terni_uring_accept_put(terni_uring_accept *a, int result)
{
    TERN_DEBUG_ASSERT(terni_uring_accept_is_valid(a));
    if (result >= 0) {
        keep(a, result);
        return;
    }
    a->err = result;
    a->is_resting = true;
}

int terni_uring_accept_take(terni_uring_accept *a)
{
    int err = a->err;

    TERN_DEBUG_ASSERT(terni_uring_accept_is_valid(a));
    if (a->first < a->last)
        return a->fds[a->first++];
    a->first = a->last = 0;
    a->err = 0;
    if (err)
        return err;
    a->is_resting = false;
    return -EAGAIN;
}

bool terni_uring_accept_is_valid(const terni_uring_accept *a)
{
    bool must_rest = a->err || a->last - a->first >= TERNI_URING_MAX_WAITING;

    return a->first <= a->last && a->last <= a->room && a->err <= 0 &&
           (!must_rest || a->is_resting);
}
