// What a server offers: methods by path.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/server/registry_internal.h"
#include "tests/rpc/fakes/letters.h"
#include "tests/support/leak.h"

// A table of handlers as the generator would lay it out: for each kind of method a sync slot and an async one.
typedef struct table table;
struct table {
    terni_handler_fn *sync[4];
    tern_stub_io_slot async[4];
};

static tern_method methods[4];

static const tern_service service = {
    .name = "test.Letters", .methods = methods, .n_methods = 4, .handlers_size = sizeof(table)
};

static const tern_service_opts no_opts;

// Any function will do.
static void handle(void) {}

static void handle_message(void *in, const void *msg)
{
    (void)in;
    (void)msg;
}

static int prepare(void **state)
{
    for (unsigned i = 0; i < 4; i++) {
        methods[i] = letters_methods[i];
        methods[i].slot = offsetof(table, sync) + i * sizeof(terni_handler_fn *);
        methods[i].async_slot = offsetof(table, async) + i * sizeof(tern_stub_io_slot);
    }
    return letters_warm_up(state);
}

static void add(terni_registry *r, const tern_service *s, const table *t,
                const tern_service_opts *opts)
{
    tern_status st = { .code = TERN_OK };

    if (!terni_registry_add(r, s, t, opts, &st))
        fail_msg("%s", st.msg);
}

static const terni_method *find(const terni_registry *r, const char *path)
{
    return terni_registry_find(r, path, strlen(path));
}

// ---- by path -------------------------------------------------------------

static void test_empty_registry_has_nothing(void **state)
{
    terni_registry r = { .n_methods = 0 };

    (void)state;
    assert_null(find(&r, "/test.Letters/Send"));
    assert_false(terni_registry_has(&r, "test.Letters"));
    terni_registry_done(&r);
}

static void test_method_is_found_by_the_whole_of_its_path(void **state)
{
    const table    t = { .sync = { handle } };
    terni_registry r = { .n_methods = 0 };

    (void)state;
    add(&r, &service, &t, &no_opts);
    for (unsigned i = 0; i < 4; i++)
        assert_ptr_equal(find(&r, methods[i].path)->def, &methods[i]);
    assert_null(find(&r, "/test.Letters/Sen"));
    assert_null(find(&r, "/test.Letters/Sendx"));
    assert_null(find(&r, "/test.letters/Send"));
    assert_null(find(&r, "/"));
    assert_null(find(&r, ""));
    assert_ptr_equal(terni_registry_find(&r, "/test.Letters/Send?", 18)->def, &methods[0]);
    terni_registry_done(&r);
}

static void test_kind_says_what_a_method_reads_and_answers(void **state)
{
    const table    t = { .sync = { handle } };
    terni_registry r = { .n_methods = 0 };

    (void)state;
    add(&r, &service, &t, &no_opts);
    for (unsigned i = 0; i < 4; i++) {
        const terni_method *m = find(&r, methods[i].path);

        assert_int_equal(m->reads_stream, i == TERN_CLIENT_STREAM || i == TERN_BIDI_STREAM);
        assert_int_equal(m->has_reply, i == TERN_UNARY || i == TERN_CLIENT_STREAM);
        assert_non_null(m->request_plan);
        assert_non_null(m->reply_plan);
    }
    terni_registry_done(&r);
}

static void test_handlers_are_copied_and_empty_slots_are_known(void **state)
{
    int            user_data;
    table          t = { .sync = { [TERN_UNARY] = handle },
                         .async = { [TERN_CLIENT_STREAM] = { .message = handle_message } } };
    terni_registry r = { .n_methods = 0 };

    (void)state;
    add(&r, &service, &t, &(tern_service_opts){ .user_data = &user_data });
    memset(&t, 0xff, sizeof t);
    assert_ptr_equal(find(&r, methods[TERN_UNARY].path)->sync, handle);
    assert_null(find(&r, methods[TERN_UNARY].path)->async);
    assert_null(find(&r, methods[TERN_CLIENT_STREAM].path)->sync);
    assert_non_null(find(&r, methods[TERN_CLIENT_STREAM].path)->async);
    assert_null(find(&r, methods[TERN_BIDI_STREAM].path)->sync);
    assert_null(find(&r, methods[TERN_BIDI_STREAM].path)->async);
    assert_ptr_equal(find(&r, methods[TERN_UNARY].path)->user_data, &user_data);
    terni_registry_done(&r);
}

// ---- many ----------------------------------------------------------------

enum { N_SERVICES = 300 };

typedef struct crowd crowd;
struct crowd {
    tern_service services[N_SERVICES];
    tern_method  methods[N_SERVICES];
    char         names[N_SERVICES][16], paths[N_SERVICES][32];
};

static crowd *make_crowd(void)
{
    crowd *c = calloc(1, sizeof *c);

    for (unsigned i = 0; i < N_SERVICES; i++) {
        snprintf(c->names[i], sizeof c->names[i], "many.S%u", i);
        snprintf(c->paths[i], sizeof c->paths[i], "/many.S%u/Send", i);
        c->methods[i] = methods[TERN_UNARY];
        c->methods[i].path = c->paths[i];
        c->services[i] = service;
        c->services[i].name = c->names[i];
        c->services[i].methods = &c->methods[i];
        c->services[i].n_methods = 1;
    }
    return c;
}

static int count_service(void *n, const tern_service *s)
{
    (void)s;
    return ++*(int *)n == 10 ? -ECANCELED : 0;
}

static void test_registry_grows_and_keeps_all(void **state)
{
    const table    t = { .sync = { handle } };
    crowd         *c = make_crowd();
    terni_registry r = { .n_methods = 0 };
    int            n = 10;

    (void)state;
    for (unsigned i = 0; i < N_SERVICES; i++) {
        add(&r, &c->services[i], &t, &no_opts);
        assert_true(r.n_methods * 2 <= r.n_buckets);
    }
    for (unsigned i = 0; i < N_SERVICES; i++) {
        assert_ptr_equal(find(&r, c->paths[i])->def, &c->methods[i]);
        assert_true(terni_registry_has(&r, c->names[i]));
    }
    assert_false(terni_registry_has(&r, "many.S300"));
    assert_int_equal(terni_registry_visit(&r, count_service, &n), 0);
    assert_int_equal(n, 10 + N_SERVICES);
    n = 0;
    assert_int_equal(terni_registry_visit(&r, count_service, &n), -ECANCELED);
    assert_int_equal(n, 10);
    terni_registry_done(&r);
    free(c);
}

// ---- what is refused -----------------------------------------------------

static void check_refused(const tern_service *s, const table *t, const tern_service_opts *opts,
                          tern_code code, const char *message)
{
    terni_registry r = { .n_methods = 0 };
    tern_status    st;

    assert_false(terni_registry_add(&r, s, t, opts, &st));
    assert_int_equal(st.code, code);
    assert_string_equal(st.msg, message);
    assert_null(find(&r, methods[0].path));
    assert_false(terni_registry_has(&r, s->name));
    terni_registry_done(&r);
}

static void test_method_has_one_handler(void **state)
{
    table t = { .sync = { handle } };

    (void)state;
    memcpy(&t.async[TERN_UNARY], &t.sync[0], sizeof t.sync[0]);
    check_refused(&service, &t, &no_opts, TERN_FAILED_PRECONDITION,
                  "/test.Letters/Send has both a sync and an async handler: fill one of the two "
                  "slots");
}

static void test_stream_is_not_offloaded(void **state)
{
    tern_method  stream = methods[TERN_SERVER_STREAM];
    tern_service s = service;
    const table  t = { .sync = { NULL } };

    (void)state;
    stream.flags = TERN_METHOD_OFFLOAD;
    s.methods = &stream;
    s.n_methods = 1;
    check_refused(&s, &t, &no_opts, TERN_INVALID_ARGUMENT,
                  "/test.Letters/Watch: (tern.offload) is for unary methods; call tern_offload in "
                  "the handler");
}

static void test_service_is_registered_once(void **state)
{
    const table    t = { .sync = { handle } };
    terni_registry r = { .n_methods = 0 };
    tern_status    st;

    (void)state;
    add(&r, &service, &t, &no_opts);
    assert_false(terni_registry_add(&r, &service, &t, &no_opts, &st));
    assert_int_equal(st.code, TERN_ALREADY_EXISTS);
    assert_string_equal(st.msg, "test.Letters is registered twice");
    assert_int_equal(r.n_methods, 4);
    terni_registry_done(&r);
}

static void test_limit_of_a_method_that_there_is_not_is_refused(void **state)
{
    const tern_method_limit limit = { .method = "Sing", .max_calls = 1 };
    const tern_service_opts opts = { .limits = &limit, .n_limits = 1 };
    const table             t = { .sync = { handle } };

    (void)state;
    check_refused(&service, &t, &opts, TERN_INVALID_ARGUMENT,
                  "a limit is for Sing, which test.Letters has not");
}

// ---- limits --------------------------------------------------------------

// 0: none.
static uint64_t limit_of(const terni_registry *r, tern_method_kind kind)
{
    const terni_method *m = find(r, methods[kind].path);

    return m->calls ? m->calls->max : 0;
}

static void test_own_limit_comes_before_that_for_all_in_any_order(void **state)
{
    static const tern_method_limit orders[][3] = {
        { { .method = "Send", .max_calls = 5 },
          { .max_calls = 7 },
          { .method = "Watch", .max_calls = 0 } },
        { { .method = "Watch", .max_calls = 0 },
          { .method = "Send", .max_calls = 5 },
          { .max_calls = 7 } },
        { { .max_calls = 7 },
          { .method = "Watch", .max_calls = 0 },
          { .method = "Send", .max_calls = 5 } },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(orders); i++) {
        const tern_service_opts opts = { .limits = orders[i], .n_limits = 3 };
        const table             t = { .sync = { handle } };
        terni_registry          r = { .n_methods = 0 };

        add(&r, &service, &t, &opts);
        assert_int_equal(limit_of(&r, TERN_UNARY), 5);
        assert_int_equal(limit_of(&r, TERN_SERVER_STREAM), 0);  // its own, which is none
        assert_int_equal(limit_of(&r, TERN_CLIENT_STREAM), 7);
        assert_int_equal(limit_of(&r, TERN_BIDI_STREAM), 7);
        terni_registry_done(&r);
    }
}

static void test_each_method_has_its_own_account(void **state)
{
    const tern_method_limit limit = { .max_calls = 1 };
    const tern_service_opts opts = { .limits = &limit, .n_limits = 1 };
    const table             t = { .sync = { handle } };
    terni_registry          r = { .n_methods = 0 };

    (void)state;
    add(&r, &service, &t, &opts);
    assert_true(terni_quota_take(find(&r, methods[0].path)->calls, 1));
    assert_false(terni_quota_take(find(&r, methods[0].path)->calls, 1));
    assert_true(terni_quota_take(find(&r, methods[1].path)->calls, 1));
    terni_registry_done(&r);
}

// ---- memory --------------------------------------------------------------

static void register_two(void *crowd_of_services)
{
    const tern_method_limit limit = { .max_calls = 1 };
    const tern_service_opts opts = { .limits = &limit, .n_limits = 1 };
    const table             t = { .sync = { handle } };
    crowd                  *c = crowd_of_services;
    terni_registry          r = { .n_methods = 0 };
    tern_status             st;

    for (unsigned i = 0; i < 20; i++) {  // more than it has buckets for at first
        if (terni_registry_add(&r, &c->services[i], &t, &opts, &st))
            assert_ptr_equal(find(&r, c->paths[i])->def, &c->methods[i]);
        else
            assert_true(st.code == TERN_RESOURCE_EXHAUSTED && !find(&r, c->paths[i]) &&
                        fail_malloc_has_failed());
        if (i > 0)
            assert_true(find(&r, c->paths[i - 1]) || fail_malloc_has_failed());
    }
    assert_true(r.n_methods >= 19);
    terni_registry_done(&r);
}

static void test_registration_without_memory_changes_nothing(void **state)
{
    crowd *c = make_crowd();

    (void)state;
    assert_true(for_each_failed_allocation(register_two, c) > 20);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_empty_registry_has_nothing),
        TERN_TEST(test_method_is_found_by_the_whole_of_its_path),
        TERN_TEST(test_kind_says_what_a_method_reads_and_answers),
        TERN_TEST(test_handlers_are_copied_and_empty_slots_are_known),
        TERN_TEST(test_registry_grows_and_keeps_all),
        TERN_TEST(test_method_has_one_handler),
        TERN_TEST(test_stream_is_not_offloaded),
        TERN_TEST(test_service_is_registered_once),
        TERN_TEST(test_limit_of_a_method_that_there_is_not_is_refused),
        TERN_TEST(test_own_limit_comes_before_that_for_all_in_any_order),
        TERN_TEST(test_each_method_has_its_own_account),
        TERN_TEST(test_registration_without_memory_changes_nothing),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
