#!/bin/sh
# The floor and the generator, one against the other: every byte of every reply is checked, requests
# from nothing to more than a socket holds, closed and open loop, and the server ends with 0. The same
# with Tern's server and with Tern's client, over its own wire. Calls are counted, not timed: a machine that
# is busy takes longer.
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

run() { # CALLS OPTIONS...
    calls=$1
    shift
    result=$("$generator" --connect "$address" --server-pid $pid --check --calls "$calls" "$@")
    echo "$* $result"
    echo "$result" | grep -q '"errors": 0,'
    echo "$result" | grep -q "\"requests\": $calls,"
    echo "$result" | grep -q '"server_rss_kib": [1-9]'
}

start_server
run 500
run 500 --size 0 --depth 5
run 5000 --conns 64 --depth 8
run 5000 --depth 128 --size 128
run 50 --conns 4 --depth 3 --size 1048576
run 500 --conns 2 --idle 100
run 200 --conns 4 --depth 16 --rate 2000
run 500 --conns 4 --depth 1 --rate 1000000 --size 70000
run 1
stop_server TERM

# A tiny hot buffer, so that frames come and go in many pieces.
start_server --buffer 100
run 500 --conns 3 --depth 2 --size 1000
stop_server INT

# Unary calls, and messages of one stream; 3 MiB go in parts.
server=$tern_server
for wire in native native-stream; do
    start_server
    run 500 --wire $wire
    run 500 --wire $wire --size 0 --depth 5
    run 5000 --wire $wire --conns 64 --depth 8 --size 128
    run 1500 --wire $wire --conns 4 --depth 300 --size 60000
    run 30 --wire $wire --conns 2 --size 1048576
    run 12 --wire $wire --conns 2 --depth 3 --size 3000000
    run 500 --wire $wire --conns 2 --idle 100
    run 200 --wire $wire --conns 4 --depth 16 --rate 2000
    stop_server TERM
done

# Tern's own client as the generator.
generator=$tern_load
for wire in native native-stream; do
    start_server
    run 500 --wire $wire
    run 500 --wire $wire --size 0 --depth 5
    run 5000 --wire $wire --conns 64 --depth 8 --size 128
    run 100 --wire $wire --conns 2 --depth 3 --size 300000
    run 500 --wire $wire --conns 2 --idle 100
    run 200 --wire $wire --conns 4 --depth 16 --rate 2000
    run 1 --wire $wire --conns 4
    stop_server TERM
done

if "$load" --connect "$address" --calls 1 2>/dev/null; then
    echo "load succeeds without a server" >&2
    exit 1
fi
