// bench/grpc_cpp/load.cc: a load generator on gRPC C++'s own client: a channel with a connection of its
// own for each of --conns, calls on one completion queue, served by one thread. Takes the options of
// bench/load and prints the same JSON object. It prices client and server both; beside a lean
// generator its own client is the slower half.
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "bench/clock.h"
#include "bench/echo.grpc.pb.h"
#include "bench/measurement.h"
#include "bench/workload.h"

namespace
{

using Clock = std::chrono::system_clock;  // what completion queues take deadlines in

uint64_t now_ns() { return clock_ns(CLOCK_MONOTONIC); }

// A place for one call at a time on a channel.
struct Call {
    bench::Echo::Stub                                                   *stub = nullptr;
    bool                                                                 is_idle = false;
    uint64_t                                                             start_ns = 0;
    bench::EchoMessage                                                   reply;
    grpc::Status                                                         status;
    std::optional<grpc::ClientContext>                                   context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<bench::EchoMessage>> reader;
};

class Load
{
  public:
    explicit Load(const workload &w) : workload_(w)
    {
        uint32_t x = 2463534242U;  // xorshift, as in bench/load

        request_.set_payload(std::string(w.payload_len, 'x'));
        for (char &c : *request_.mutable_payload()) {
            x ^= x << 13, x ^= x >> 17, x ^= x << 5;
            c = static_cast<char>(x);
        }
    }

    int run()
    {
        connect_all();
        run_for(workload_.warmup_s);
        measurement_begin(&measurement_, workload_.server_pid);
        run_for(workload_.measured_s);
        measurement_end(&measurement_, workload_.server_pid);

        measurement measured = measurement_;
        drain();
        measured.n_errors = n_errors_;
        measurement_print(&measured);
        return n_errors_ > 0;
    }

  private:
    bool is_open_loop() const { return workload_.rate > 0; }

    bench::Echo::Stub *open_channel()
    {
        grpc::ChannelArguments arguments;

        // Or all channels share one connection.
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        arguments.SetMaxReceiveMessageSize(-1);
        stubs_.push_back(bench::Echo::NewStub(grpc::CreateCustomChannel(
            workload_.address + 6, grpc::InsecureChannelCredentials(), arguments)));
        return stubs_.back().get();
    }

    void add_call(bench::Echo::Stub *stub, bool is_idle)
    {
        calls_.emplace_back();
        calls_.back().stub = stub;
        calls_.back().is_idle = is_idle;
    }

    void connect_all()
    {
        // One after the other, each with one call that proves it is served.
        for (size_t i = 0; i < workload_.n_idle; i++) {
            add_call(open_channel(), true);
            start(calls_.back(), now_ns());
            while (n_outstanding_ > 0)
                run_one(Clock::now() + std::chrono::seconds(10));
        }
        for (size_t i = 0; i < workload_.n_conns; i++) {
            bench::Echo::Stub *stub = open_channel();

            for (size_t j = 0; j < workload_.depth; j++)
                add_call(stub, false);
        }
        first_due_ns_ = now_ns();
        for (Call &c : calls_)
            if (!c.is_idle)
                on_free(c);
    }

    void start(Call &c, uint64_t start_ns)
    {
        c.start_ns = start_ns;
        c.context.emplace();
        request_.set_id(static_cast<int64_t>(n_started_++));
        c.reader = c.stub->AsyncEcho(&*c.context, request_, &queue_);
        c.reader->Finish(&c.reply, &c.status, &c);
        n_outstanding_++;
    }

    // Closed loop: the next call at once. Open loop: when one is due.
    void on_free(Call &c)
    {
        if (c.is_idle || is_draining_)
            return;
        if (is_open_loop())
            free_.push_back(&c);
        else
            start(c, now_ns());
    }

    void on_end(Call &c)
    {
        const uint64_t now = now_ns();

        n_outstanding_--;
        if (!c.status.ok()) {
            fail(c.status.error_message().c_str());
        } else if (workload_.is_checked && c.reply.payload() != request_.payload()) {
            fail("a reply differs from its request");
        } else {
            histogram_record(&measurement_.latency, now > c.start_ns ? now - c.start_ns : 0);
            on_free(c);
        }
    }

    // The call's place is not used again: with the server gone, calls would fail in a busy loop.
    void fail(const char *why)
    {
        if (n_errors_++ == 0)
            std::fprintf(stderr, "load: %s\n", why);
    }

    uint64_t due_ns() const
    {
        return first_due_ns_ +
               static_cast<uint64_t>(static_cast<double>(n_due_) * 1e9 / workload_.rate);
    }

    // Starts all calls that are due and have a place. When the next one wants its turn.
    Clock::time_point start_due(Clock::time_point end)
    {
        if (!is_open_loop() || is_draining_)
            return end;
        while (!free_.empty() && due_ns() <= now_ns()) {
            Call *c = free_.front();

            free_.pop_front();
            start(*c, due_ns());
            n_due_++;
        }
        if (free_.empty())
            return end;
        const uint64_t due = due_ns(), now = now_ns();
        return std::min(end, Clock::now() + std::chrono::nanoseconds(due > now ? due - now : 0));
    }

    // Takes one event, if there is one before the deadline.
    void run_one(Clock::time_point deadline)
    {
        void *tag;
        bool  ok;

        if (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT)
            on_end(*static_cast<Call *>(tag));
    }

    void run_for(double seconds)
    {
        const uint64_t end_ns = now_ns() + static_cast<uint64_t>(seconds * 1e9);

        while (now_ns() < end_ns) {
            const auto end = Clock::now() + std::chrono::nanoseconds(end_ns - now_ns());

            run_one(start_due(end));
        }
    }

    void drain()
    {
        const auto end = Clock::now() + std::chrono::seconds(10);

        is_draining_ = true;
        while (n_outstanding_ > 0 && Clock::now() < end)
            run_one(end);
        n_errors_ += n_outstanding_;
    }

    const workload                                  workload_;
    std::vector<std::unique_ptr<bench::Echo::Stub>> stubs_;
    grpc::CompletionQueue                           queue_;
    std::deque<Call>                                calls_;
    std::deque<Call *>                              free_;  // in open loop: no call in them
    bench::EchoMessage                              request_;
    uint64_t                                        n_started_ = 0, n_outstanding_ = 0;
    uint64_t                                        n_errors_ = 0;
    uint64_t                                        first_due_ns_ = 0, n_due_ = 0;
    bool                                            is_draining_ = false;
    measurement                                     measurement_ = {};
};

}  // namespace

int main(int argc, char **argv)
{
    const workload w = workload_parse(argc, argv);

    if (std::string(w.address).compare(0, 6, "tcp://") != 0) {
        std::fprintf(stderr, "load: gRPC C++ is measured over tcp:// alone\n");
        return 2;
    }
    return Load(w).run();
}
