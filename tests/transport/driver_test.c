// A poller's seat, as it goes from one thread to the next. Every order of this is in tests/model/driver.pml.
#include "tests/support/leak.h"

#include <pthread.h>
#include <stdatomic.h>

#include <tern/ticket.h>

#include "tests/support/wait_for.h"
#include "transport/poller/driver_internal.h"

typedef struct one one;  // who waits
struct one {
    terni_driver *driver;
    tern_ticket   ticket;
    pthread_t     thread;
    bool          is_done;  // else it got the seat
    atomic_uint   n_returned;
};

static void *wait_for_seat(void *arg)
{
    one *o = arg;

    if (!(o->is_done = terni_driver_wait(o->driver, &o->ticket)))
        terni_driver_leave(o->driver);
    atomic_fetch_add(&o->n_returned, 1);
    return NULL;
}

static bool is_next(void *arg)
{
    one *o = arg;
    bool is_first;

    pthread_mutex_lock(&o->driver->lock);
    is_first = o->driver->waiting == &o->ticket;
    pthread_mutex_unlock(&o->driver->lock);
    return is_first;
}

static void begin_wait(one *o, terni_driver *d)
{
    *o = (one){ .driver = d };
    tern_ticket_init(&o->ticket);
    assert_int_equal(pthread_create(&o->thread, NULL, wait_for_seat, o), 0);
    wait_for(is_next, o, "a thread in the queue");
}

static void end_wait(one *o)
{
    wait_for_count(&o->n_returned, 1, "threads that have returned");
    pthread_join(o->thread, NULL);
    tern_ticket_done(&o->ticket);
}

// Who is offered the seat has what it wanted before it wakes; mostly, for it may wake in between.
static void test_offer_to_one_that_is_done_is_passed_on(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        terni_driver d;
        one          patient, served;

        terni_driver_init(&d);
        assert_true(terni_driver_borrow(&d));
        begin_wait(&patient, &d);
        begin_wait(&served, &d);
        terni_driver_call(&d, &served.ticket);
        terni_driver_leave(&d);
        end_wait(&served);
        end_wait(&patient);
        assert_true(served.is_done && !patient.is_done);
        terni_driver_done(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_offer_to_one_that_is_done_is_passed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
