#!/bin/sh
# The echo examples, one against the other over every kind of address, and what the client says when
# it cannot.
set -eu
server=$1
client=$2
out=$TEST_TMPDIR/out
err=$TEST_TMPDIR/err
name=unix:@tern-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ') # the machine's, not the sandbox's

start_server() {
    rm -f "$out"
    "$server" "$@" >"$out" &
    pid=$!
    trap 'kill -KILL $pid 2>/dev/null' EXIT
    while ! grep -qs '^listening on ' "$out"; do
        kill -0 $pid # it died: so do we
        sleep 0.01
    done
    address=$(sed 's/^listening on //' "$out")
}

stop_server() {
    kill -TERM $pid
    wait $pid
    trap - EXIT
}

refuses() { # exit code, words that it must say, arguments
    code=$1 words=$2
    shift 2
    rc=0
    "$client" "$@" 2>"$err" || rc=$?
    [ $rc -eq "$code" ] && grep -q "$words" "$err" && return
    echo "echo_client $*: exit code $rc, said: $(cat "$err")" >&2
    exit 1
}

for pollers in 1 2; do
    for listen in tcp://127.0.0.1:0 "$name"; do
        start_server --listen "$listen" --pollers $pollers
        "$client" --connect "$address" --count 100 --size 10 | grep -q '^100 round trips: '
        "$client" --connect "$address" --count 3 --size 1 | grep -c 'got back "m" after' | grep -qx 3
        "$client" --connect "$address" --count 2 --size 5000000 | grep -q '^2 round trips: '
        stop_server
    done
done

refuses 1 'Connection refused (is echo_server running there?)' --connect "$address"
refuses 1 'No such file' --connect unix:///no/such/file
refuses 1 'expected tcp://' --connect nonsense
refuses 2 'a number from 1' --count many
refuses 2 'usage:' --no-such-flag
