// tern/tern.hpp: Tern for C++17, as thin as it goes: handles that free what they hold, strings as std::string_view,
// lambdas for handlers and callbacks. Nothing but this header; the functions of C take what it has, and generated code
// stays C, compiled as C.
//
// Lifetime:  a handle owns what it was made of, and frees it; a lambda lives until its callback has come, or as long
//            as the server that it was added to.
// Threads:   those of what they wrap. The handlers of a server run in parallel: what their lambdas share needs a lock.
// Exceptions: end at the handler, whose call ends with TERN_UNKNOWN, and at no callback: there they end the program.
//            On a fiber nothing may wait inside of a catch block: C++ keeps count of them by thread.
//
//   tern::channel ch{ tern_connect("tcp://127.0.0.1:7000", nullptr) };
//   if (auto reply = tern::call(demo_greeter_say_hello, ch, DEMO_HELLO_REQUEST(.name = "world")))
//       std::cout << tern::view(reply->message) << '\n';
//   else
//       return tern_report(reply.status);
#ifndef TERN_TERN_HPP
#define TERN_TERN_HPP

#if !defined __cplusplus || __cplusplus < 201703L
#error "tern/tern.hpp wants C++17"
#endif

#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <protobuf-c/protobuf-c.h>
#include <tern/tern.h>

namespace tern
{

// ---- handles -------------------------------------------------------------

// Owns a T, and is one wherever C wants a T *.
template <typename T, auto Free>
class handle
{
public:
    handle() = default;
    explicit handle(T *taken) : p_(taken) {}
    handle(handle &&other) noexcept : p_(other.release()) {}
    handle &operator=(handle &&other) noexcept
    {
        reset(other.release());
        return *this;
    }
    ~handle() { reset(); }

    operator T *() const { return p_; }
    T *get() const { return p_; }
    T *operator->() const { return p_; }
    T *release() { return std::exchange(p_, nullptr); }
    void reset(T *taken = nullptr)
    {
        if (T *old = std::exchange(p_, taken))
            Free(old);
    }
    // For a `ret_`: what was there is freed.
    T **out()
    {
        reset();
        return &p_;
    }

private:
    T *p_ = nullptr;
};

namespace detail
{
template <typename M>
void free_message(M *m)
{
    tern_message_free(m->base.descriptor, m);
}
template <typename S>
void free_stream(S *s)
{
    tern_stub_stream_free(s);
}
}  // namespace detail

using channel = handle<tern_channel, tern_channel_free>;
using poller = handle<tern_poller, tern_poller_free>;
using future = handle<tern_call, tern_call_free>;  // of a _begin
using cancel = handle<tern_cancel, tern_cancel_free>;

// A message that was given to us: a reply, or one of _unpack and _clone.
template <typename M>
using message = handle<M, detail::free_message<M>>;

// The client's end of a stream.
template <typename S>
using stream = handle<S, detail::free_stream<S>>;

struct call_info : tern_call_info {
    call_info() : tern_call_info() {}
    call_info(const call_info &) = delete;
    call_info &operator=(const call_info &) = delete;
    ~call_info() { tern_call_info_done(this); }
};

// ---- strings and arrays --------------------------------------------------

inline std::string_view view(const char *s) { return s ? std::string_view(s) : std::string_view(); }
inline std::string_view view(const tern_text &t) { return { t.data ? t.data : "", t.len }; }
inline std::string_view view(const ProtobufCBinaryData &b)
{
    return b.len ? std::string_view(reinterpret_cast<const char *>(b.data), b.len)
                 : std::string_view();
}
inline std::string_view view(const tern_metadata &m)
{
    return m.len ? std::string_view(static_cast<const char *>(m.value), m.len) : std::string_view();
}
inline std::string_view view(const tern_status &st) { return st.msg; }

// Borrowed, as what it is made of.
inline tern_text text(std::string_view s) { return { s.size(), s.data() }; }
inline ProtobufCBinaryData bytes(std::string_view s)
{
    return { s.size(), reinterpret_cast<uint8_t *>(const_cast<char *>(s.data())) };
}
inline tern_metadata metadata(const char *key, std::string_view value)
{
    return { key, value.data(), value.size() };
}

// A copy that lives as long as the handler's call, for replies. Never NULL.
inline const char *keep(tern_ctx *ctx, std::string_view s)
{
    auto *copy = static_cast<char *>(tern_ctx_alloc(ctx, s.size() + 1, 1));

    if (!copy)
        return "";  // and the call says so by itself
    std::memcpy(copy, s.data(), s.size());
    return copy;
}

// A repeated field, for range-based for: tern::each(order->items, order->n_items).
template <typename T>
struct each {
    each(T *first, size_t n) : first_(first), n_(n) {}
    T *begin() const { return first_; }
    T *end() const { return first_ + n_; }
    size_t size() const { return n_; }

private:
    T *first_;
    size_t n_;
};

// ---- calls ---------------------------------------------------------------

// A status as an exception, for those who want one.
struct error : std::runtime_error {
    explicit error(const tern_status &st)
        : std::runtime_error(std::string(tern_code_name(st.code)) + ": " + st.msg), status(st)
    {
    }
    tern_status status;
};

inline void check(const tern_status &st)
{
    if (st.code != TERN_OK)
        throw error(st);
}

// How a call ended, and its reply if that was TERN_OK.
template <typename Reply>
struct result {
    tern_status status;
    message<Reply> reply;

    explicit operator bool() const { return status.code == TERN_OK; }
    const Reply *operator->() const { return reply.get(); }
    const Reply &operator*() const { return *reply.get(); }
    // The reply, or a throw.
    const Reply &value() const
    {
        check(status);
        return *reply.get();
    }
};

template <typename Request, typename Reply>
[[nodiscard]] result<Reply> call(tern_status (*method)(tern_channel *, const Request *,
                                                       const tern_call_opts *, Reply **),
                                 tern_channel *ch, const Request *req,
                                 const tern_call_opts *opts = nullptr)
{
    result<Reply> r{};

    r.status = method(ch, req, opts, r.reply.out());
    return r;
}

// The end of a client-streaming call: tern::finish(demo_greeter_collect_finish, stream).
template <typename Stream, typename Reply>
[[nodiscard]] result<Reply> finish(tern_status (*fn)(Stream *, Reply **), stream<Stream> &s)
{
    result<Reply> r{};

    r.status = fn(s, r.reply.out());
    return r;
}

// With a callback: done(const tern_status &, const Reply *), on the call's poller, once.
template <typename Request, typename Reply, typename Done>
void async(void (*method)(tern_channel *, const Request *, const tern_call_opts *,
                          void (*)(tern_status, const Reply *, void *), void *),
           tern_channel *ch, const Request *req, const tern_call_opts *opts, Done done)
{
    auto kept = std::make_unique<Done>(std::move(done));

    method(
        ch, req, opts,
        [](tern_status st, const Reply *reply, void *arg) noexcept {
            std::unique_ptr<Done> mine(static_cast<Done *>(arg));

            (*mine)(static_cast<const tern_status &>(st), reply);
        },
        kept.release());
}

namespace detail
{
// The M of a struct of events: of its void (*message)(const M *, void *).
template <typename M>
M message_of(void (*)(const M *, void *));

template <typename OnMessage, typename OnEnd>
struct subscription {
    OnMessage on_message;
    OnEnd on_end;
};
}  // namespace detail

// A server's stream with callbacks: on_message(const M &), any number of times, and on_end(const tern_status &), once
// and last.
template <typename Request, typename Events, typename OnMessage, typename OnEnd>
void subscribe(void (*method)(tern_channel *, const Request *, const tern_call_opts *,
                              const Events *, void *),
               tern_channel *ch, const Request *req, const tern_call_opts *opts,
               OnMessage on_message, OnEnd on_end)
{
    using message_type = decltype(detail::message_of(std::declval<Events>().message));
    using subscription = detail::subscription<OnMessage, OnEnd>;
    std::unique_ptr<subscription> kept(
        new subscription{ std::move(on_message), std::move(on_end) });
    Events events{};

    events.message = [](const message_type *m, void *arg) noexcept {
        static_cast<subscription *>(arg)->on_message(*m);
    };
    events.end = [](tern_status st, void *arg) noexcept {
        std::unique_ptr<subscription> mine(static_cast<subscription *>(arg));

        mine->on_end(static_cast<const tern_status &>(st));
    };
    method(ch, req, opts, &events, kept.release());
}

// The messages of a stream until its end, with the _next of either side; each is lent until the next one:
//   for (const auto &word : tern::read(demo_words_split_next, stream)) ...
template <typename Stream, typename M>
class read
{
public:
    read(const M *(*next)(Stream *), Stream *from) : next_(next), from_(from) {}

    struct end_type {
    };
    struct iterator {
        const read *of;
        const M *m;

        const M &operator*() const { return *m; }
        iterator &operator++()
        {
            m = of->next_(of->from_);
            return *this;
        }
        bool operator!=(end_type) const { return m != nullptr; }
    };
    iterator begin() const { return { this, next_(from_) }; }
    end_type end() const { return {}; }

private:
    const M *(*next_)(Stream *);
    Stream *from_;
};
template <typename Stream, typename M, typename From>
read(const M *(*)(Stream *), From &&) -> read<Stream, M>;

// ---- servers -------------------------------------------------------------

template <auto Slot, typename F>
struct handler {
    F fn;
};

// A lambda for a slot of a table of handlers: tern::on<&demo_greeter_handlers::say_hello>([&](tern_ctx *ctx, ...) { ... }).
// It takes what the slot's function does, and returns a tern_code.
template <auto Slot, typename F>
handler<Slot, std::decay_t<F>> on(F &&fn)
{
    return { std::forward<F>(fn) };
}

namespace detail
{
inline tern_code say_thrown(tern_ctx *ctx, const char *what)
{
    tern_log(TERN_LOG_ERROR, "%s has thrown: %s", tern_ctx_method(ctx), what);
    return tern_fail(ctx, TERN_UNKNOWN, "the handler has thrown an exception");
}

template <typename All, size_t I, typename... Args>
tern_code handle_call(tern_ctx *ctx, Args... args) noexcept
{
    auto &mine = std::get<I>(*static_cast<All *>(tern_ctx_user_data(ctx)));

    try {
        return mine.fn(ctx, args...);
    } catch (const error &e) {
        return tern_fail(ctx, e.status.code, "%s", e.status.msg);
    } catch (const std::exception &e) {
        return say_thrown(ctx, e.what());
    } catch (...) {
        return say_thrown(ctx, "no std::exception");
    }
}

template <typename All, size_t I, typename... Args>
void fill_slot(tern_code (*&slot)(tern_ctx *, Args...))
{
    slot = handle_call<All, I, Args...>;
}

template <typename Table, auto... Slots, typename... F, size_t... I>
Table table_of(const std::tuple<handler<Slots, F>...> &, std::index_sequence<I...>)
{
    Table table{};

    (fill_slot<std::tuple<handler<Slots, F>...>, I>(table.*Slots), ...);
    return table;
}
}  // namespace detail

class server : public handle<tern_server, tern_server_free>
{
public:
    using handle::handle;
    server(server &&) = default;
    server &operator=(server &&) = default;
    ~server() { reset(); }  // before what its handlers stand on

    // Registers a service, and keeps its lambdas:
    //   srv.add(demo_greeter_register, tern::on<&demo_greeter_handlers::say_hello>([&](...) { ... }));
    template <typename Table, auto... Slots, typename... F>
    void add(void (*enrol)(tern_server *, const Table *, const tern_service_opts *),
             handler<Slots, F>... handlers)
    {
        add(enrol, tern_service_opts{}, std::move(handlers)...);
    }
    // With limits; `user_data` is ours.
    template <typename Table, auto... Slots, typename... F>
    void add(void (*enrol)(tern_server *, const Table *, const tern_service_opts *),
             tern_service_opts opts, handler<Slots, F>... handlers)
    {
        auto all = std::make_shared<std::tuple<handler<Slots, F>...>>(std::move(handlers)...);
        const Table table =
            detail::table_of<Table>(*all, std::index_sequence_for<handler<Slots, F>...>());

        opts.user_data = all.get();
        kept_.push_back(std::move(all));
        enrol(get(), &table, &opts);
    }

    [[nodiscard]] int serve() { return tern_serve(get()); }

private:
    std::vector<std::shared_ptr<void>> kept_;
};

// ---- fibers --------------------------------------------------------------

// A tern_mutex for std::lock_guard: a fiber that waits for it parks.
class mutex
{
public:
    void lock() { tern_mutex_lock(&m_); }
    bool try_lock() { return tern_mutex_try_lock(&m_); }
    void unlock() { tern_mutex_unlock(&m_); }

private:
    tern_mutex m_ = TERN_MUTEX_INIT;
};

// Clean-up that no cancel ends, while it stands.
struct shield {
    shield() { tern_fiber_shield(); }
    shield(const shield &) = delete;
    shield &operator=(const shield &) = delete;
    ~shield() { tern_fiber_unshield(); }
};

// Runs `fn` on a fiber of its own. 0 or -errno.
template <typename F>
[[nodiscard]] int spawn(tern_poller *p, F fn)
{
    auto kept = std::make_unique<F>(std::move(fn));
    int err = tern_fiber_spawn(
        p,
        [](void *arg) noexcept {
            std::unique_ptr<F> mine(static_cast<F *>(arg));

            (*mine)();
        },
        kept.get(), nullptr, nullptr);

    if (err == 0)
        (void)kept.release();
    return err;
}

// Runs `fn`, which computes for long or blocks, on another thread, and waits. 0, or -errno: it has not run.
template <typename F>
[[nodiscard]] int offload(F &&fn)
{
    return tern_offload(
        [](void *arg) noexcept {
            (*static_cast<std::remove_reference_t<F> *>(arg))();
            return 0;
        },
        &fn);
}

}  // namespace tern

#endif
