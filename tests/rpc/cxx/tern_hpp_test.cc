// tern/tern.hpp: what handles own, what lambdas see and how long they live, where exceptions end.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <tern/tern.hpp>

#include "cxx.tern.h"

namespace
{

#define CHECK(cond)                                                                                \
    ((cond) ? (void)0 : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond), std::abort()))

using namespace std::string_view_literals;

// A server on a socket of the kernel's choice, and a channel to it.
struct scene {
    template <typename... Handlers>
    explicit scene(Handlers... handlers) : srv(tern_listen("tcp://127.0.0.1:0", nullptr))
    {
        srv.add(cxx_oracle_register, std::move(handlers)...);
        tern::check(tern_server_start(srv, nullptr, 0));
        ch = tern::channel(tern_connect(tern_server_address(srv), nullptr));
    }
    ~scene()
    {
        ch.reset();
        tern_server_stop(srv);
        CHECK(tern_server_wait(srv).code == TERN_OK);
    }

    tern::server srv;
    tern::channel ch;
};

auto on_tell(tern_code (*fn)(tern_ctx *, const cxx_ask *, cxx_answer *))
{
    return tern::on<&cxx_oracle_handlers::tell>(fn);
}

// ---- handles and views ---------------------------------------------------

int n_freed;

void free_int(int *p)
{
    n_freed += *p;
    delete p;
}

void test_handle_frees_once()
{
    using owned = tern::handle<int, free_int>;

    {
        owned a(new int(1)), b(std::move(a)), c;

        CHECK(!a.get() && *b.get() == 1);
        c = std::move(b);
        CHECK(n_freed == 0);
        c = owned(new int(10));
        CHECK(n_freed == 1);
        *c.out() = new int(100);
        CHECK(n_freed == 11);
        delete owned(new int(1000)).release();
    }
    CHECK(n_freed == 111);
}

void test_views_know_lengths_and_nulls()
{
    CHECK(tern::view(static_cast<const char *>(nullptr)).empty());
    CHECK(tern::view("abc") == "abc");
    CHECK(tern::view(tern::text("a\0b"sv)) == "a\0b"sv);
    CHECK(tern::view(tern_text()).empty());
    CHECK(tern::view(tern::bytes("\xff\0"sv)) == "\xff\0"sv);
    CHECK(tern::view(ProtobufCBinaryData()).empty());
    CHECK(tern::view(tern::metadata("k-bin", "\0\1"sv)) == "\0\1"sv);
}

void test_message_owns_what_was_unpacked()
{
    uint8_t buf[64];
    ssize_t len = cxx_ask_pack(CXX_ASK(.name = "x", .blob = tern::bytes("\0z"sv)), buf, sizeof buf);
    tern::message<cxx_ask> ask(cxx_ask_unpack(buf, static_cast<size_t>(len)));

    CHECK(ask && tern::view(ask->name) == "x" && tern::view(ask->blob) == "\0z"sv);
}

// ---- handlers ------------------------------------------------------------

void test_lambda_sees_what_it_has_captured()
{
    auto greeting = std::make_shared<std::string>("hello");
    std::weak_ptr<std::string> watched = greeting;

    {
        scene s(tern::on<&cxx_oracle_handlers::tell>(
            [greeting = std::move(greeting)](tern_ctx *ctx, const cxx_ask *ask, cxx_answer *answer) {
                answer->text = tern::keep(ctx, *greeting + ", " + ask->name);
                for (const cxx_ask *part : tern::each(ask->parts, ask->n_parts))
                    answer->n += static_cast<uint32_t>(tern::view(part->body).size());
                return TERN_OK;
            }));
        cxx_ask one, two, *parts[] = { &one, &two }, whole;

        cxx_ask_init(&one);
        cxx_ask_init(&two);
        cxx_ask_init(&whole);
        one.body = tern::text("a\0b"sv);
        two.body = tern::text("cd"sv);
        whole.name = "world";
        whole.parts = parts;
        whole.n_parts = 2;
        auto answer = tern::call(cxx_oracle_tell, s.ch, &whole);

        CHECK(answer && tern::view(answer->text) == "hello, world" && answer.value().n == 5);
        CHECK(!watched.expired());
    }
    CHECK(watched.expired());
}

void test_limits_go_with_lambdas()
{
    tern_method_limit limits[1]{};
    tern_service_opts opts{};
    tern::server srv(tern_listen("tcp://127.0.0.1:0", nullptr));

    limits[0].method = "Nothing";
    limits[0].max_calls = 1;
    opts.limits = limits;
    opts.n_limits = 1;
    srv.add(cxx_oracle_register, opts, on_tell([](auto...) { return TERN_OK; }));
    CHECK(tern_server_start(srv, nullptr, 0).code != TERN_OK);  // there is no such method
}

void test_exception_ends_the_call()
{
    scene s(on_tell([](tern_ctx *, const cxx_ask *ask, cxx_answer *) -> tern_code {
        if (tern::view(ask->name) == "status")
            tern::check(tern_status_make(TERN_NOT_FOUND, "nobody"));
        if (tern::view(ask->name) == "int")
            throw 1;
        throw std::runtime_error("for the log alone");
    }));
    auto status = tern::call(cxx_oracle_tell, s.ch, CXX_ASK(.name = "status"));
    auto number = tern::call(cxx_oracle_tell, s.ch, CXX_ASK(.name = "int"));
    auto other = tern::call(cxx_oracle_tell, s.ch, CXX_ASK());
    std::string thrown;

    CHECK(status.status.code == TERN_NOT_FOUND && tern::view(status.status) == "nobody");
    CHECK(number.status.code == TERN_UNKNOWN);
    CHECK(other.status.code == TERN_UNKNOWN && !other);
    CHECK(tern::view(other.status).find("log") == std::string_view::npos);
    try {
        (void)status.value();
    } catch (const tern::error &e) {
        thrown = e.what();
    }
    CHECK(thrown == "NOT_FOUND: nobody");
}

// ---- streams -------------------------------------------------------------

auto on_sing()
{
    return tern::on<&cxx_oracle_handlers::sing>(
        [](tern_ctx *, const cxx_ask *, cxx_oracle_sing_out *out) {
            tern_code code = TERN_OK;

            for (uint32_t i = 1; i <= 3 && code == TERN_OK; i++)
                code = cxx_oracle_sing_send(out, CXX_ANSWER(.n = i));
            return code;
        });
}

void test_streams_are_read_as_ranges()
{
    scene s(on_sing(),
            tern::on<&cxx_oracle_handlers::hear>(
                [](tern_ctx *ctx, cxx_oracle_hear_in *in, cxx_answer *answer) {
                    for (const cxx_ask &ask : tern::read(cxx_oracle_hear_next, in))
                        answer->n += static_cast<uint32_t>(tern::view(ask.name).size());
                    return tern_ctx_check(ctx);
                }),
            tern::on<&cxx_oracle_handlers::talk>([](tern_ctx *, cxx_oracle_talk_io *io) {
                for (const cxx_ask &ask : tern::read(cxx_oracle_talk_io_next, io))
                    if (tern_code code = cxx_oracle_talk_io_send(io, CXX_ANSWER(.text = ask.name)))
                        return code;
                return TERN_OK;
            }));
    tern::stream<cxx_oracle_sing_stream> song(cxx_oracle_sing(s.ch, CXX_ASK(), nullptr));
    tern::stream<cxx_oracle_hear_stream> pile(cxx_oracle_hear(s.ch, nullptr));
    tern::stream<cxx_oracle_talk_stream> talk(cxx_oracle_talk(s.ch, nullptr));
    uint32_t sum = 0;

    for (const cxx_answer &a : tern::read(cxx_oracle_sing_next, song))
        sum += a.n;
    CHECK(sum == 6 && cxx_oracle_sing_status(song).code == TERN_OK);
    for (const char *name : { "a", "bb" })
        CHECK(cxx_oracle_hear_send(pile, CXX_ASK(.name = name)) == TERN_OK);
    CHECK(tern::finish(cxx_oracle_hear_finish, pile).value().n == 3);
    CHECK(cxx_oracle_talk_send(talk, CXX_ASK(.name = "echo")) == TERN_OK);
    CHECK(tern::view(cxx_oracle_talk_next(talk)->text) == "echo");
}

// ---- callbacks and fibers ------------------------------------------------

void test_callbacks_are_lambdas()
{
    scene s(on_tell([](tern_ctx *, const cxx_ask *, cxx_answer *answer) {
                answer->n = 7;
                return TERN_OK;
            }),
            on_sing());
    tern::poller poller(tern_poller_new(nullptr));
    tern_channel_opts opts{};
    auto token = std::make_shared<int>(0);
    uint32_t n = 0, sum = 0;
    tern_code end = TERN_UNKNOWN;

    opts.poller = poller;
    tern::channel ch(tern_connect(tern_server_address(s.srv), &opts));
    tern::async(cxx_oracle_tell_async, ch, CXX_ASK(), nullptr,
                [&n, token](const tern_status &st, const cxx_answer *a) { n = st.code ? 0 : a->n; });
    tern::subscribe(
        cxx_oracle_sing_async, ch, CXX_ASK(), nullptr, [&](const cxx_answer &a) { sum += a.n; },
        [&end, token](const tern_status &st) { end = st.code; });
    CHECK(token.use_count() == 3);
    CHECK(tern_poller_run_until_idle(poller) == 0);
    CHECK(n == 7 && sum == 6 && end == TERN_OK && token.use_count() == 1);
}

void test_fibers_run_lambdas()
{
    tern::poller poller(tern_poller_new(nullptr));
    tern::mutex lock;
    std::thread::id there;
    int n = 0, in_shield = 1;

    for (int i = 0; i < 2; i++)
        CHECK(tern::spawn(poller, [&] {
                  std::lock_guard<tern::mutex> hold(lock);

                  tern_fiber_yield();
                  n++;
              }) == 0);
    CHECK(tern::spawn(poller, [&] {
              tern_fiber_cancel(tern_fiber_current());
              tern::shield guard;
              in_shield = tern_fiber_sleep(1);
              CHECK(tern::offload([&] { there = std::this_thread::get_id(); }) == 0);
          }) == 0);
    CHECK(tern_poller_run_until_idle(poller) == 0);
    CHECK(n == 2 && in_shield == 0 && there != std::thread::id() && there != std::this_thread::get_id());
}

}  // namespace

int main()
{
    tern_log_set([](tern_log_level, const char *, void *) {}, nullptr, TERN_LOG_ERROR);
    test_handle_frees_once();
    test_views_know_lengths_and_nulls();
    test_message_owns_what_was_unpacked();
    test_lambda_sees_what_it_has_captured();
    test_limits_go_with_lambdas();
    test_exception_ends_the_call();
    test_streams_are_read_as_ranges();
    test_callbacks_are_lambdas();
    test_fibers_run_lambdas();
    std::puts("[       OK ] tern.hpp");
    return 0;
}
