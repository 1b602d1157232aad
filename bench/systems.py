"""The servers that can be measured, by name. To join, add a row.

A server takes `--listen tcp://127.0.0.1:0`, prints `listening on ADDRESS` as its first line, and exits
with 0 on SIGTERM. In its command CERTS stands for a folder of tools/certs.
"""

from typing import NamedTuple, Optional, Tuple


H2LOAD = "//bench:h2load"
OWN_CLIENT = "//bench:tern_load"


class System(NamedTuple):
    target: Optional[str]  # the Bazel label that builds it; None: built already
    command: Tuple[str, ...]  # relative to bazel-bin, and its arguments
    load: str = "//bench:load"  # the generator that speaks its wire
    wire: str = "frame"
    meaning: str = ""

    @property
    def targets(self):
        return [t for t in (self.target, self.load) if t]


def tern(*arguments, load="//bench:load", wire="native", meaning):
    command = ("bench/tern_server", "--pollers", "1", *arguments)
    return System("//bench:tern_server", command, load, wire, meaning)


def over_tls(system, meaning):
    """The same server, for h2load."""
    command = (*system.command, "--tls", "CERTS")
    return system._replace(command=command, load=H2LOAD, wire="grpc-tls", meaning=meaning)


def transport(program, backend, meaning):
    command = (f"examples/echo/{program}", "--pollers", "1", "--backend", backend)
    return System(f"//examples/echo:{program}", command, meaning=meaning)


def grpc(api, meaning, load="//bench/grpc_cpp:load"):
    command = ("bench/grpc_cpp/server", "--api", api)
    return System("//bench/grpc_cpp:server", command, load, "grpc", meaning)


SYSTEMS = {
    "epoll": System(
        "//bench:epoll_echo", ("bench/epoll_echo",), meaning="bare epoll, bytes back: the floor"
    ),
    "tern": tern(meaning="Tern's server, handlers on fibers, lean generator"),
    "tern-async": tern("--async", meaning="the same, handlers are callbacks"),
    "tern-stream": tern(wire="native-stream", meaning="messages of one bidi stream per connection"),
    "tern-uring": tern("--backend", "uring", meaning="the same as tern on io_uring"),
    "tern-own-client": tern(load=OWN_CLIENT, meaning="Tern at both ends"),
    "tern-own-client-stream": tern(
        load=OWN_CLIENT, wire="native-stream", meaning="Tern at both ends, streams"
    ),
    "tern-h2": tern(load=H2LOAD, wire="grpc", meaning="Tern's server, calls over HTTP/2 by h2load"),
    "grpc-cpp-cq-h2": grpc("cq", "gRPC C++'s completion queue server, calls by h2load", load=H2LOAD),
    "grpc-cpp-cb-h2": grpc("callback", "gRPC C++'s callback server, calls by h2load", load=H2LOAD),
    "tern-h2-tls": over_tls(
        tern(meaning="")._replace(
            target="//bench:tern_tls_server", command=("bench/tern_tls_server", "--pollers", "1")
        ),
        "Tern's server over TLS, calls over HTTP/2 by h2load",
    ),
    "grpc-cpp-cq-h2-tls": over_tls(
        grpc("cq", ""), "gRPC C++'s completion queue server over TLS, calls by h2load"
    ),
    "grpc-cpp-cb-h2-tls": over_tls(
        grpc("callback", ""), "gRPC C++'s callback server over TLS, calls by h2load"
    ),
    "tern-h2-cpp-client": tern(
        load="//bench/grpc_cpp:load", wire="grpc", meaning="Tern's server, calls by gRPC C++"
    ),
    "tern-h2-own-client": tern(load=OWN_CLIENT, wire="grpc", meaning="Tern at both ends, over HTTP/2"),
    "grpc-cpp-cq-tern-client": grpc(
        "cq", "gRPC C++'s completion queue server, calls by Tern", load=OWN_CLIENT
    ),
    "grpc-cpp-cb-tern-client": grpc(
        "callback", "gRPC C++'s callback server, calls by Tern", load=OWN_CLIENT
    ),
    "grpc-cpp-cq": grpc("cq", "gRPC C++ at both ends, completion queue server"),
    "grpc-cpp-cb": grpc("callback", "gRPC C++ at both ends, callback server"),
    "transport": transport("echo_server", "epoll", "Tern's transport alone, bytes back"),
    "transport-fiber": transport("fiber_echo_server", "epoll", "the same on fibers"),
    "transport-uring": transport("echo_server", "uring", "the same on io_uring"),
}
