#!/usr/bin/env bash
# A shop and three suppliers, one of which takes its time: with patience it is heard, without it is not.
. tests/examples/common.sh

supply() {
    examples/fanout/supplier "unix://$scratch/$1" "$@" 2>>"$scratch/$1.said" &
    suppliers[$1]=$!
    await "$1 has started" test -S "$scratch/$1"
}

far_says() { await "far says: $1" grep -qxs "far: $1" "$scratch/far.said"; }

declare -A suppliers
supply near 20
supply dear 30
supply far 10 3600000
shop=unix://$scratch/shop
examples/fanout/shop $shop unix://$scratch/{near,dear,far} &
server=$!
await 'the shop has started' test -S "$scratch/shop"

# Three quarters of these 4 s are for the suppliers; two of them take none.
said=$(timeout 50 examples/fanout/customer $shop oil 4000)
[[ $said == "20 from near, the best of 2"*"no answer from unix://$scratch/far, DEADLINE_EXCEEDED: "* ]]
verdict $? who_is_late_is_not_waited_for
far_says 'nobody waits for oil any more'
verdict $? the_deadline_is_the_suppliers_too
said=$(timeout 50 examples/fanout/customer $shop '' 20000 2>&1)
[ "$said" = 'UNAVAILABLE: no supplier has answered' ]
verdict $? refusals_are_answers_too

examples/fanout/customer $shop tar 3600000 &
customer=$!
far_says 'what does tar cost?'
kill -KILL $customer
far_says 'nobody waits for tar any more'
verdict $? who_goes_away_takes_his_calls_along

stop ${suppliers[far]} supplier
supply far 10 300
said=$(timeout 50 examples/fanout/customer $shop oil 20000)
[ "$said" = '10 from far, the best of 3' ]
verdict $? with_patience_all_are_heard
stop $server shop
for pid in "${suppliers[@]}"; do
    stop $pid supplier
done
[ $failed = 0 ] || cat "$scratch"/*.said
exit $failed
