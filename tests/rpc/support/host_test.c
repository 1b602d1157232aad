#include "tests/rpc/support/host.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/mem.h>

#include "tests/rpc/support/ping.tern.h"
#include "tests/rpc/support/warm_up.h"
#include "tests/support/fake_clock.h"

static tern_code pong(tern_ctx *ctx, const ping_ping *req, ping_ping *reply)
{
    const uint32_t *add = tern_ctx_user_data(ctx);

    reply->number = req->number + *add;
    return TERN_OK;
}

static void add_ponger(tern_server *srv, void *arg)
{
    ping_ponger_register(srv, &(ping_ponger_handlers){ .pong = pong },
                         &(tern_service_opts){ .user_data = arg });
}

static uint32_t one = 1;

static tern_code ask(tern_channel *ch)
{
    TERN_AUTO(ping_ping) *reply = NULL;
    tern_code code = ping_ponger_pong(ch, PING_PING(.number = 41), NULL, &reply).code;

    TERN_ASSERT(code != TERN_OK || reply->number == 42);
    return code;
}

static tern_code ask_once(const host *h)
{
    TERN_AUTO(tern_channel) *ch = host_connect(h->address, NULL);

    return ask(ch);
}

// ---- places --------------------------------------------------------------

static void test_address_stays_while_the_server_comes_and_goes(void **state)
{
    static const host_place places[] = { HOST_ON_THREAD, HOST_OWN_THREADS, HOST_IN_PROCESS };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(places); i++) {
        for (host_scheme scheme = 0; scheme < HOST_N_SCHEMES; scheme++) {
            host h = { .scheme = scheme,
                       .place = places[i],
                       .opts.n_pollers = 2,
                       .add_services = add_ponger,
                       .arg = &one };

            if (scheme == HOST_INPROC && places[i] == HOST_IN_PROCESS)
                continue;  // nobody else would find it there
            host_start(&h);
            assert_int_equal(ask_once(&h), TERN_OK);
            host_stop(&h);
            assert_int_equal(ask_once(&h), TERN_UNAVAILABLE);
            host_start(&h);
            assert_int_equal(ask_once(&h), TERN_OK);
            host_end(&h);
        }
    }
}

static void ask_on_fiber(void *arg) { TERN_ASSERT(ask_once(arg) == TERN_OK); }

static void test_here_server_and_client_share_a_poller_and_a_clock(void **state)
{
    host h = { .scheme = HOST_UNIX, .place = HOST_HERE, .add_services = add_ponger, .arg = &one };

    (void)state;
    fake_clock_start(TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    h.poller = tern_poller_new(NULL);
    host_start(&h);
    host_run_fiber(&h, ask_on_fiber, &h);
    host_end(&h);
    tern_poller_free(h.poller);
}

static void test_here_a_client_that_nobody_drives_does_not_hold_the_end_up(void **state)
{
    host h = { .place = HOST_HERE, .add_services = add_ponger, .arg = &one };
    int  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    fake_clock_start(TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    h.poller = tern_poller_new(NULL);
    host_start(&h);
    assert_int_equal(connect(fd,
                             (struct sockaddr *)&(struct sockaddr_in){
                                 .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)atoi(strrchr(h.address, ':') + 1)),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
                             sizeof(struct sockaddr_in)),
                     0);
    host_end(&h);
    close(fd);
    tern_poller_free(h.poller);
}

// ---- processes -----------------------------------------------------------

static void test_killed_process_is_started_again(void **state)
{
    host h = { .place = HOST_IN_PROCESS, .add_services = add_ponger, .arg = &one };

    (void)state;
    host_start(&h);
    host_kill(&h);
    assert_int_equal(ask_once(&h), TERN_UNAVAILABLE);
    host_start(&h);
    assert_int_equal(ask_once(&h), TERN_OK);
    host_freeze(&h);
    host_kill(&h);
    host_end(&h);
}

static void *leaked;

static tern_code leak(tern_ctx *ctx, const ping_ping *req, ping_ping *reply)
{
    (void)ctx;
    leaked = tern_mem_alloc(100);
    reply->number = req->number + 1;
    return TERN_OK;
}

static void add_leaking(tern_server *srv, void *arg)
{
    (void)arg;
    ping_ponger_register(srv, &(ping_ponger_handlers){ .pong = leak }, NULL);
}

static void test_process_tells_what_it_has_leaked(void **state)
{
    host h = { .place = HOST_IN_PROCESS, .add_services = add_leaking };

    (void)state;
    host_start(&h);
    assert_int_equal(ask_once(&h), TERN_OK);
    assert_int_equal(process_end(&h.process), 1);
    h.process.pid = 0;
    host_end(&h);
}

// ---- ports ---------------------------------------------------------------

static void test_port_of_a_stopped_server_is_nobody_elses(void **state)
{
    host               h = { .add_services = add_ponger, .arg = &one };
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    host_start(&h);
    host_stop(&h);
    sa.sin_port = htons((uint16_t)atoi(strrchr(h.address, ':') + 1));
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), -1);
    assert_int_equal(errno, EADDRINUSE);
    host_end(&h);
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    close(fd);
}

static int warm_up_all(void **state)
{
    (void)state;
    warm_up(&ping_ponger_service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_address_stays_while_the_server_comes_and_goes),
        TERN_TEST(test_here_server_and_client_share_a_poller_and_a_clock),
        TERN_TEST(test_here_a_client_that_nobody_drives_does_not_hold_the_end_up),
        TERN_TEST(test_killed_process_is_started_again),
        TERN_TEST(test_process_tells_what_it_has_leaked),
        TERN_TEST(test_port_of_a_stopped_server_is_nobody_elses),
    };

    return cmocka_run_group_tests(tests, warm_up_all, NULL);
}
