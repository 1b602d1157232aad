"""The servers that can be measured, by name. To join, add a row.

A server takes `--listen tcp://127.0.0.1:0`, prints `listening on ADDRESS` as its first line, and exits
with 0 on SIGTERM.
"""

from typing import NamedTuple, Optional, Tuple


class System(NamedTuple):
    target: Optional[str]  # the Bazel label that builds it; None: built already
    command: Tuple[str, ...]  # relative to bazel-bin, and its arguments
    load: str = "//bench:load"  # the generator that speaks its wire


SYSTEMS = {
    "epoll": System("//bench:epoll_echo", ("bench/epoll_echo",)),
    "tern": System(
        "//examples/echo:echo_server",
        ("examples/echo/echo_server", "--pollers", "1", "--backend", "epoll"),
    ),
    "tern-fiber": System(
        "//examples/echo:fiber_echo_server",
        ("examples/echo/fiber_echo_server", "--pollers", "1", "--backend", "epoll"),
    ),
    "tern-uring": System(
        "//examples/echo:echo_server",
        ("examples/echo/echo_server", "--pollers", "1", "--backend", "uring"),
    ),
    "grpc-cpp-cq": System(
        "//bench/grpc_cpp:server",
        ("bench/grpc_cpp/server", "--api", "cq"),
        "//bench/grpc_cpp:load",
    ),
    "grpc-cpp-cb": System(
        "//bench/grpc_cpp:server",
        ("bench/grpc_cpp/server", "--api", "callback"),
        "//bench/grpc_cpp:load",
    ),
}
