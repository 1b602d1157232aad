// A process that forks after it has made calls. The parent goes on as if it had not; in the child what is the parent's
// says so, and its connections are not touched, whether the child cleans up or not.
#include "tests/rpc/calls/fixture.h"

#include <errno.h>
#include <string.h>

enum { N_CALLS = 200 };

// ---- a client ------------------------------------------------------------

typedef struct client client;
struct client {
    host                   *host;
    tern_channel           *channel;
    test_probe_chat_stream *talk;
    tern_call              *begun;
    test_answer            *begun_reply;
    bool                    does_clean_up;
};

static tern_status ask(tern_channel *ch, const char *text)
{
    test_answer *answer = NULL;
    tern_status  st = test_probe_echo(ch, TEST_ASK(.text = text), NULL, &answer);

    TERN_ASSERT(st.code != TERN_OK || strcmp(answer->text, text) == 0);
    test_answer_free(answer);
    return st;
}

static bool is_refused(tern_status st)
{
    return st.code == TERN_FAILED_PRECONDITION && strncmp(st.msg, "fork(): ", 8) == 0;
}

static void tell_end(tern_status st, const test_answer *answer, void *arg)
{
    (void)answer;
    *(tern_status *)arg = st;
}

static void try_all(client *c)
{
    tern_status st = { .code = TERN_OK };

    for (int i = 0; i < N_CALLS; i++)
        TERN_ASSERT(is_refused(ask(c->channel, "from the child")));
    TERN_ASSERT(test_probe_chat_send(c->talk, TEST_ASK(.text = "x")) == TERN_FAILED_PRECONDITION);
    TERN_ASSERT(!test_probe_chat_next(c->talk));
    TERN_ASSERT(is_refused(test_probe_chat_status(c->talk)));
    TERN_ASSERT(is_refused(tern_wait_all(&c->begun, 1)));
    test_probe_echo_async(c->channel, TEST_ASK(.text = "x"), NULL, tell_end, &st);
    TERN_ASSERT(st.code == TERN_FAILED_PRECONDITION);
}

static void clean_up(client *c)
{
    test_probe_chat_stream_free(c->talk);
    tern_call_free(c->begun);
    tern_channel_free(c->channel);
}

static void call_with_a_channel_of_its_own(const client *c)
{
    tern_channel *own = host_connect(c->host->address, NULL);

    TERN_ASSERT(ask(own, "from the child's own").code == TERN_OK);
    tern_channel_free(own);
}

static int run_child(void *arg, int out)
{
    client *c = arg;

    process_say(out, "here");
    try_all(c);
    if (c->does_clean_up)
        clean_up(c);
    call_with_a_channel_of_its_own(c);
    process_say(out, "done");
    return 0;
}

static void talk(client *c, const char *text)
{
    const test_answer *answer;

    assert_int_equal(test_probe_chat_send(c->talk, TEST_ASK(.text = text)), TERN_OK);
    answer = test_probe_chat_next(c->talk);
    assert_non_null(answer);
    assert_string_equal(answer->text, text);
}

static void go_on(client *c)
{
    for (int i = 0; i < N_CALLS; i++)
        assert_int_equal(ask(c->channel, "from the parent").code, TERN_OK);
    talk(c, "still here");
    assert_int_equal(tern_wait_all(&c->begun, 1).code, TERN_OK);
}

static void check_client(bool does_clean_up)
{
    char    line[16];
    process child;
    host    h = { .place = HOST_IN_PROCESS, .add_services = fixture_add_probe };
    client  c = { .host = &h, .does_clean_up = does_clean_up };

    host_start(&h);
    c.channel = host_connect(h.address, NULL);
    assert_int_equal(ask(c.channel, "before").code, TERN_OK);
    c.talk = test_probe_chat(c.channel, NULL);
    talk(&c, "before");
    c.begun = test_probe_echo_begin(c.channel, TEST_ASK(.text = "x"), NULL, &c.begun_reply);
    child = process_start(run_child, &c);
    process_hear(&child, line, sizeof line);
    go_on(&c);
    process_hear(&child, line, sizeof line);
    assert_string_equal(line, "done");
    assert_int_equal(process_wait(&child), 0);
    for (int i = 0; i < N_CALLS; i++)  // after the child's descriptors have gone
        assert_int_equal(ask(c.channel, "after").code, TERN_OK);
    talk(&c, "after");
    clean_up(&c);
    test_answer_free(c.begun_reply);
    host_end(&h);
}

static void test_bug_fork_after_a_call(void **state)
{
    (void)state;
    check_client(false);
}

static void test_bug_channel_freed_in_a_child(void **state)
{
    (void)state;
    check_client(true);
}

// ---- a server ------------------------------------------------------------

static int run_servers_child(void *arg, int out)
{
    host *h = arg;

    (void)out;
    TERN_ASSERT(tern_poller_is_inherited(h->poller));
    TERN_ASSERT(tern_poller_step(h->poller, 0) == -ESTALE);
    TERN_ASSERT(is_refused(tern_server_wait(h->server)));
    tern_server_stop(h->server);
    tern_server_free(h->server);
    tern_poller_free(h->poller);
    return 0;
}

static void ask_here(void *channel) { TERN_ASSERT(ask(channel, "here").code == TERN_OK); }

static void test_bug_server_in_a_child(void **state)
{
    host          h = { .place = HOST_HERE, .add_services = fixture_add_probe };
    tern_channel *ch;
    process       child;

    (void)state;
    h.poller = tern_poller_new(NULL);
    host_start(&h);
    ch = host_connect(h.address, NULL);
    host_run_fiber(&h, ask_here, ch);
    child = process_start(run_servers_child, &h);
    for (int i = 0; i < N_CALLS; i++)
        host_run_fiber(&h, ask_here, ch);
    assert_int_equal(process_wait(&child), 0);
    for (int i = 0; i < N_CALLS; i++)
        host_run_fiber(&h, ask_here, ch);
    assert_false(tern_poller_is_inherited(h.poller));
    tern_channel_free(ch);
    host_end(&h);
    tern_poller_free(h.poller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bug_fork_after_a_call),
        TERN_TEST(test_bug_channel_freed_in_a_child),
        TERN_TEST(test_bug_server_in_a_child),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
