# calls, a stream, and what a caller is told when things go wrong
build //examples/greeter/...
serve_at 7000 bazel-bin/examples/greeter/fiber_server
show bazel-bin/examples/greeter/sync_client
show bazel-bin/examples/greeter/async_client
show bazel-bin/examples/greeter/mishaps
