#!/usr/bin/env bash
# 128 MiB through one call: what has arrived is what was sent, and neither side grows with it.
. tests/examples/common.sh

serve examples/upload/upload_server
said=$(timeout 50 examples/upload/upload "$address" 128)
verdict $? what_has_arrived_is_what_was_sent
[[ $said == '128 MiB in 512 chunks have arrived; this side took '*' MiB at most' ]]
verdict $? it_says_so

# Sanitizers take memory of their own, but not in proportion.
client=$(sed 's/.*took \([0-9]*\) MiB.*/\1/' <<<"$said")
peak=$(($(sed -n 's/VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$server/status) / 1024))
echo "at most: client $client MiB, server $peak MiB"
[ "$client" -lt 64 ] && [ "$peak" -lt 64 ]
verdict $? memory_stays_constant
stop $server upload_server

# A server that has nothing to do takes no time: that of its start is not worth 50 ms.
is_at_work() {
    local stat

    read -ra stat </proc/$server/stat
    [ $((stat[13] + stat[14])) -ge 5 ]  # hundredths of a second, user and system
}

serve examples/upload/upload_server
timeout 50 examples/upload/upload "$address" 1000000 2>"$scratch/said" &
client=$!
await the_server_is_at_work is_at_work
kill -KILL $server
wait $client
[ $? = 1 ] && grep -q '^UNAVAILABLE: ' "$scratch/said"
verdict $? a_server_that_dies_half_way_is_told
exit $failed
