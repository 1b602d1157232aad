// What a server does now and then.
#include "tests/rpc/server/desk.h"

#include <tern/fiber.h>

static atomic_uint n_turns, n_running;

static void count(tern_server *srv, void *arg)
{
    TERN_ASSERT(*tern_server_address(srv) && tern_fiber_current());
    atomic_fetch_add((atomic_uint *)arg, 1);
}

static void add_counter(tern_server *srv, void *arg)
{
    tern_server_every(srv, 1, count, arg);
    tern_server_every(srv, 1, count, arg);
    tern_server_every(srv, 1000 * 1000, count, NULL);  // its first turn is not now
}

static void test_turns_come_until_the_server_stops(void **state)
{
    host     h = { .add_services = add_counter, .arg = &n_turns };
    unsigned n;

    (void)state;
    atomic_store(&n_turns, 0);
    host_start(&h);
    wait_for_count(&n_turns, 5, "turns");
    host_stop(&h);
    n = atomic_load(&n_turns);
    host_end(&h);
    assert_int_equal(atomic_load(&n_turns), n);
}

// Parks for some turns' time.
static void last_long(tern_server *srv, void *arg)
{
    (void)srv;
    (void)arg;
    TERN_ASSERT(atomic_fetch_add(&n_running, 1) == 0);
    (void)!tern_fiber_sleep(3 * TERN_NS_PER_MS);
    atomic_fetch_sub(&n_running, 1);
    atomic_fetch_add(&n_turns, 1);
}

static void add_long(tern_server *srv, void *arg) { tern_server_every(srv, 1, last_long, arg); }

static void test_turn_that_lasts_is_alone(void **state)
{
    host h = { .add_services = add_long };

    (void)state;
    atomic_store(&n_turns, 0);
    host_start(&h);
    wait_for_count(&n_turns, 3, "turns");
    host_end(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_turns_come_until_the_server_stops),
        TERN_TEST(test_turn_that_lasts_is_alone),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
