#include "transport/base/seldom_internal.h"

#include "transport/net/inproc_internal.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static terni_inproc   *doors;  // those that have a name; under the lock

// ---- forks ---------------------------------------------------------------

static void before_fork(void) { pthread_mutex_lock(&lock); }

static void after_fork(void) { pthread_mutex_unlock(&lock); }

static void unlist(terni_inproc *door)
{
    if (!door->link)
        return;
    *door->link = door->next;
    if (door->next)
        door->next->link = door->link;
    door->link = NULL;
}

static void after_fork_in_child(void)
{
    while (doors)
        unlist(doors);
    after_fork();
}

static void watch_forks(void)
{
    (void)!pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

// ---- names ---------------------------------------------------------------

static terni_inproc *find(const char *name)
{
    terni_inproc *door = doors;

    while (door && strcmp(door->name, name) != 0)
        door = door->next;
    return door;
}

static int list(terni_inproc *door)
{
    int err = 0;

    pthread_mutex_lock(&lock);
    if (find(door->name)) {
        err = -EADDRINUSE;
    } else {
        door->next = doors;
        door->link = &doors;
        if (doors)
            doors->link = &door->next;
        doors = door;
    }
    pthread_mutex_unlock(&lock);
    return err;
}

int terni_inproc_open(terni_inproc *door, const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int                   ends[2], err;

    pthread_once(&once, watch_forks);
    if ((err = terni_socket_pair(ends)) < 0)
        return err;
    *door = (terni_inproc){ .name = name, .fd = ends[1] };
    if (name && (err = list(door)) < 0) {
        terni_socket_close(ends[0]);
        terni_inproc_shut(door);
        return err;
    }
    return ends[0];
}

void terni_inproc_shut(terni_inproc *door)
{
    pthread_mutex_lock(&lock);
    unlist(door);
    pthread_mutex_unlock(&lock);
    terni_socket_close(door->fd);
    door->fd = -1;
}

// ---- connections ---------------------------------------------------------

// The pair takes a number as a whole, or has no room.
int terni_inproc_give(terni_inproc *door, int fd)
{
    ssize_t n = terni_sys_sendmsg(door->fd, &(struct iovec){ &fd, sizeof fd }, 1);

    TERN_ASSERT(n < 0 || n == sizeof fd);
    return n < 0 ? (int)n : 0;
}

int terni_inproc_take(int from)
{
    int     fd;
    ssize_t n = terni_sys_recv(from, &fd, sizeof fd);

    TERN_ASSERT(n <= 0 || n == sizeof fd);
    if (n == 0)
        return -EAGAIN;  // it was shut
    return n < 0 ? (int)n : fd;
}

int terni_inproc_connect(const char *name)
{
    terni_inproc *door;
    int           ends[2], err;

    if ((err = terni_socket_pair(ends)) < 0)
        return err;
    pthread_mutex_lock(&lock);  // so that it is not shut meanwhile
    door = find(name);
    err = door ? terni_inproc_give(door, ends[1]) : -ECONNREFUSED;
    pthread_mutex_unlock(&lock);
    if (err == 0)
        return ends[0];
    terni_socket_close(ends[0]);
    terni_socket_close(ends[1]);
    return err;
}
