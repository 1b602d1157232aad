#!/bin/sh
# The floor and the generator, one against the other: every byte of every reply is checked, requests
# from nothing to more than a socket holds, closed and open loop, and the server ends with 0. The same
# with Tern's server and with Tern's client, over its own wire.
set -eu
server=$1
load=$2
tern_server=$3
tern_load=$4
out=$TEST_TMPDIR/server.out

start_server() {
    rm -f "$out" # or the line of the server before is taken for the new one's
    "$server" --listen tcp://127.0.0.1:0 "$@" >"$out" &
    pid=$!
    trap 'kill -KILL $pid 2>/dev/null' EXIT
    while ! grep -qs '^listening on ' "$out"; do
        kill -0 $pid # it died: so do we
        sleep 0.01
    done
    address=$(sed 's/^listening on //' "$out")
}

generator=$load
stop_server() {
    kill -"$1" $pid
    wait $pid
    trap - EXIT
}

run() {
    result=$("$generator" --connect "$address" --server-pid $pid --check --warmup 0 --seconds 0.1 "$@")
    echo "$* $result"
    echo "$result" | grep -q '"errors": 0,'
    echo "$result" | grep -q '"requests": [1-9]'
    echo "$result" | grep -q '"server_rss_kib": [1-9]'
}

start_server
run
run --size 0 --depth 5
run --conns 64 --depth 8
run --depth 128 --size 128
run --conns 4 --depth 3 --size 1048576
run --conns 2 --idle 100
run --conns 4 --depth 16 --rate 2000
run --conns 4 --depth 1 --rate 1000000 --size 70000
stop_server TERM

# A tiny hot buffer, so that frames come and go in many pieces.
start_server --buffer 100
run --conns 3 --depth 2 --size 1000
stop_server INT

# Unary calls, and messages of one stream; 3 MiB go in parts.
server=$tern_server
for wire in native native-stream; do
    start_server
    run --wire $wire
    run --wire $wire --size 0 --depth 5
    run --wire $wire --conns 64 --depth 8 --size 128
    run --wire $wire --conns 4 --depth 300 --size 60000
    run --wire $wire --conns 2 --size 1048576
    run --wire $wire --conns 2 --depth 3 --size 3000000
    run --wire $wire --conns 2 --idle 100
    run --wire $wire --conns 4 --depth 16 --rate 2000
    stop_server TERM
done

# Tern's own client as the generator.
generator=$tern_load
for wire in native native-stream; do
    start_server
    run --wire $wire
    run --wire $wire --size 0 --depth 5
    run --wire $wire --conns 64 --depth 8 --size 128
    run --wire $wire --conns 2 --depth 3 --size 300000
    run --wire $wire --conns 2 --idle 100
    run --wire $wire --conns 4 --depth 16 --rate 2000
    stop_server TERM
done

if "$load" --connect "$address" --seconds 0.1 2>/dev/null; then
    echo "load succeeds without a server" >&2
    exit 1
fi
