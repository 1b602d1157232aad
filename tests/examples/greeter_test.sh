#!/usr/bin/env bash
# Every client of the guide against every server: what they print, how they end, that servers leave
# cleanly on SIGTERM (under a sanitizer: without a leak).
set -u

bin=tests/examples
socket=$(mktemp -u /tmp/greeter.XXXXXX)  # a path of TEST_TMPDIR is too long for a unix socket
export GREETER_ADDRESS=unix://$socket
failed=0
expected='hello, world
0: hello, world
1: hello, world
2: hello, world'

verdict() {
    if [ "$1" = 0 ]; then
        echo "[       OK ] $2"
    else
        echo "[  FAILED  ] $2"
        failed=1
    fi
}

wait_for_socket() {
    for _ in $(seq 200); do
        [ -S "$socket" ] && return
        sleep 0.05
    done
}

for server in fiber_server async_server; do
    $bin/$server &
    pid=$!
    wait_for_socket
    for client in sync_client async_client; do
        said=$(timeout 60 $bin/$client)
        [ $? = 0 ] && [ "$said" = "$expected" ]
        verdict $? "${client}_meets_$server"
    done
    kill $pid
    wait $pid
    verdict $? "${server}_leaves_cleanly"
done

said=$($bin/sync_client 2>&1)
[ $? = 1 ] && [[ $said == UNAVAILABLE:\ cannot\ connect\ to\ unix:* ]]
verdict $? nobody_there_is_told_in_one_sentence

exit $failed
