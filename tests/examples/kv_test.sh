#!/usr/bin/env bash
# The store by its command line; many watchers, each of which sees every change in order.
. tests/examples/common.sh

kv=examples/kv/kv
serve examples/kv/kv_server
export KV_ADDRESS=$address

$kv put user/ada lovelace && [ "$($kv get user/ada)" = lovelace ]
verdict $? what_was_put_is_got
[ "$($kv get user/bob 2>&1)" = 'NOT_FOUND: no key `user/bob`' ]
verdict $? what_is_not_there_is_said
$kv delete user/ada && ! $kv get user/ada 2>/dev/null
verdict $? what_was_deleted_is_gone

[ "$($kv put '' x 2>&1)" = $'  key: at least one letter\nINVALID_ARGUMENT: a key is not empty' ]
verdict $? what_is_wrong_with_a_field_is_said

n_watchers=40 n_changes=60
for i in $(seq $n_watchers); do
    timeout 50 $kv watch user/ $n_changes >"$scratch/watcher.$i" &
    watchers+=($!)
done
for i in $(seq $n_watchers); do
    await "watcher $i is watching" grep -qs watching "$scratch/watcher.$i"
done
echo watching >"$scratch/expected"
for i in $(seq $n_changes); do
    if [ $((i % 7)) = 0 ]; then
        $kv delete user/$((i - 1))
        echo "user/$((i - 1)) is gone" >>"$scratch/expected"
    else
        $kv put user/$i "value $i"
        echo "user/$i = value $i" >>"$scratch/expected"
    fi
    $kv put elsewhere/$i x
done
for pid in "${watchers[@]}"; do
    wait $pid || verdict 1 "watcher $pid has ended well"
done
for i in $(seq $n_watchers); do
    cmp -s "$scratch/expected" "$scratch/watcher.$i" || verdict 1 "watcher $i has seen all in order"
done
verdict $failed all_watchers_see_all_changes_in_order

crowd=tests/examples/kv_crowd
said=$(timeout 50 $crowd crowd 1000 100) && [ "$said" = '1000 watchers have seen 100 changes each' ]
verdict $? a_thousand_watchers_on_a_connection
said=$(timeout 50 $crowd sloth) && [ "$said" = 'RESOURCE_EXHAUSTED: the watcher is 256 changes behind' ]
verdict $? who_reads_too_late_is_dropped_without_a_gap

# Not cut off when the grace is over, but told, and at once.
$kv watch idle/ >"$scratch/idle" 2>"$scratch/told" &
idle=$!
await "the idle watcher is watching" grep -qs watching "$scratch/idle"
echo "the server took $(($(sed -n 's/VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$server/status) / 1024)) MiB at most"
stop $server kv_server
wait $idle
[ "$(cat "$scratch/told")" = $'  STOPPING; again in 1000 ms\nUNAVAILABLE: the server is stopping' ]
verdict $? who_only_watches_is_told_that_the_server_stops
exit $failed
