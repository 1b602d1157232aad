// bench/grpc_cpp/server.cc: gRPC C++ as a peer: an echo server on its callback or its
// completion-queue API.
//
//   server --listen tcp://127.0.0.1:0 --api cq|callback [--tls FOLDER of tools/certs]
#include "bench/grpc_cpp/server.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <getopt.h>
#include <pthread.h>
#include <sstream>
#include <string>

namespace
{

struct Options {
    std::string host_port = "127.0.0.1:0";
    std::string api = "cq";
    std::string certs;  // "": plain text
};

bool parse(int argc, char **argv, Options &options)
{
    static const struct option known[] = {
        { "listen", required_argument, nullptr, 'l' },
        { "api", required_argument, nullptr, 'a' },
        { "tls", required_argument, nullptr, 't' },
        {},
    };

    for (int o; (o = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
        if (o == 'l' && std::strncmp(optarg, "tcp://", 6) == 0)
            options.host_port = optarg + 6;
        else if (o == 'a')
            options.api = optarg;
        else if (o == 't')
            options.certs = optarg;
        else
            return false;
    }
    return options.api == "cq" || options.api == "callback";
}

std::string content(const std::string &path)
{
    std::ostringstream text;

    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::shared_ptr<grpc::ServerCredentials> credentials(const std::string &certs)
{
    grpc::SslServerCredentialsOptions tls;

    if (certs.empty())
        return grpc::InsecureServerCredentials();
    tls.pem_key_cert_pairs = { { content(certs + "/server.key"), content(certs + "/server.pem") } };
    return grpc::SslServerCredentials(tls);
}

// Blocked in all threads, for main to wait for.
sigset_t block_ending_signals()
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return set;
}

}  // namespace

int main(int argc, char **argv)
{
    const sigset_t ending = block_ending_signals();
    Options        options;
    int            port = 0, signal;

    if (!parse(argc, argv, options)) {
        std::fprintf(stderr, "server --listen tcp://HOST:PORT --api cq|callback [--tls FOLDER]\n");
        return 2;
    }
    auto echo = options.api == "cq" ? make_completion_queue_server() : make_callback_server();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.host_port, credentials(options.certs), &port);
    builder.SetMaxReceiveMessageSize(-1);
    echo->attach(builder);
    auto server = builder.BuildAndStart();
    if (!server || port == 0)
        return 1;
    echo->start();

    std::printf("listening on tcp://%s:%d\n",
                options.host_port.substr(0, options.host_port.rfind(':')).c_str(), port);
    std::fflush(stdout);
    sigwait(&ending, &signal);
    server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    echo->stop();
    return 0;
}
