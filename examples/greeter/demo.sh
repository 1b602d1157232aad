# calls, a stream, what a caller is told when things go wrong, and gRPC
build //examples/greeter/...
serve_at 7000 bazel-bin/examples/greeter/fiber_server
show bazel-bin/examples/greeter/sync_client
show bazel-bin/examples/greeter/async_client
show bazel-bin/examples/greeter/mishaps

# The first python3 need not be Debian's, which is where packages go.
grpc_python=
for python in python3 /usr/bin/python3; do
    [ -n "$grpc_python" ] || ! "$python" -c 'import grpc, google.protobuf' 2>/dev/null || grpc_python=$python
done
if [ -n "$grpc_python" ]; then
    mkdir -p .cache/python
    protoc --proto_path=examples/greeter --python_out=.cache/python greeter.proto
    export PYTHONPATH=.cache/python
    show "$grpc_python" examples/greeter/grpc_client.py 127.0.0.1:7000
    unset PYTHONPATH
else
    echo "  (with the package python3-grpcio, a Python program calls the same server here, over gRPC)"
fi
