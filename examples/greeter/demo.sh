# calls and a stream between the programs of the guide
build //examples/greeter/...
serve_at 7000 bazel-bin/examples/greeter/fiber_server
show bazel-bin/examples/greeter/sync_client
show bazel-bin/examples/greeter/async_client
