#!/usr/bin/env bash
# Every client of the guide against every server: what they print, how they end, that servers leave
# cleanly on SIGTERM (under a sanitizer: without a leak).
. tests/examples/common.sh

bin=tests/examples
socket=$scratch/greeter
export GREETER_ADDRESS=unix://$socket
expected='hello, world
0: hello, world
1: hello, world
2: hello, world'

mishaps='a name that is empty       INVALID_ARGUMENT: name is empty
a deadline that fires      DEADLINE_EXCEEDED: the deadline has passed
a stream that is cancelled CANCELLED: the call was cancelled
a method of tomorrow       UNIMPLEMENTED: the server does not implement this method
a server that is not there UNAVAILABLE: cannot connect to tcp://127.0.0.1:1: Connection refused'

said_to_python='hello, Python
0: hello, Python
1: hello, Python
2: hello, Python
INVALID_ARGUMENT: name is empty'

# Which need not be the first python3.
python=python3
"$python" -c 'import grpc' 2>/dev/null || python=/usr/bin/python3
protoc --proto_path=examples/greeter --python_out="$scratch" greeter.proto
export PYTHONPATH=$scratch PYTHONDONTWRITEBYTECODE=1

for server in fiber_server async_server; do
    $bin/$server &
    pid=$!
    await "$server has started" test -S "$socket"
    for client in sync_client async_client; do
        said=$(timeout 60 $bin/$client)
        [ $? = 0 ] && [ "$said" = "$expected" ]
        verdict $? "${client}_meets_$server"
    done
    if [ $server = fiber_server ]; then  # the other one greets whoever has no name
        [ "$(timeout 60 examples/greeter/mishaps $GREETER_ADDRESS)" = "$mishaps" ]
        verdict $? "mishaps_are_told_by_$server"
        said=$(timeout 60 "$python" examples/greeter/grpc_client.py "unix:$socket")
        [ "$said" = "$said_to_python" ]
        verdict $? "python_meets_$server"
    fi
    kill $pid
    wait $pid
    verdict $? "${server}_leaves_cleanly"
done

said=$($bin/sync_client 2>&1)
[ $? = 1 ] && [[ $said == UNAVAILABLE:\ cannot\ connect\ to\ unix:* ]]
verdict $? nobody_there_is_told_in_one_sentence

exit $failed
