# a server on Tern's transport, and a client that knows nothing of Tern
build //examples/echo:echo_server
serve bazel-bin/examples/echo/echo_server --listen tcp://127.0.0.1:0
show python3 examples/echo/client.py "$address" "hello" "from pole to pole"
