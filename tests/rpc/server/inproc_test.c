// A server without a network: at a name that this process alone knows, and at the other end of a socket pair.
#include "tests/rpc/server/desk.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { N_CLIENTS = 60, N_POLLERS = 3 };

static tern_code ask(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    reply->text = tern_printf(ctx, "%s from %s", req->text, tern_ctx_peer(ctx));
    return TERN_OK;
}

static tern_code talk(tern_ctx *ctx, desk_desk_talk_io *io)
{
    const desk_question *q;
    tern_code            code = TERN_OK;

    while (code == TERN_OK && (q = desk_desk_talk_io_next(io)))
        code = desk_desk_talk_io_send(io, DESK_ANSWER(.count = q->count));
    return code ? code : tern_ctx_check(ctx);
}

static const desk_desk_handlers handlers = { .ask = ask, .talk = talk };

static tern_status ask_with(tern_channel *ch, const tern_call_opts *opts, const char *expected)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    tern_status st = desk_desk_ask(ch, DESK_QUESTION(.text = "hello"), opts, &reply);

    if (st.code == TERN_OK && expected)
        assert_string_equal(reply->text, expected);
    return st;
}

static tern_server *listen_at(const char *addresses, const tern_server_opts *opts)
{
    tern_server *srv = tern_listen(addresses, opts);

    desk_desk_register(srv, &handlers, NULL);
    return srv;
}

// ---- by name -------------------------------------------------------------

static void expect_echoes(tern_channel *ch)
{
    TERN_AUTO(desk_desk_talk_stream) *talking = desk_desk_talk(ch, NULL);

    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(desk_desk_talk_send(talking, DESK_QUESTION(.count = i)), TERN_OK);
        assert_int_equal(desk_desk_talk_next(talking)->count, i);
    }
    desk_desk_talk_close_send(talking);
    assert_null(desk_desk_talk_next(talking));
    assert_int_equal(desk_desk_talk_status(talking).code, TERN_OK);
}

static void test_calls_and_streams_go_to_a_name(void **state)
{
    desk d;

    (void)state;
    desk_start(&d, HOST_INPROC, NULL, &handlers, NULL);
    assert_string_equal(tern_server_address(d.host.server), d.host.socket);
    assert_int_equal(ask_with(d.channel, NULL, "hello from unix:(unnamed)").code, TERN_OK);
    expect_echoes(d.channel);
    desk_stop(&d);
}

static void add_desk(tern_server *srv, void *arg)
{
    (void)arg;
    desk_desk_register(srv, &handlers, NULL);
}

// Whoever waits for the reply drives the poller, and so the server on it: one thread does all.
static void test_client_and_server_share_a_poller_and_a_thread(void **state)
{
    host          h = { .scheme = HOST_INPROC, .place = HOST_HERE, .add_services = add_desk };
    tern_channel *ch;

    (void)state;
    h.poller = tern_poller_new(NULL);
    host_start(&h);
    ch = host_connect(h.address, &(tern_channel_opts){ .poller = h.poller });
    assert_int_equal(ask_with(ch, NULL, "hello from unix:(unnamed)").code, TERN_OK);
    expect_echoes(ch);
    tern_channel_free(ch);
    host_end(&h);
    tern_poller_free(h.poller);
}

static void test_name_that_nobody_has_is_unavailable(void **state)
{
    tern_channel *ch = host_connect("inproc:nobody", NULL);
    tern_status   st = ask_with(ch, NULL, NULL);

    (void)state;
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_string_equal(st.msg,
                        "cannot connect to inproc:nobody: nobody in this process listens there");
    tern_channel_free(ch);
}

static void test_call_waits_until_the_name_is_there(void **state)
{
    desk         d;
    desk_answer *reply = NULL;
    tern_call   *call;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    desk_start(&d, HOST_INPROC, NULL, &handlers, NULL);
    host_stop(&d.host);
    assert_int_equal(ask_with(d.channel, NULL, NULL).code, TERN_UNAVAILABLE);
    call = desk_desk_ask_begin(d.channel, DESK_QUESTION(),
                               &(tern_call_opts){ .wait_for_ready = true }, &reply);
    host_start(&d.host);                    // the name was free again
    fake_clock_advance(2 * TERN_NS_PER_S);  // the backoff
    assert_int_equal(tern_wait_all(&call, 1).code, TERN_OK);
    desk_answer_free(reply);
    tern_call_free(call);
    desk_stop(&d);
}

static void test_second_server_of_a_name_does_not_start(void **state)
{
    desk         d;
    tern_server *second;
    tern_status  st;

    (void)state;
    desk_start(&d, HOST_INPROC, NULL, &handlers, NULL);
    second = listen_at(d.host.socket, &(tern_server_opts){ .n_pollers = 1 });
    st = tern_server_start(second, NULL, 0);
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_non_null(strstr(st.msg, "Address already in use"));
    tern_server_free(second);
    assert_int_equal(ask_with(d.channel, NULL, NULL).code, TERN_OK);
    desk_stop(&d);
}

static void test_many_connections_are_spread_over_the_pollers(void **state)
{
    tern_server  *srv = listen_at("inproc:many", &(tern_server_opts){ .n_pollers = N_POLLERS });
    tern_channel *clients[N_CLIENTS];

    (void)state;
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    for (size_t i = 0; i < N_CLIENTS; i++) {
        clients[i] = host_connect(host_speaks_grpc() ? "grpc+inproc:many" : "inproc:many", NULL);
        assert_int_equal(ask_with(clients[i], NULL, NULL).code, TERN_OK);
    }
    for (unsigned i = 0; i < N_POLLERS; i++)
        assert_in_range(tern_poller_n_operators(tern_server_poller(srv, i)),
                        N_CLIENTS / N_POLLERS - 2, N_CLIENTS / N_POLLERS + 2);
    for (size_t i = 0; i < N_CLIENTS; i++)
        tern_channel_free(clients[i]);
    tern_server_free(srv);
}

static void test_connections_of_a_name_have_the_servers_limit(void **state)
{
    tern_channel *second;
    desk          d;

    (void)state;
    desk_start(&d, HOST_INPROC, &(tern_server_opts){ .max_connections = 1 }, &handlers, NULL);
    assert_int_equal(ask_with(d.channel, NULL, NULL).code, TERN_OK);
    second = host_connect(d.host.address, NULL);
    assert_int_equal(ask_with(second, NULL, NULL).code, TERN_UNAVAILABLE);
    tern_channel_free(second);
    assert_int_equal(ask_with(d.channel, NULL, NULL).code, TERN_OK);
    desk_stop(&d);
}

static bool has_operator(void *poller) { return tern_poller_n_operators(poller) > 0; }

// The client waits at the door when the server's poller, which nobody has turned since, is freed.
static void test_server_that_goes_is_lost_to_who_is_on_the_way(void **state)
{
    tern_poller  *ours = tern_poller_new(NULL), *theirs = tern_poller_new(NULL);
    tern_server  *srv = listen_at("inproc:going", NULL);
    tern_channel *ch = host_connect("inproc:going", &(tern_channel_opts){ .poller = theirs });
    tern_call    *call;
    desk_answer  *reply = NULL;

    (void)state;
    assert_int_equal(tern_server_start(srv, &ours, 1).code, TERN_OK);
    call = desk_desk_ask_begin(ch, DESK_QUESTION(), NULL, &reply);
    wait_driving(theirs, has_operator, theirs, "a connection");
    tern_server_stop(srv);
    tern_poller_free(ours);
    assert_int_equal(tern_wait_all(&call, 1).code, TERN_UNAVAILABLE);
    tern_call_free(call);
    tern_channel_free(ch);
    tern_poller_free(theirs);
    tern_server_free(srv);
}

static void test_filter_is_between_where_the_name_says_so(void **state)
{
    const tern_filter_source *filters = host_filters();
    tern_server              *srv =
        listen_at("tls+inproc:secret", &(tern_server_opts){ .n_pollers = 1, .filters = filters });
    tern_channel *ch =
        tern_connect("tls+inproc:secret", &(tern_channel_opts){ .filters = filters });
    tern_channel *plain = tern_connect("inproc:secret", NULL);

    (void)state;
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    assert_string_equal(tern_server_address(srv), "tls+inproc:secret");
    assert_int_equal(ask_with(ch, NULL, "hello from unix:(unnamed)").code, TERN_OK);
    assert_int_equal(ask_with(plain, NULL, NULL).code, TERN_UNAVAILABLE);
    tern_channel_free(plain);
    tern_channel_free(ch);
    tern_server_free(srv);
}

// ---- a socket pair -------------------------------------------------------

static void test_socket_pair_has_a_client_and_a_server(void **state)
{
    int           fds[2];
    char          here[16], there[32];
    tern_server  *srv;
    tern_channel *ch;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    snprintf(here, sizeof here, "fd:%d", fds[0]);
    snprintf(there, sizeof there, "%sfd:%d", host_speaks_grpc() ? "grpc+" : "", fds[1]);
    srv = listen_at(here, &(tern_server_opts){ .n_pollers = 2 });
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    ch = tern_connect(there, &(tern_channel_opts){ 0 });
    assert_int_equal(ask_with(ch, NULL, NULL).code, TERN_OK);
    expect_echoes(ch);
    tern_channel_free(ch);
    tern_server_free(srv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_calls_and_streams_go_to_a_name),
        TERN_TEST(test_client_and_server_share_a_poller_and_a_thread),
        TERN_TEST(test_name_that_nobody_has_is_unavailable),
        TERN_TEST(test_call_waits_until_the_name_is_there),
        TERN_TEST(test_second_server_of_a_name_does_not_start),
        TERN_TEST(test_many_connections_are_spread_over_the_pollers),
        TERN_TEST(test_connections_of_a_name_have_the_servers_limit),
        TERN_TEST(test_server_that_goes_is_lost_to_who_is_on_the_way),
        TERN_TEST(test_filter_is_between_where_the_name_says_so),
        TERN_TEST(test_socket_pair_has_a_client_and_a_server),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
