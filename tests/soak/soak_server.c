// soak_server ADDRESS EXECUTED [CERTS]: answers whatever the soak's client asks, until stdin says "end" or ends. "figures"
// gets one line of what it holds. EXECUTED is a file that outlives it: which numbers have been executed.
#include <err.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tern/fiber.h>
#include <tern/server.h>

#include "soak.tern.h"
#include "tests/soak/figures.h"
#include "tests/soak/party.h"

enum { MAX_NUMBERS = 1 << 28 };  // a bit for each

static _Atomic uint8_t *executed;

// Also when it was another process of ours, killed meanwhile, that executed it before.
static bool is_first_time(uint64_t number)
{
    uint8_t bit = (uint8_t)(1U << number % 8);

    return !(atomic_fetch_or(&executed[number % MAX_NUMBERS / 8], bit) & bit);
}

static tern_code hold(tern_ctx *ctx, const soak_ask *ask)
{
    if (ask->hold_ms && tern_fiber_sleep(ask->hold_ms * UINT64_C(1000000)) < 0)
        return tern_ctx_check(ctx);
    if (ask->fail_with)
        return tern_fail(ctx, (tern_code)ask->fail_with, "as asked");
    return TERN_OK;
}

static tern_code unary(tern_ctx *ctx, const soak_ask *ask, soak_answer *answer)
{
    if (!is_first_time(ask->number))
        return tern_fail(ctx, TERN_DATA_LOSS, "%llu for the second time",
                         (unsigned long long)ask->number);
    answer->number = ask->number;
    answer->payload = ask->payload;
    return hold(ctx, ask);
}

static tern_code down(tern_ctx *ctx, const soak_ask *ask, soak_peer_down_out *out)
{
    tern_code code = TERN_OK;

    for (uint32_t i = 0; i < ask->n_answers && code == TERN_OK; i++)
        code = soak_peer_down_send(out,
                                   SOAK_ANSWER(.number = ask->number + i, .payload = ask->payload));
    return code == TERN_OK ? hold(ctx, ask) : code;
}

static tern_code up(tern_ctx *ctx, soak_peer_up_in *in, soak_answer *answer)
{
    for (const soak_ask *ask; (ask = soak_peer_up_next(in));)
        answer->number += ask->number;
    return tern_ctx_check(ctx);
}

static tern_code both(tern_ctx *ctx, soak_peer_both_io *io)
{
    tern_code code;

    for (const soak_ask *ask; (ask = soak_peer_both_io_next(io));)
        if ((code = soak_peer_both_io_send(
                 io, SOAK_ANSWER(.number = ask->number, .payload = ask->payload))) != TERN_OK)
            return code;
    return tern_ctx_check(ctx);
}

static void map_executed(const char *path)
{
    int   fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *at;

    if (fd < 0 || ftruncate(fd, MAX_NUMBERS / 8) < 0)
        err(1, "%s", path);
    at = mmap(NULL, MAX_NUMBERS / 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        err(1, "%s", path);
    executed = at;
    close(fd);
}

static void obey(void)
{
    char line[64];

    while (fgets(line, sizeof line, stdin) && strcmp(line, "end\n") != 0)
        if (strcmp(line, "figures\n") == 0)
            figures_say("");
}

int main(int argc, char **argv)
{
    const soak_peer_handlers handlers = { .unary = unary, .down = down, .up = up, .both = both };
    tern_server_opts         opts = { .n_pollers = 1, .grace_ms = 500 };
    tern_filter_source       filters;
    tern_server             *srv;
    int                      status;

    if (argc < 3)
        errx(2, "soak_server ADDRESS EXECUTED [CERTS]");
    figures_install();
    map_executed(argv[2]);
    if (argc > 3) {
        filters = party_filters(argv[3]);
        opts.filters = &filters;
    }
    srv = tern_listen(argv[1], &opts);
    soak_peer_register(srv, &handlers, NULL);
    if ((status = tern_report(tern_server_start(srv, NULL, 0))) != 0)
        return status;
    printf("listening on %s\n", tern_server_address(srv));
    fflush(stdout);
    obey();
    tern_server_stop(srv);
    status = tern_report(tern_server_wait(srv));
    tern_server_free(srv);
    party_done();
    if (figures_n_live() > FIGURES_KEPT)
        errx(1, "%zu allocations left", figures_n_live());
    return status;
}
