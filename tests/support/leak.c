#include "tests/support/leak.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tern/base.h>

#include "transport/base/sys_internal.h"

enum { MAX_RUNS = 100000 };  // a body that never stops allocating is a broken test

// ---- descriptors ---------------------------------------------------------

static void find_open_fds(uint64_t open_fds[LEAK_MAX_FDS / 64])
{
    DIR           *dir = opendir("/proc/self/fd");
    struct dirent *entry;

    TERN_ASSERT(dir);
    memset(open_fds, 0, LEAK_MAX_FDS / 8);
    while ((entry = readdir(dir))) {
        char         *end;
        unsigned long fd = strtoul(entry->d_name, &end, 10);

        if (*end != '\0' || (int)fd == dirfd(dir))
            continue;  // `.` and `..`; our own eyes
        TERN_ASSERT(fd < LEAK_MAX_FDS);
        open_fds[fd / 64] |= UINT64_C(1) << fd % 64;
    }
    closedir(dir);
}

static void print_open_fd(unsigned fd, FILE *out)
{
    char    path[32], what[256];
    ssize_t len;

    snprintf(path, sizeof path, "/proc/self/fd/%u", fd);
    len = readlink(path, what, sizeof what - 1);
    what[len > 0 ? len : 0] = '\0';
    fprintf(out, "    leaked descriptor %u (%s)\n", fd, what);
}

static size_t check_fds(const leak_mark *mark, FILE *out)
{
    uint64_t open_fds[LEAK_MAX_FDS / 64];
    size_t   n = 0;

    find_open_fds(open_fds);
    for (unsigned fd = 0; fd < LEAK_MAX_FDS; fd++) {
        bool was_open = mark->open_fds[fd / 64] >> fd % 64 & 1;
        bool is_open = open_fds[fd / 64] >> fd % 64 & 1;

        if (is_open && !was_open)
            print_open_fd(fd, out);
        else if (was_open && !is_open)
            fprintf(out, "    closed descriptor %u, which is not the test's\n", fd);
        n += is_open != was_open;
    }
    return n;
}

// ---- marks ---------------------------------------------------------------

leak_mark leak_mark_take(void)
{
    leak_mark mark = { .serial = fail_malloc_serial() };

    find_open_fds(mark.open_fds);
    return mark;
}

size_t leak_check(const leak_mark *mark, FILE *out)
{
    // Descriptors first: describing memory may start a process.
    size_t n = check_fds(mark, out);

    return n + fail_malloc_report(mark->serial, out);
}

// ---- the fixture ---------------------------------------------------------

static leak_mark           test_mark;
static const leak_fixture *test_fixture;

int tern_leak_setup(void **state)
{
    (void)state;
    test_fixture = NULL;
    fail_malloc_start();
    test_mark = leak_mark_take();
    return 0;
}

int tern_leak_setup_fixture(void **state)
{
    const leak_fixture *fixture = *state;

    *state = NULL;
    tern_leak_setup(state);
    test_fixture = fixture;
    return fixture->setup ? fixture->setup(state) : 0;
}

int tern_leak_teardown(void **state)
{
    int err = 0;

    if (test_fixture && test_fixture->teardown)
        err = test_fixture->teardown(state);
    terni_sys_table = terni_sys_kernel;
    if (leak_check(&test_mark, stderr) > 0)
        err = -1;
    fail_malloc_at(0, 0);
    return err;
}

// ---- every failure -------------------------------------------------------

// False if the body got through without meeting the failure.
static bool run_failing(leak_body *body, void *arg, unsigned nth)
{
    leak_mark mark = leak_mark_take();
    bool      has_failed;

    fail_malloc_at(nth, 1);
    body(arg);
    has_failed = fail_malloc_has_failed();
    if (leak_check(&mark, stderr) > 0)
        fail_msg("leak when allocation %u fails", nth);
    fail_malloc_at(0, 0);
    return has_failed;
}

unsigned for_each_failed_allocation(leak_body *body, void *arg)
{
    unsigned n_failed = 0;

    while (run_failing(body, arg, n_failed + 1)) {
        if (++n_failed == MAX_RUNS)
            fail_msg("still allocating after %d runs", MAX_RUNS);
    }
    return n_failed;
}
