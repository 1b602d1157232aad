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

#include "tests/transport/net.h"
#include "tests/transport/tongue.h"

static const struct {
    const char  *name;
    tern_backend backend;
} backends[] = {
    { "epoll", TERN_BACKEND_EPOLL },
    { "uring", TERN_BACKEND_URING },
};

extern tern_backend backend_under_test;

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

// How many tests failed on all backends together. Those of connections: once without, once with a filter.
static inline int backends_run_with(const struct CMUnitTest *tests, size_t n, bool has_filter)
{
    const char *wanted = getenv("TERN_TEST_BACKEND");
    int         n_failed = 0, n_runs = 0;

    for (size_t i = 0; i < TERN_COUNT_OF(backends); i++) {
        char name[32];

        snprintf(name, sizeof name, "%s%s%s", backends[i].name, has_filter ? ", " : "",
                 has_filter ? tongue_spoken.name : "");
        if (wanted && strcmp(wanted, backends[i].name) != 0)
            continue;
        backend_under_test = backends[i].backend;
        if (!backends_is_to_be_had(backends[i].name)) {
            printf("[ NO %s HERE ]\n", backends[i].name);
            continue;
        }
        n_runs++;
        net_has_filter = has_filter;
        n_failed += _cmocka_run_group_tests(name, tests, n, NULL, NULL);
        net_has_filter = false;
    }
    return n_runs ? n_failed : 1;
}

static inline int backends_run(const struct CMUnitTest *tests, size_t n)
{
    return backends_run_with(tests, n, /* has_filter= */ false);
}

static inline int backends_run_filtered(const struct CMUnitTest *tests, size_t n)
{
    return backends_run_with(tests, n, /* has_filter= */ true);
}

static inline int backends_run_conns(const struct CMUnitTest *tests, size_t n)
{
    int n_failed = tongue_spoken.is_alone ? 0 : backends_run(tests, n);

    return n_failed + backends_run_filtered(tests, n);
}

#endif
