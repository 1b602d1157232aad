#include "tests/transport/net.h"

#include <pthread.h>
#include <string.h>

#include <tern/log.h>

static void log_here(int i) { tern_log(TERN_LOG_WARNING, "line %d", i); }

static void test_storm_is_cut_to_a_burst_each_second(void **state)
{
    (void)state;
    net_clock_start();
    for (int i = 0; i < 1000; i++)
        log_here(i);
    assert_int_equal(net_n_logged(), TERN_LOG_BURST);

    net_clock_advance(TERN_NS_PER_S);
    log_here(7);
    assert_int_equal(net_n_logged(), TERN_LOG_BURST + 1);
    assert_string_equal(net_last_logged(), "line 7 (and 995 more like this)");
    log_here(8);
    assert_string_equal(net_last_logged(), "line 8");
}

static void test_places_do_not_share_their_burst(void **state)
{
    (void)state;
    net_clock_start();
    for (int i = 0; i < 100; i++) {
        tern_log(TERN_LOG_ERROR, "here");
        tern_log(TERN_LOG_ERROR, "there");
    }
    assert_int_equal(net_n_logged(), 2 * TERN_LOG_BURST);
}

static int n_evaluated;

static int evaluate(void) { return ++n_evaluated; }

static void test_level_is_asked_before_the_arguments(void **state)
{
    (void)state;
    tern_log(TERN_LOG_INFO, "quiet %d", evaluate());
    assert_int_equal(net_n_logged(), 0);
    assert_int_equal(n_evaluated, 0);
}

static void test_long_line_is_cut(void **state)
{
    char text[4096];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    tern_log(TERN_LOG_ERROR, "%s", text);
    assert_int_equal(strlen(net_last_logged()), 1023);
}

static void *log_much(void *arg)
{
    for (int i = 0; i < 1000; i++)
        log_here(i);
    return arg;
}

static void test_threads_share_one_burst(void **state)
{
    pthread_t threads[4];

    (void)state;
    net_clock_start();
    net_clock_advance(10 * TERN_NS_PER_S);  // the place was used above
    for (size_t i = 0; i < TERN_COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_much, NULL), 0);
    for (size_t i = 0; i < TERN_COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(net_n_logged(), TERN_LOG_BURST);
}

static void count(tern_log_level level, const char *line, void *n_ptr)
{
    assert_int_equal(level, TERN_LOG_INFO);
    assert_string_equal(line, "to whom it concerns");
    ++*(int *)n_ptr;
}

static void test_argument_reaches_the_function(void **state)
{
    int first = 0, second = 0;

    (void)state;
    net_clock_start();
    tern_log_set(count, &first, TERN_LOG_INFO);
    tern_log(TERN_LOG_INFO, "to whom it concerns");
    tern_log_set(count, &second, TERN_LOG_INFO);
    tern_log(TERN_LOG_INFO, "to whom it concerns");
    assert_int_equal(first, 1);
    assert_int_equal(second, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_storm_is_cut_to_a_burst_each_second),
        NET_TEST(test_places_do_not_share_their_burst),
        NET_TEST(test_level_is_asked_before_the_arguments),
        NET_TEST(test_long_line_is_cut),
        NET_TEST(test_threads_share_one_burst),
        NET_TEST(test_argument_reaches_the_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
