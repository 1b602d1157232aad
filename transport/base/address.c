#include "transport/base/seldom_internal.h"

#include <tern/address.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *parse_number(const char *text, long max, long *ret_number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return "a number is missing";
    errno = 0;
    *ret_number = strtol(text, &end, 10);
    if (*end || errno || *ret_number > max)
        return "the number is out of range or followed by something else";
    return NULL;
}

static const char *set_host(tern_address *a, const char *text, size_t len)
{
    if (len == 0)
        return "the host is missing: write tcp://HOST:PORT, or tcp://*:PORT for all interfaces";
    if (len > TERN_MAX_HOST)
        return "the host name is longer than 255 bytes";
    memcpy(a->host, text, len);
    a->host[len] = '\0';
    return NULL;
}

static const char *parse_tcp(const char *text, tern_address *a)
{
    const char *host = text, *colon = strrchr(text, ':'), *why;
    size_t      host_len;
    long        port = 0;

    if (*text == '[') {
        const char *bracket = strchr(text, ']');

        if (!bracket || bracket[1] != ':')
            return "an IPv6 address is written tcp://[ADDRESS]:PORT";
        host = text + 1;
        host_len = (size_t)(bracket - host);
        colon = bracket + 1;
    } else {
        if (!colon)
            return "the port is missing: write tcp://HOST:PORT";
        host_len = (size_t)(colon - host);
        if (memchr(host, ':', host_len))
            return "an IPv6 address needs brackets: tcp://[ADDRESS]:PORT";
    }
    if ((why = set_host(a, host, host_len)))
        return why;
    if (parse_number(colon + 1, 65535, &port))
        return "the port must be a number from 0 to 65535";
    a->kind = TERN_ADDRESS_TCP;
    a->port = (uint16_t)port;
    return NULL;
}

static const char *parse_unix(const char *text, tern_address *a)
{
    const size_t max = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;

    if (strncmp(text, "//", 2) == 0)
        text += 2;
    if (*text != '/' && *text != '@')
        return "write unix:///PATH with an absolute path, or unix:@NAME for an abstract socket";
    if (text[1] == '\0')
        return "the name of the unix socket is missing";
    if (strlen(text) > max)
        return "a unix socket's path has at most 107 bytes";
    a->kind = TERN_ADDRESS_UNIX;
    return set_host(a, text, strlen(text));
}

static const char *parse_fd(const char *text, tern_address *a)
{
    long fd = 0;

    if (parse_number(text, 1 << 20, &fd))
        return "write fd:NUMBER with the number of an open descriptor";
    a->kind = TERN_ADDRESS_FD;
    a->fd = (int)fd;
    return NULL;
}

static const char *parse_inproc(const char *text, tern_address *a)
{
    a->kind = TERN_ADDRESS_INPROC;
    return *text ? set_host(a, text, strlen(text)) : "write inproc:NAME";
}

static const char *parse(const char *text, tern_address *a)
{
    if (strncmp(text, "tcp://", 6) == 0)
        return parse_tcp(text + 6, a);
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(text + 5, a);
    if (strncmp(text, "fd:", 3) == 0)
        return parse_fd(text + 3, a);
    if (strncmp(text, "inproc:", 7) == 0)
        return parse_inproc(text + 7, a);
    if (*text == '\0')
        return "the address is empty";
    return "expected tcp://HOST:PORT, unix:///PATH, unix:@NAME, fd:NUMBER or inproc:NAME";
}

int tern_address_parse(const char *text, const char **ret_why, tern_address *ret_address)
{
    tern_address a = { .fd = -1 };
    const char  *why = text ? parse(text, &a) : "the address is NULL";

    if (why) {
        *ret_why = why;
        return -EINVAL;
    }
    *ret_address = a;
    return 0;
}

static bool is_any(const tern_address *a) { return strcmp(a->host, "*") == 0; }

static bool resolve_number(const tern_address *a, tern_sockaddr *ret)
{
    tern_sockaddr sa = { 0 };

    if (inet_pton(AF_INET, is_any(a) ? "0.0.0.0" : a->host, &sa.addr.in4.sin_addr) == 1) {
        sa.len = sizeof sa.addr.in4;
        sa.addr.in4.sin_family = AF_INET;
        sa.addr.in4.sin_port = htons(a->port);
    } else if (inet_pton(AF_INET6, a->host, &sa.addr.in6.sin6_addr) == 1) {
        sa.len = sizeof sa.addr.in6;
        sa.addr.in6.sin6_family = AF_INET6;
        sa.addr.in6.sin6_port = htons(a->port);
    } else {
        return false;
    }
    *ret = sa;
    return true;
}

static void resolve_unix(const tern_address *a, tern_sockaddr *ret)
{
    size_t len = strlen(a->host);

    TERN_ASSERT(len < sizeof ret->addr.un.sun_path);  // else: not from tern_address_parse
    *ret = (tern_sockaddr){ .addr.un.sun_family = AF_UNIX };
    memcpy(ret->addr.un.sun_path, a->host, len);
    if (a->host[0] == '@')
        ret->addr.un.sun_path[0] = '\0';
    else
        len++;  // a path's NUL counts, an abstract name has none
    ret->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int resolver_errno(int code)
{
    switch (code) {
    case EAI_NONAME:
    case EAI_NODATA:
        return -ENOENT;
    case EAI_MEMORY:
        return -ENOMEM;
    case EAI_SYSTEM:
        return errno ? -errno : -EIO;
    default:
        return -EAGAIN;
    }
}

// RFC 6761 promises this name to everybody; a small container may have no /etc/hosts to say so.
static int resolve_localhost(const tern_address *a, tern_sockaddr *ret)
{
    *ret = (tern_sockaddr){ .len = sizeof ret->addr.in4 };
    ret->addr.in4.sin_family = AF_INET;
    ret->addr.in4.sin_port = htons(a->port);
    ret->addr.in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return 1;
}

static int resolve_name(const tern_address *a, tern_sockaddr *list, int max)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo      *found;
    char                  port[8];
    int                   code, n = 0;

    TERN_DEBUG_ASSERT(max > 0 && a->kind == TERN_ADDRESS_TCP);
    snprintf(port, sizeof port, "%u", a->port);
    if ((code = getaddrinfo(a->host, port, &hints, &found)) != 0)
        return strcasecmp(a->host, "localhost") == 0 ? resolve_localhost(a, list)
                                                     : resolver_errno(code);
    for (struct addrinfo *i = found; i && n < max; i = i->ai_next) {
        if (i->ai_addrlen > sizeof list[n].addr)
            continue;
        TERN_DEBUG_ASSERT(i->ai_addrlen >= sizeof(struct sockaddr_in));
        list[n].len = i->ai_addrlen;
        memcpy(&list[n].addr, i->ai_addr, i->ai_addrlen);
        n++;
    }
    freeaddrinfo(found);
    return n ? n : -ENOENT;
}

bool tern_address_needs_resolver(const tern_address *a)
{
    tern_sockaddr sa;

    return a->kind == TERN_ADDRESS_TCP && !resolve_number(a, &sa);
}

int tern_address_resolve(const tern_address *a, tern_sockaddr *ret_list, int max)
{
    if (max < 1 || a->kind == TERN_ADDRESS_FD || a->kind == TERN_ADDRESS_INPROC)
        return -EINVAL;
    if (a->kind == TERN_ADDRESS_UNIX) {
        resolve_unix(a, &ret_list[0]);
        return 1;
    }
    if (resolve_number(a, &ret_list[0]))
        return 1;
    return resolve_name(a, ret_list, max);
}

const char *tern_address_strerror(const tern_address *a, int err)
{
    if (err == -ENOENT && tern_address_needs_resolver(a))
        return "Name or service not known: check the name, DNS and /etc/hosts";
    if (err == -EAGAIN && tern_address_needs_resolver(a))
        return "Temporary failure in name resolution: check DNS";
    if (err == -ECONNREFUSED && a->kind == TERN_ADDRESS_INPROC)
        return "nobody in this process listens there";
    return strerror(-err);
}

static void format_unix(const tern_sockaddr *sa, char *buf, size_t size)
{
    const char *path = sa->addr.un.sun_path;
    int         len = (int)(sa->len - offsetof(struct sockaddr_un, sun_path));

    if (len <= 0)
        snprintf(buf, size, "unix:(unnamed)");
    else if (path[0] == '\0')
        snprintf(buf, size, "unix:@%.*s", len - 1, path + 1);
    else
        snprintf(buf, size, "unix://%.*s", len, path);
}

void tern_sockaddr_format(const tern_sockaddr *sa, char *buf, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "?";

    switch (sa->addr.any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &sa->addr.in4.sin_addr, host, sizeof host);
        snprintf(buf, size, "tcp://%s:%u", host, ntohs(sa->addr.in4.sin_port));
        return;
    case AF_INET6:
        inet_ntop(AF_INET6, &sa->addr.in6.sin6_addr, host, sizeof host);
        snprintf(buf, size, "tcp://[%s]:%u", host, ntohs(sa->addr.in6.sin6_port));
        return;
    case AF_UNIX:
        format_unix(sa, buf, size);
        return;
    default:
        snprintf(buf, size, "(unknown address family %d)", sa->addr.any.sa_family);
    }
}
