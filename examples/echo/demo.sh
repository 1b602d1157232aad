# a server and a client on Tern's transport
build //examples/echo/...
serve bazel-bin/examples/echo/echo_server --listen tcp://127.0.0.1:0
show bazel-bin/examples/echo/echo_client --connect "$address" --count 3 --size 20
