// tests/sim/file.h: what a descriptor of the simulated machine stands for, and who watches it: for kernel.c and net.c.
//
// Lifetime:  file_open .. file_release; all are gone with kernel_start.
// Threads:   one.
#ifndef TESTS_SIM_FILE_H
#define TESTS_SIM_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/timer.h>

enum {
    FIRST_FD = 100000,  // none that the real kernel has given
    MAX_FILES = 256,
};

typedef struct link_ link_;

typedef enum file_kind { FILE_NONE, FILE_EPOLL, FILE_EVENT, FILE_SOCKET } file_kind;

typedef enum socket_state {
    SOCKET_NEW,
    SOCKET_LISTENING,
    SOCKET_CONNECTING,
    SOCKET_CONNECTED,
    SOCKET_OVER,  // refused, or never connected
} socket_state;

typedef struct file file;
struct file {
    file_kind kind;
    unsigned  process;
    // ---- watched ----
    file    *epoll;  // by which; NULL: by none
    uint32_t mask;
    uint64_t key;
    bool     is_queued;
    uint64_t visible_ns;  // queued: from when on epoll_wait sees it
    uint64_t poke_ns;     // an edge of its own, or TERN_NEVER
    // ---- epoll ----
    file    *queue[MAX_FILES];
    unsigned n_queued;
    // ---- eventfd ----
    uint64_t counter;
    // ---- socket ----
    socket_state state;
    uint16_t     port;
    int          error;
    bool         is_reset, has_shut;
    link_       *link;  // connected, or soon
    unsigned     side;  // of it
    uint64_t     connect_ns;
    uint16_t     target;  // port
};

file *file_of(int fd);  // NULL and EBADF: there is none
int   file_fd(const file *f);
// NULL and EMFILE.
file *file_open(file_kind kind);
void  file_release(file *f);
// All that there are, one after the other; NULL to begin, and at the end.
file *file_next(file *f);

// Something has happened that who watches it has to hear of.
void file_wake(file *f);
// The same, by and by.
void file_poke_later(file *f);

#endif
