// tests/transport/backends.h: the backends that every test of the loop runs on, in one place. Knows
// nothing of the tests.
//
// A backend that this kernel or this build refuses is named and left out: the poller would fall back
// to another one, which has its own run. TERN_TEST_BACKEND=epoll (or uring) runs one only, and fails
// where it is refused.
//
//   int main(void)
//   {
//       const struct CMUnitTest tests[] = { NET_TEST(test_x), ... };
//       return backends_run(tests, TERN_COUNT_OF(tests));
//   }
#ifndef TESTS_TRANSPORT_BACKENDS_H
#define TESTS_TRANSPORT_BACKENDS_H

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/base.h>
#include <tern/poller.h>

static const struct {
    const char  *name;
    tern_backend backend;
} backends[] = {
    { "epoll", TERN_BACKEND_EPOLL },
    { "uring", TERN_BACKEND_URING },
};

static tern_backend backend_under_test = TERN_BACKEND_EPOLL;

static inline tern_poller *backends_new_poller(void)
{
    return tern_poller_new(&(tern_poller_opts){ .backend = backend_under_test });
}

static inline bool backends_is_to_be_had(const char *name)
{
    tern_poller *p = backends_new_poller();
    bool         is_same = p && strcmp(tern_poller_backend_name(p), name) == 0;

    tern_poller_free(p);
    return is_same;
}

// How many tests failed on all backends together.
static inline int backends_run(const struct CMUnitTest *tests, size_t n)
{
    const char *wanted = getenv("TERN_TEST_BACKEND");
    int         n_failed = 0, n_runs = 0;

    for (size_t i = 0; i < TERN_COUNT_OF(backends); i++) {
        const char *name = backends[i].name;

        if (wanted && strcmp(wanted, name) != 0)
            continue;
        backend_under_test = backends[i].backend;
        if (!backends_is_to_be_had(name)) {
            printf("[ NO %s HERE ]\n", name);
            continue;
        }
        n_runs++;
        n_failed += _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    }
    return n_runs ? n_failed : 1;
}

#endif
