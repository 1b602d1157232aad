#include "tests/fuzz/live.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/log.h>

#include "transport/base/sys_internal.h"

static uint64_t now_ns = 1000 * TERN_NS_PER_S;

static uint64_t own_clock(void) { return now_ns; }

tern_poller *live_poller(void)
{
    static tern_poller *p;

    if (p)
        return p;
    terni_sys_table.now_ns = own_clock;
    tern_log_set(NULL, NULL, TERN_LOG_ERROR);
    p = tern_poller_new(NULL);
    TERN_ASSERT(p);
    return p;
}

void live_step(unsigned ms)
{
    now_ns += ms * TERN_NS_PER_MS;
    TERN_ASSERT(tern_poller_step(live_poller(), 0) == 0);
}

const char *live_name(const char *suffix)
{
    static char names[2][64];
    char       *name = names[*suffix % 2];

    snprintf(name, sizeof names[0], "@tern-fuzz-%d-%s", (int)getpid(), suffix);
    return name;
}

void live_drain(int fd)
{
    char said[16 * 1024];

    while (recv(fd, said, sizeof said, MSG_DONTWAIT) > 0)
        ;
}

// With empty SETTINGS.
static void send_preface(int fd, uint8_t how, bool is_server)
{
    static const char h2[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    static const char native[] = "TERN\r\n\1\0\0\0\0\0\0\0\0\0\0\0\0";
    const size_t      skip = is_server ? 24 : 0;

    if (how & LIVE_H2)
        (void)!send(fd, h2 + skip, sizeof h2 - 1 - skip, MSG_NOSIGNAL);
    else
        (void)!send(fd, native, 8 + 12, MSG_NOSIGNAL);
}

void live_feed(int fd, uint8_t how, bool is_server, const uint8_t *data, size_t size)
{
    uint64_t random = size;

    if (how & LIVE_HAS_PREFACE)
        send_preface(fd, how, is_server);
    for (size_t at = 0, n; at < size; at += n) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        n = how & LIVE_COMES_IN_PIECES ? 1 + (random >> 33) % 60 : size - at;
        n = n < size - at ? n : size - at;
        (void)!send(fd, data + at, n, MSG_NOSIGNAL | MSG_DONTWAIT);  // it may have hung up
        live_step(0);
        if (!(how & LIVE_READS_NOTHING))
            live_drain(fd);
    }
}
